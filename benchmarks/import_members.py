"""How many rows a second `flask members import` takes, on a new SQLite database.

python benchmarks/import_members.py            1,000 rows
python benchmarks/import_members.py --large    10,000
"""

import sys
import tempfile
import time
from pathlib import Path

import flask_migrate
from sqlalchemy import func, select

from matchmaker import create_app
from matchmaker.config import Settings
from matchmaker.extensions import db
from matchmaker.models import Letter, Member, utcnow
from matchmaker.services import imports, spaces

HEAD = "email,name,headline,company,industry,years,bio,offers,wants,interests,formats\n"
ROW = (
    "member{0}@example.org,Member {0},I make number {0},Company {1},{2},{3},"
    "I came here in year {3} and stayed.,{2};advice on topic {0},law;finding clients,"
    "chess;cats,coffee;walk\n"
)
TRADES = ("web design", "photography", "accounting", "6201", "translation")


def run(*, large: bool = False) -> list[tuple[str, str, str]]:
    """Rows of what, rows a second, and seconds; a tenth of the rows unless large."""
    rows = 10_000 if large else 1_000
    lines = (ROW.format(i, i % 900, TRADES[i % 5], i % 40) for i in range(rows))
    content = (HEAD + "".join(lines)).encode()
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            Settings(
                secret_key="x" * 40,
                base_url="http://localhost",
                smtp_url="smtp://127.0.0.1:9",
                mail_from="mill@example.org",
                database_url=f"sqlite:///{Path(folder) / 'matchmaker.db'}",
            )
        )
        with app.app_context():
            flask_migrate.upgrade()
            spaces.create("plain", "Plain", "UTC", utcnow())
            spaces.create("lettered", "Lettered", "UTC", utcnow())
            db.session.commit()
            found = [
                _time("first time", "plain", content, send_invitations=False),
                _time("the same file again", "plain", content, send_invitations=False),
                _time("known members, with letters", "lettered", content),
            ]
            members = db.session.scalar(select(func.count()).select_from(Member))
            letters = db.session.scalar(select(func.count()).select_from(Letter))
            assert members == letters == rows
            db.session.remove()
            db.engine.dispose()
    return found


def _time(
    what: str, slug: str, content: bytes, **options: bool
) -> tuple[str, str, str]:
    space = spaces.find(slug)
    started = time.perf_counter()
    report = imports.import_members(space, content, {}, utcnow(), **options)
    db.session.commit()
    seconds = time.perf_counter() - started
    rows = len(report.added) + len(report.unchanged)
    db.session.expunge_all()
    return f"{rows:,} rows, {what}", f"{rows / seconds:,.0f} rows/s", f"{seconds:.1f} s"


def main() -> None:
    for what, speed, seconds in run(large="--large" in sys.argv):
        print(f"{what:42} {speed:>12}  {seconds:>8}")


if __name__ == "__main__":
    main()
