"""Our letters: each function writes one and leaves it in the outbox."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from matchmaker.extensions import db
from matchmaker.mail import outbox
from matchmaker.mail.brief import difference, questions, to_bring
from matchmaker.mail.compose import compose
from matchmaker.mail.links import Purpose, absolute, event_page, sign
from matchmaker.mail.meeting import LENGTH, calendar_file
from matchmaker.mail.message import mailbox, one_click
from matchmaker.mail.names import full_name
from matchmaker.mail.reasons import gain_sentence, now_sentence, preferences
from matchmaker.mail.wording import day_words, names_of, parties, subject, why
from matchmaker.models import ApiKey, Kind, Letter, Member, Membership, Scope, Side
from matchmaker.names import safe_name


def confirm_address(
    member: Member, token: str, now: datetime, back: str = ""
) -> Letter:
    """Ask whether the address is theirs. Nothing in it was written by a stranger.

    `back` is the page of the event for which the account is made.
    """
    return _account_letter(
        "confirm_address",
        member,
        "Confirm your address to join Matchmaker",
        "One press, and you can begin.",
        now,
        url=absolute(
            "security.confirm_email", token=token, back=event_page(back) or None
        ),
    )


def already_registered(member: Member, now: datetime, back: str = "") -> Letter:
    return _account_letter(
        "already_registered",
        member,
        "You already have an account with us",
        "Nothing was changed.",
        now,
        sign_in_url=absolute("security.login", next=event_page(back) or None),
        forgot_url=absolute("security.forgot_password"),
    )


def reset_password(member: Member, token: str, now: datetime) -> Letter:
    return _account_letter(
        "reset_password",
        member,
        "Choose a new password",
        "The button works for two hours.",
        now,
        url=absolute("security.reset_password", token=token),
    )


def password_changed(member: Member, now: datetime) -> Letter:
    return _account_letter(
        "password_changed",
        member,
        "Your password was changed",
        "If that was you, all is well.",
        now,
        forgot_url=absolute("security.forgot_password"),
    )


def address_check(member: Member, now: datetime) -> Letter:
    """Try an address again from which a letter came back: if it arrives, others may go."""
    return _account_letter(
        "address_check",
        member,
        "Your e-mail works again",
        "A letter of ours had come back.",
        now,
        url=absolute("security.login"),
    )


def key_made(key: ApiKey, now: datetime) -> Letter:
    """Tell whose key it is, lest somebody at their screen make one unnoticed."""
    db.session.flush()
    return _account_letter(
        "key_made",
        key.member,
        "A key for programs was made",
        "If that was you, all is well.",
        now,
        about=f".key{key.id}",
        name=safe_name(key.name),
        days=(key.expires_at - key.made_at).days,
        signs_up=key.scope.allows(Scope.RSVP),
        forgot_url=absolute("security.forgot_password"),
    )


def invitation(
    membership: Membership, inviter_name: str | None, now: datetime
) -> Letter:
    """Invite somebody who has not asked for it: once, in nobody's words but ours."""
    db.session.flush()
    member, space = membership.member, membership.space
    stop_url = _stop_url(membership)
    composed = compose(
        "invitation",
        f"{space.name} invites you to meet other members",
        "Nothing happens until you accept.",
        name=member.called if member.name else "",
        inviter=safe_name(inviter_name or ""),
        space=space,
        url=absolute(
            "accounts.invitation", token=sign(Purpose.INVITATION, membership.id)
        ),
        stop_url=stop_url,
    )
    return outbox.post(
        composed,
        kind="invitation",
        cause=f"invitation.membership{membership.id}",
        member=member,
        membership=membership,
        headers=one_click(stop_url),
        now=now,
    )


def introduction(side: Side, now: datetime) -> Letter:
    """Propose a meeting: why, what is different, what to ask, and three answers."""
    db.session.flush()
    membership, token = _membership(side), _token(side)
    stop_url = _stop_url(membership)

    def answer_url(answer: str) -> str:
        return absolute("introductions.by_letter", token=token, answer=answer)

    composed = compose(
        "introduction",
        subject(side),
        f"Would you like to meet {names_of(side)}? Nobody sees your address until then.",
        side=side,
        space=membership.space,
        names=names_of(side),
        several=len(side.others) > 1,
        is_catch_up=side.introduction.kind is Kind.CATCH_UP,
        why=f"{why(side)} {now_sentence(side.introduction)}".strip(),
        parties=parties(side),
        difference=difference(side),
        preferences=preferences(side),
        questions=questions(side),
        yes_url=answer_url("yes"),
        not_now_url=answer_url("not-now"),
        let_go_url=answer_url("let-go"),
        stop_url=stop_url,
    )
    return outbox.post(
        composed,
        kind="introduction",
        cause=_cause("introduction", side),
        member=side.member,
        membership=membership,
        introduction=side.introduction,
        headers=one_click(stop_url),
        now=now,
    )


def introduced(side: Side, times: Sequence[datetime], now: datetime) -> Letter:
    """All have said yes: who the others are, when to meet, and how to prepare.

    This one goes also to a member who has since stopped introductions: it keeps what
    they said yes to.
    """
    db.session.flush()
    space = side.introduction.round.space
    names, several = names_of(side), len(side.others) > 1
    composed = compose(
        "introduced",
        ("You, " if several else "You and ")
        + f"{names} have {'all' if several else 'both'} said yes",
        "Three times to choose from, and what to ask.",
        side=side,
        space=space,
        names=names,
        several=several,
        others=side.others,
        times=[in_words(time.astimezone(space.zone)) for time in times],
        gains=[gain_sentence(gain, side, side) for gain in side.gains],
        questions=questions(side),
        to_bring=to_bring(side),
    )
    replies = [
        mailbox(full_name(other.member), other.member.email) for other in side.others
    ]
    takers = [str(reply) for reply in replies if reply.addr_spec.isascii()]
    return outbox.post(
        composed,
        kind="introduced",
        cause=_cause("introduced", side),
        member=side.member,
        introduction=side.introduction,
        calendar=calendar_file(side, times, now) if times else "",
        headers={"Reply-To": ", ".join(takers)} if takers else {},
        now=now,
    )


def introduction_withdrawn(side: Side, now: datetime) -> Letter:
    """Tell one side that another cannot be reached, and not who: see `unreachable`."""
    db.session.flush()
    membership = _membership(side)
    stop_url = _stop_url(membership)
    composed = compose(
        "introduction_withdrawn",
        "An introduction of yours won't happen",
        "It has nothing to do with you.",
        side=side,
        space=membership.space,
        stop_url=stop_url,
    )
    return outbox.post(
        composed,
        kind="introduction_withdrawn",
        cause=_cause("introduction-withdrawn", side),
        member=side.member,
        membership=membership,
        headers=one_click(stop_url),
        now=now,
    )


def did_you_meet(side: Side, now: datetime) -> Letter:
    db.session.flush()
    membership, token = _membership(side), _token(side)
    stop_url = _stop_url(membership)

    def feedback_url(met: str) -> str:
        return absolute("introductions.feedback_by_letter", token=token, met=met)

    composed = compose(
        "did_you_meet",
        f"Did you and {names_of(side)} meet?",
        "One press is enough.",
        side=side,
        space=membership.space,
        names=names_of(side),
        several=len(side.others) > 1,
        yes_url=feedback_url("yes"),
        no_url=feedback_url("no"),
        stop_url=stop_url,
    )
    return outbox.post(
        composed,
        kind="did_you_meet",
        cause=_cause(f"did-you-meet.{now:%Y%m%dT%H%M%S}", side),
        member=side.member,
        membership=membership,
        introduction=side.introduction,
        headers=one_click(stop_url),
        now=now,
    )


def in_words(local: datetime) -> tuple[str, str]:
    """Say a time as people do: ("Thursday 4 December", "12:30 to 13:15")."""
    return (
        day_words(local),
        f"{local:%H:%M} to {local + LENGTH:%H:%M}",
    )


def _account_letter(
    kind: str,
    member: Member,
    headline: str,
    preheader: str,
    now: datetime,
    about: str = "",
    **words: Any,
) -> Letter:
    """Asked for by whoever typed an address, so each asking is a cause of its own."""
    db.session.flush()
    host = urlsplit(current_app.config["SETTINGS"].base_url).netloc
    return outbox.post(
        compose(kind, headline, preheader, host=host, **words),
        kind=kind,
        cause=f"{kind}.member{member.id}{about}.{now:%Y%m%dT%H%M%S.%f}",
        member=member,
        now=now,
    )


def _membership(side: Side) -> Membership:
    membership = side.member.membership_in(side.introduction.round.space)
    assert membership is not None  # noqa: S101  (a round is made of memberships)
    return membership


def _token(side: Side) -> str:
    return sign(Purpose.SIDE, side.introduction_id, side.member_id)


def _cause(kind: str, side: Side) -> str:
    return f"{kind}.introduction{side.introduction_id}.member{side.member_id}"


def _stop_url(membership: Membership) -> str:
    token = sign(Purpose.UNSUBSCRIBE, membership.id)
    return absolute("unsubscribe.show", token=token)
