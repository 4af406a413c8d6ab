"""The letters that Flask-Security wants sent, written by us and left in the outbox.

Those that anybody may ask for are written by `services.account_requests`.
"""

from typing import Any

from flask_security import MailUtil
from flask_security.confirmable import generate_confirmation_token
from flask_security.mail_util import EmailValidateException
from flask_security.recoverable import generate_reset_password_token

from matchmaker.email_addresses import look_up, normalise
from matchmaker.mail import letters
from matchmaker.models import Member, utcnow
from matchmaker.refusal import Refusal


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
        match template.rpartition("/")[2]:
            case "reset_notice" | "change_notice":
                letters.password_changed(context["user"], now)
            case _:
                raise ValueError(f"There is no letter of ours for {template!r}.")


def confirmation_token(member: Member) -> str:
    return str(generate_confirmation_token(member))  # type: ignore[no-untyped-call]


def reset_token(member: Member) -> str:
    return str(generate_reset_password_token(member))  # type: ignore[no-untyped-call]
