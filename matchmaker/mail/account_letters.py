"""The letters that Flask-Security wants sent, written by us and left in the outbox.

Its views commit after the request has been handled, so that what a letter announces and
the letter go in together. Those that only ask for a letter (a forgotten password, one
more confirmation, registering with a known address) do not commit: that is seen to here.
"""

from datetime import datetime, timedelta
from typing import Any

from flask import Response, after_this_request, request
from flask_security import MailUtil
from flask_security.utils import hash_password
from sqlalchemy import func, select

from matchmaker.extensions import db
from matchmaker.mail import letters
from matchmaker.models import Letter, Member, utcnow

# To an address that nobody has confirmed: somebody else's may have been typed in.
_BETWEEN = timedelta(minutes=10)
_A_DAY = 3
_A_MONTH = 5


class AccountMail(MailUtil):
    """Stands where Flask-Security hands its e-mails over."""

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],
        body: str | None,
        html: str | None,
        **context: Any,
    ) -> None:
        """Write our letter for the occasion; the template's name says which it is."""
        now = utcnow()  # an edge: Flask-Security passes no time
        member: Member = context["user"]
        if member.confirmed_at is None and _is_enough(member, now):
            return
        after_this_request(_committed)
        back = request.args.get("back", "")
        match template.rpartition("/")[2]:
            case "welcome" | "confirmation_instructions":
                letters.confirm_address(
                    member, context["confirmation_token"], now, back
                )
            case "welcome_existing" if context["confirmation_token"]:
                letters.confirm_address(
                    member, context["confirmation_token"], now, back
                )
            case "welcome_existing":
                letters.already_registered(member, now, back)
            case "reset_instructions":
                # For an unknown address the library hashes a password, to take as long.
                hash_password("not a password")
                letters.reset_password(member, context["reset_token"], now)
            case "reset_notice" | "change_notice":
                letters.password_changed(member, now)
            case _:
                raise ValueError(f"There is no letter of ours for {template!r}.")


def _committed(response: Response) -> Response:
    db.session.commit()
    return response


def _is_enough(member: Member, now: datetime) -> bool:
    """Whether an unconfirmed address has had all the letters it should bear."""
    earlier = select(func.count()).where(Letter.to == member.email)

    def since(time: datetime) -> int:
        return db.session.scalar(earlier.where(Letter.made_at > time)) or 0

    return (
        since(now - _BETWEEN) > 0
        or since(now - timedelta(days=1)) >= _A_DAY
        or since(now - timedelta(days=30)) >= _A_MONTH
    )
