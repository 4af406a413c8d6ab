"""Servers of the application, each a process of its own, as an operator starts them."""

import os
import signal
import subprocess
import sys

import pytest

from matchmaker.config import ROOT


class Server(subprocess.Popen):
    """A process that writes to a file: a pipe that nobody reads fills up and stops it."""

    def __init__(self, command, output, **options):
        self.output = output
        with output.open("wb") as file:
            super().__init__(command, stdout=file, stderr=subprocess.STDOUT, **options)

    def said(self, timeout):
        """Wait until it ends, and return what it wrote."""
        self.wait(timeout)
        return self.output.read_text()


@pytest.fixture
def start(settings, tmp_path):
    """Start `python app.py`, or another command, on the test's own database."""
    processes = []
    # What a shell starts in the background ignores SIGINT, and so would our children.
    inherited = signal.signal(signal.SIGINT, signal.default_int_handler)

    def start(command=("app.py",), **environment):
        kept = {
            name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ
        }
        process = Server(
            [sys.executable, *command],
            tmp_path / f"server-{len(processes)}.log",
            cwd=ROOT,
            env=kept
            | {
                "MATCHMAKER_DATABASE_URL": settings.database_url,
                "MATCHMAKER_DEMONSTRATION": "1",
                "MATCHMAKER_SECRET_KEY": settings.secret_key,
            }
            | environment,
            start_new_session=True,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)  # and the workers it has made
        process.wait()
    signal.signal(signal.SIGINT, inherited)
