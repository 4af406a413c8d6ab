"""Which passwords may be chosen: one rule for every door at which one is."""

import re
from typing import Any

from flask_security import PasswordUtil
from zxcvbn import zxcvbn  # type: ignore[import-untyped]

from matchmaker.models import Member

LONGEST = 128  # as the library has it
_READ = 72  # characters: the estimate takes longer with more, and has enough
_SAFE = 2  # of 4: withstands guessing through our doors


class Passwords(PasswordUtil):
    """Stands where Flask-Security asks whether a password will do."""

    def validate(
        self, password: str, is_register: bool, **kwargs: Any
    ) -> tuple[list[str] | None, str]:
        """Refuse what is common, or made of what others know of the member.

        Return why, if it is refused, and the password as it is to be hashed.
        """
        if len(password) > LONGEST:
            return [f"Choose at most {LONGEST} characters."], password
        refused, normal = super().validate(password, is_register, **kwargs)
        if refused:
            return refused, normal
        known = _known_of(kwargs.get("user"), str(kwargs.get("email") or ""))
        if zxcvbn(normal[:_READ], user_inputs=known)["score"] < _SAFE:
            return [
                "This password is easy to guess. Choose one that isn’t common, and isn’t "
                "made of your name, your address or your space."
            ], normal
        return None, normal


def _known_of(member: Member | None, email: str) -> list[str]:
    """What somebody would try first."""
    texts = ["Matchmaker"]
    if member is not None:
        email = member.email
        texts += [member.name]
        texts += [membership.space.name for membership in member.memberships]
    texts += [email, email.partition("@")[0]]
    words = [word for text in texts for word in re.split(r"[\W_]+", text)]
    joined = [re.sub(r"[\W_]+", "", text) for text in texts]
    return [text.lower() for text in {*texts, *words, *joined} if text]
