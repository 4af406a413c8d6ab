"""The extensions, made once and bound to an application by `create_app`."""

import hashlib
import hmac
from collections.abc import Iterable
from typing import Any, cast

from dbos import DBOSClient
from flask import current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user
from flask_migrate import Migrate
from flask_security import Security
from flask_sqlalchemy import SQLAlchemy
from flask_talisman import Talisman
from flask_wtf import CSRFProtect
from werkzeug.exceptions import Forbidden

from matchmaker.config import Settings
from matchmaker.models import Base

db = SQLAlchemy(metadata=Base.metadata)
migrate = Migrate()
security = Security()


class FromElsewhere(Forbidden):
    """A page of another site has sent a form of ours."""

    page = "from_elsewhere"


class SameOriginCSRFProtect(CSRFProtect):  # type: ignore[misc]  # not typed
    """Ask the browser, beside the token, whether a form was sent by a page of ours.

    A request without the header is no browser of today's: its token alone decides.
    """

    def protect(self, apply_exemptions: bool = False) -> None:
        exempt = apply_exemptions and (not request.endpoint or self._is_exempt())
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        if (
            request.method not in SAFE_METHODS
            and not exempt
            and site not in {"same-origin", "none"}
        ):
            raise FromElsewhere
        super().protect(apply_exemptions)


csrf = SameOriginCSRFProtect()
talisman = Talisman()


def who_asks() -> str:
    """Return whose requests are counted together: a member's, or an address's.

    A whole space shares one address.
    """
    return str(current_user.get_id() or get_remote_address())


limiter = Limiter(who_asks)

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def settings() -> Settings:
    """What the operator has set."""
    return cast(Settings, current_app.config["SETTINGS"])


def keyed_hash(*texts: str) -> str:
    """Hash what could be guessed, such as an e-mail address, so that only we can."""
    key = settings().secret_key.encode()
    return hmac.new(key, "\0".join(texts).encode(), hashlib.sha256).hexdigest()


def lock_all(rows: Iterable[Any], *, gently: bool = False) -> None:
    """Lock several of one table, always in the same order.

    Of two who take them in another each would wait for the other.
    """
    for row in sorted(rows, key=lambda row: row.id):
        lock(row, gently=gently)


def lock(row: object, *, gently: bool = False) -> None:
    """Let nobody else change the row, and what hangs on it, until we commit.

    It is read afresh: it may have changed while we waited for the lock. What we have
    changed ourselves is written first, or it would be lost. Gently, others may still
    write what points at the row, such as a letter to a member.
    """
    db.session.flush()
    db.session.refresh(row, with_for_update={"key_share": gently, "of": type(row)})


def only_read() -> None:
    """Begin a transaction that takes no lock of SQLite's. It must not write."""
    db.session.connection(execution_options={"only_reads": True})


def job_client() -> DBOSClient:
    """Give the door through which a transaction leaves a job behind.

    It enqueues in the application's own database, so that a job and what it is about
    are committed together. It works no jobs itself: see `matchmaker.jobs`.
    """
    if "job_client" not in current_app.extensions:
        client = DBOSClient(system_database_engine=db.engine, lazy=True)
        current_app.extensions["job_client"] = client
    return cast(DBOSClient, current_app.extensions["job_client"])
