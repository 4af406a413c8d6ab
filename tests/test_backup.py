"""The line of the README that copies the database, as it stands there."""

import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import date

import pytest

from matchmaker.config import ROOT
from matchmaker.extensions import db
from tests.factories import make_member

BACKUP = r"^ {4}(sqlite3 .*?)(?: +# .*)?$"


@pytest.mark.skipif(not shutil.which("sqlite3"), reason="there is no sqlite3")
@pytest.mark.parametrize("guide", ["README.md", "docs/operating.md"])
def test_a_backup_is_made_every_night_while_the_database_is_in_use(
    app, settings, tmp_path, guide
):
    (tmp_path / "instance").mkdir()
    (tmp_path / "instance" / "matchmaker.db").symlink_to(
        settings.database_url.removeprefix("sqlite:///")
    )
    (line,) = re.findall(BACKUP, (ROOT / guide).read_text(), re.MULTILINE)

    for name in ("Ana", "Ben"):
        make_member(name)
        db.session.commit()
        subprocess.run(["bash", "-c", line], cwd=tmp_path, check=True)
    make_member("Cem")
    db.session.commit()

    (copy,) = tmp_path.glob("backup-*.db")
    assert date.fromisoformat(copy.stem.removeprefix("backup-"))
    with closing(sqlite3.connect(copy)) as connection:
        names = connection.execute("SELECT name FROM member ORDER BY id").fetchall()
        assert names == [("Ana",), ("Ben",)]
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
