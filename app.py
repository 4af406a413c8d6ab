"""The WSGI application, and with `python app.py` a server for it and its jobs."""

import os
import sys

from matchmaker import cli, create_app, logs
from matchmaker.setting_checks import SettingError

logs.configure()
try:
    app = create_app()
except SettingError as problem:
    sentence = f"Matchmaker cannot start. {problem}"
    if not os.environ.get("FLASK_RUN_FROM_CLI"):
        print(sentence, file=sys.stderr)  # noqa: T201  (nothing else is there yet)
        sys.exit(2)
    app = cli.HelpOnly(sentence)

if __name__ == "__main__":
    from matchmaker.serving import serve

    serve(app)
