"""E-mail addresses: one spelling of each, and only such as any mail server takes."""

import contextlib

import idna
from email_validator import EmailNotValidError, validate_email

from matchmaker.refusal import Refusal


def normalise(text: str) -> str:
    """Return the address as an account keeps it; refuse what we could not write to.

    A domain of other letters, such as bücher.example, is written in its plain form
    (xn--bcher-kva.example), to which any server can send. What stands before the @ has no
    such form, and whether the servers on the way take it is known only once it is lost.
    """
    try:
        found = validate_email(
            text.strip()[:400], check_deliverability=False, allow_smtputf8=False
        )
    except EmailNotValidError as problem:
        local, at, domain = text.strip().rpartition("@")
        if at and domain and not local.isascii():
            raise Refusal(
                "Many mail servers take only plain letters before the @, so our letters "
                "could get lost. Use an e-mail address without accents, such as "
                "jurgen@example.org."
            ) from None
        raise Refusal(f"This doesn’t look like an e-mail address. {problem}") from None
    return (found.ascii_email or found.normalized).lower()


def with_plain_domain(address: str) -> str:
    """Write the domain as mail servers know it. What cannot be is left to them."""
    local, at, domain = address.rpartition("@")
    with contextlib.suppress(idna.IDNAError):
        if not domain.isascii():
            domain = idna.encode(domain, uts46=True).decode()
    return f"{local}{at}{domain}"


def look_up(text: str) -> str:
    """Return how an account keeps what somebody typed, also if it is from before.

    Nothing is refused: what no account can have is simply not found.
    """
    try:
        return normalise(text)
    except Refusal:
        return with_plain_domain(text.strip().lower())
