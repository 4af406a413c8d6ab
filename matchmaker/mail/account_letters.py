"""The letters that Flask-Security wants sent, written by us and left in the outbox.

Its views commit after the request has been handled, so that what a letter announces and
the letter go in together. Those that only ask for a letter (a forgotten password, one
more confirmation, registering with a known address) do not commit: that is seen to here.
"""

from typing import Any

from flask import Response, after_this_request, request
from flask_security import MailUtil
from flask_security.mail_util import EmailValidateException
from flask_security.utils import hash_password

from matchmaker.email_addresses import look_up, normalise
from matchmaker.extensions import db
from matchmaker.mail import governor, letters
from matchmaker.models import Member, utcnow
from matchmaker.refusal import Refusal

_NOTICES = {"reset_notice", "change_notice"}  # to somebody who knew the password


class AccountMail(MailUtil):
    """Stands where Flask-Security hands its e-mails over, and reads addresses."""

    def validate(self, email: str) -> str:
        """Spell an address as it is kept; refuse one to which we could not write."""
        try:
            return normalise(email)
        except Refusal as refusal:
            raise EmailValidateException(str(refusal)) from None

    def normalize(self, email: str) -> str:
        """Spell an address as an account keeps it, also one from before that rule."""
        return self.validate(email) if email.isascii() else look_up(email)

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
        after_this_request(_committed)
        occasion = template.rpartition("/")[2]
        if occasion not in _NOTICES and not governor.may_write(
            member.email,
            request.remote_addr or "",
            is_confirmed=member.confirmed_at is not None,
            now=now,
        ):
            return
        back = request.args.get("back", "")
        match occasion:
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
