"""Tells this installation from a copy of it, which must not send its letters again.

SQLite: beside the database stands a small file, its mark, which no backup of the
database holds. It says which installation it belongs to, how many letters have been
claimed, and its own inode, so that a copied folder has no mark either. An older copy
that is put back in place knows of fewer letters than the mark.

PostgreSQL: the row in `outbox` says which transaction wrote it last. Whatever is loaded
from a dump was written by another. A disk or a snapshot that is put back as a whole
cannot be told from the original; for that there is `flask letters hold`.
"""

import json
import logging
import os
import secrets
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from matchmaker.extensions import db
from matchmaker.models import Outbox

logger = logging.getLogger(__name__)
_LENGTH = 200  # always written over whole


def outbox(*, locked: bool = False) -> Outbox:
    return db.session.get_one(
        Outbox, 1, with_for_update=locked or None, populate_existing=locked
    )


def adopt(outbox: Outbox) -> None:
    """Let the letters be this installation's, if they are nobody's yet."""
    if outbox.installation is None:
        sign(outbox)


def sign(outbox: Outbox) -> None:
    """Say that the letters are this installation's, whosever they were."""
    outbox.installation = secrets.token_hex(16)
    note_change(outbox)
    write_mark(outbox.installation, outbox.claims)


def count_claim(outbox: Outbox) -> tuple[str, int]:
    """Count a letter that is about to be sent; give what to `write_mark` once committed."""
    adopt(outbox)
    outbox.claims += 1
    note_change(outbox)
    return outbox.installation or "", outbox.claims


def is_held(outbox: Outbox, now: datetime) -> bool:
    """Whether nothing may be sent; a copy is held from when that is noticed."""
    if outbox.held_at is None and _is_a_copy(outbox):
        hold(outbox, now)
        logger.error(
            "This database is a copy, or older than its letters: nothing is sent before "
            "you say so. See: flask letters release --help"
        )
    return outbox.held_at is not None


def hold(outbox: Outbox, now: datetime) -> None:
    outbox.held_at = now
    note_change(outbox)


def note_change(outbox: Outbox) -> None:
    """Note who writes the row, with whatever else changes in it."""
    if _mark() is None and db.engine.dialect.name == "postgresql":
        transaction = text("SELECT pg_current_xact_id()::xid::text")
        outbox.written_by = db.session.scalar(transaction) or ""


def write_mark(installation: str, claims: int) -> None:
    """Write down outside of the database how far it has come."""
    path = _mark()
    if path is None:
        return
    with path.open("r+b" if path.exists() else "w+b") as file:
        mark = {
            "installation": installation,
            "claims": claims,
            "inode": os.fstat(file.fileno()).st_ino,
        }
        file.write(json.dumps(mark).encode().ljust(_LENGTH))


def _is_a_copy(outbox: Outbox) -> bool:
    if outbox.installation is None:
        return False
    path = _mark()
    if path is not None:
        return not _agrees(path, outbox)
    if db.engine.dialect.name == "postgresql":
        # Both at once: another worker may write between two statements.
        is_other = text("SELECT xmin::text <> written_by FROM outbox WHERE id = 1")
        return bool(db.session.scalar(is_other))
    return False


def _agrees(path: Path, outbox: Outbox) -> bool:
    try:
        mark = json.loads(path.read_bytes())
        return bool(
            mark["installation"] == outbox.installation
            and mark["claims"] <= outbox.claims
            and mark["inode"] == path.stat().st_ino
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _mark() -> Path | None:
    """The file beside a database that is a file."""
    url = db.engine.url
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(f"{url.database}.mark")
