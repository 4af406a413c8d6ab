"""The WSGI application, and with `python app.py` a server for it and its jobs."""

import sys

from matchmaker import create_app
from matchmaker.config import SettingError

try:
    app = create_app()
except SettingError as problem:
    sys.exit(f"Matchmaker cannot start. {problem}")

if __name__ == "__main__":
    from matchmaker.serving import serve

    serve(app)
