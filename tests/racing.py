"""Deeds that several people do at once."""

import threading

from matchmaker.extensions import db
from matchmaker.refusal import Refusal

THREADS = 8


def race(app, presses, deed):
    """Do a deed in so many threads at once; give what came of each."""
    results = []
    ready = threading.Barrier(THREADS)

    def work(share):
        ready.wait()
        for number in share:
            with app.app_context():
                try:
                    results.append(deed(number))
                    db.session.commit()
                except Refusal as refusal:
                    db.session.rollback()
                    results.append(str(refusal))
                finally:
                    db.session.remove()

    threads = [
        threading.Thread(target=work, args=(range(first, presses, THREADS),))
        for first in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
