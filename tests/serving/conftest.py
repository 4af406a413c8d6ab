"""Servers of the application, each a process of its own, as an operator starts them."""

import os
import signal
import subprocess
import sys

import pytest

from matchmaker.config import ROOT


@pytest.fixture
def start(settings, tmp_path):
    """Start `python app.py`, or another command, on the test's own database."""
    processes = []

    def start(command=("app.py",), **environment):
        kept = {
            name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ
        }
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=kept
            | {
                "MATCHMAKER_DATABASE_URL": settings.database_url,
                "MATCHMAKER_DEMONSTRATION": "1",
                "MATCHMAKER_SECRET_KEY": settings.secret_key,
            }
            | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)  # and the workers it has made
        process.communicate()
