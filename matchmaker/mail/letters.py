"""Letters about accounts and introductions.

Of each letter one function leaves its row in the outbox, and one, which `composes`,
writes it when it is sent.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from matchmaker.extensions import db, settings
from matchmaker.mail import outbox
from matchmaker.mail.brief import difference, questions, to_bring
from matchmaker.mail.compose import Composed, compose
from matchmaker.mail.kinds import composes
from matchmaker.mail.links import Purpose, absolute, event_page, sign
from matchmaker.mail.meeting import LENGTH, calendar_file
from matchmaker.mail.message import mailbox, one_click
from matchmaker.mail.names import full_name
from matchmaker.mail.reasons import gain_sentence, now_sentence, preferences
from matchmaker.mail.wording import day_words, names_of, parties, subject, why
from matchmaker.models import (
    Answer,
    ApiKey,
    Kind,
    Letter,
    Member,
    Membership,
    Scope,
    Side,
)
from matchmaker.names import safe_name


def confirm_address(
    member: Member, token: str, now: datetime, back: str = ""
) -> Letter:
    """Ask whether the address is theirs. Nothing in it was written by a stranger.

    `back` is the page of the event for which the account is made.
    """
    return _account_letter("confirm_address", member, now, token=token, back=back)


@composes("confirm_address")
def _confirm_address(letter: Letter, _now: datetime) -> Composed:
    back = event_page(letter.details["back"]) or None
    return _written(
        letter,
        "Confirm your address to join Matchmaker",
        "One press, and you can begin.",
        url=absolute(
            "security.confirm_email", token=letter.details["token"], back=back
        ),
    )


def already_registered(member: Member, now: datetime, back: str = "") -> Letter:
    return _account_letter("already_registered", member, now, back=back)


@composes("already_registered")
def _already_registered(letter: Letter, _now: datetime) -> Composed:
    back = event_page(letter.details["back"]) or None
    return _written(
        letter,
        "You already have an account with us",
        "Nothing was changed.",
        sign_in_url=absolute("security.login", next=back),
        forgot_url=absolute("security.forgot_password"),
    )


def reset_password(member: Member, token: str, now: datetime) -> Letter:
    return _account_letter("reset_password", member, now, token=token)


@composes("reset_password")
def _reset_password(letter: Letter, _now: datetime) -> Composed:
    return _written(
        letter,
        "Choose a new password",
        "The button works for two hours.",
        url=absolute("security.reset_password", token=letter.details["token"]),
    )


def password_changed(member: Member, now: datetime) -> Letter:
    return _account_letter("password_changed", member, now)


@composes("password_changed")
def _password_changed(letter: Letter, _now: datetime) -> Composed:
    return _written(
        letter,
        "Your password was changed",
        "If that was you, all is well.",
        forgot_url=absolute("security.forgot_password"),
    )


def address_check(member: Member, now: datetime) -> Letter:
    """Try an address again from which a letter came back: if it arrives, others may go."""
    return _account_letter("address_check", member, now)


@composes("address_check")
def _address_check(letter: Letter, _now: datetime) -> Composed:
    return _written(
        letter,
        "Your e-mail works again",
        "A letter of ours had come back.",
        url=absolute("security.login"),
    )


def key_made(key: ApiKey, now: datetime) -> Letter:
    """Tell whose key it is, lest somebody at their screen make one unnoticed.

    Also when it has been taken back meanwhile.
    """
    db.session.flush()
    return _account_letter(
        "key_made",
        key.member,
        now,
        about=f".key{key.id}",
        name=key.name,
        days=(key.expires_at - key.made_at).days,
        signs_up=key.scope.allows(Scope.RSVP),
    )


@composes("key_made")
def _key_made(letter: Letter, _now: datetime) -> Composed:
    return _written(
        letter,
        "A key for programs was made",
        "If that was you, all is well.",
        name=safe_name(letter.details["name"]),
        days=letter.details["days"],
        signs_up=letter.details["signs_up"],
        forgot_url=absolute("security.forgot_password"),
    )


def invitation(
    membership: Membership, inviter_name: str | None, now: datetime
) -> Letter:
    """Invite somebody who has not asked for it: once, in nobody's words but ours."""
    db.session.flush()
    return outbox.post(
        "invitation",
        membership.member,
        now,
        cause=f"invitation.membership{membership.id}",
        membership=membership,
        details={"inviter": inviter_name or ""},
    )


@composes("invitation")
def _invitation(letter: Letter, _now: datetime) -> Composed:
    membership = db.session.get_one(Membership, letter.membership_id)
    member, space = letter.member, membership.space
    stop_url = stop_url_of(membership)
    return compose(
        "invitation",
        f"{space.name} invites you to meet other members",
        "Nothing happens until you accept.",
        name=member.called if member.name else "",
        inviter=safe_name(letter.details["inviter"]),
        space=space,
        url=absolute(
            "accounts.invitation", token=sign(Purpose.INVITATION, membership.id)
        ),
        stop_url=stop_url,
        headers=one_click(stop_url),
    )


def introduction(side: Side, now: datetime) -> Letter:
    """Propose a meeting: why, what each gains, and what one can answer."""
    return post_about("introduction", side, now, "introduction")


@composes("introduction")
def _introduction(letter: Letter, _now: datetime) -> Composed:
    side = side_of(letter)
    membership = membership_of(side)
    stop_url = stop_url_of(membership)
    return compose(
        "introduction",
        subject(side),
        f"Would you like to meet {names_of(side)}? Your e-mail stays private until then.",
        side=side,
        space=membership.space,
        names=names_of(side),
        several=len(side.others) > 1,
        is_catch_up=side.introduction.kind is Kind.CATCH_UP,
        why=f"{why(side)} {now_sentence(side.introduction)}".strip(),
        parties=parties(side),
        difference=difference(side),
        preferences=preferences(side),
        until=day_words(side.introduction.ends_at.astimezone(membership.space.zone)),
        stop_url=stop_url,
        headers=one_click(stop_url),
        **answer_urls(side),
    )


def introduced(side: Side, times: Sequence[datetime], now: datetime) -> Letter:
    """All have said yes: who the others are, when to meet, and how to prepare.

    This one goes also to a member who has since stopped introductions: it keeps what
    they said yes to.
    """
    db.session.flush()
    return outbox.post(
        "introduced",
        side.member,
        now,
        cause=_cause("introduced", side),
        introduction=side.introduction,
        details={"times": [time.isoformat() for time in times]},
    )


@composes("introduced")
def _introduced(letter: Letter, now: datetime) -> Composed:
    side = side_of(letter)
    space = side.introduction.round.space
    times = [datetime.fromisoformat(time) for time in letter.details["times"]]
    names, several = names_of(side), len(side.others) > 1
    replies = [
        mailbox(full_name(other.member), other.member.email) for other in side.others
    ]
    takers = [str(reply) for reply in replies if reply.addr_spec.isascii()]
    return compose(
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
        calendar=calendar_file(side, times, now) if times else "",
        headers={"Reply-To": ", ".join(takers)} if takers else {},
    )


def introduction_withdrawn(side: Side, now: datetime) -> Letter:
    """Tell one side that another cannot be reached, and not who: see `unreachable`."""
    db.session.flush()
    return outbox.post(
        "introduction_withdrawn",
        side.member,
        now,
        cause=_cause("introduction-withdrawn", side),
        membership=membership_of(side),
    )


@composes("introduction_withdrawn")
def _introduction_withdrawn(letter: Letter, _now: datetime) -> Composed:
    membership = db.session.get_one(Membership, letter.membership_id)
    stop_url = stop_url_of(membership)
    return compose(
        "introduction_withdrawn",
        "An introduction of yours won't happen",
        "It has nothing to do with you.",
        member=letter.member,
        space=membership.space,
        stop_url=stop_url,
        headers=one_click(stop_url),
    )


def did_you_meet(side: Side, now: datetime) -> Letter:
    return post_about("did_you_meet", side, now, f"did-you-meet.{now:%Y%m%dT%H%M%S}")


@composes("did_you_meet")
def _did_you_meet(letter: Letter, _now: datetime) -> Composed:
    side = side_of(letter)
    membership, token = membership_of(side), _token(side)
    stop_url = stop_url_of(membership)

    def feedback_url(met: str) -> str:
        return absolute("introductions.feedback_by_letter", token=token, met=met)

    return compose(
        "did_you_meet",
        f"Did you and {names_of(side)} meet?",
        "One click is enough.",
        side=side,
        space=membership.space,
        names=names_of(side),
        several=len(side.others) > 1,
        yes_url=feedback_url("yes"),
        no_url=feedback_url("no"),
        gave_up_url=feedback_url("it-wont-happen"),
        stop_url=stop_url,
        headers=one_click(stop_url),
    )


def in_words(local: datetime) -> tuple[str, str]:
    """Say a time as people do: ("Thursday 4 December", "12:30 to 13:15")."""
    return (
        day_words(local),
        f"{local:%H:%M} to {local + LENGTH:%H:%M}",
    )


def _account_letter(
    kind: str, member: Member, now: datetime, about: str = "", **details: Any
) -> Letter:
    """Asked for by whoever typed an address, so each asking is a cause of its own."""
    db.session.flush()
    cause = f"{kind}.member{member.id}{about}.{now:%Y%m%dT%H%M%S.%f}"
    return outbox.post(kind, member, now, cause=cause, details=details)


def _written(letter: Letter, headline: str, preheader: str, **words: Any) -> Composed:
    host = urlsplit(settings().base_url).netloc
    return compose(letter.kind, headline, preheader, host=host, **words)


def post_about(kind: str, side: Side, now: datetime, cause: str) -> Letter:
    db.session.flush()
    return outbox.post(
        kind,
        side.member,
        now,
        cause=_cause(cause, side),
        membership=membership_of(side),
        introduction=side.introduction,
    )


def side_of(letter: Letter) -> Side:
    return db.session.get_one(Side, (letter.introduction_id, letter.member_id))


def membership_of(side: Side) -> Membership:
    membership = side.member.membership_in(side.introduction.round.space)
    assert membership is not None  # noqa: S101  (a round is made of memberships)
    return membership


def answer_urls(side: Side) -> dict[str, str]:
    """Give the page of each answer: it is chosen there, and one button away."""
    token = _token(side)
    return {
        f"{answer.name.lower()}_url": absolute(
            "introductions.by_letter",
            token=token,
            answer=answer.value.replace(" ", "-"),
        )
        for answer in Answer
    }


def _token(side: Side) -> str:
    return sign(Purpose.SIDE, side.introduction_id, side.member_id)


def _cause(kind: str, side: Side) -> str:
    return f"{kind}.introduction{side.introduction_id}.member{side.member_id}"


def stop_url_of(membership: Membership) -> str:
    token = sign(Purpose.UNSUBSCRIBE, membership.id)
    return absolute("unsubscribe.show", token=token)
