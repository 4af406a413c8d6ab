"""Letters about people who come to a space by themselves."""

from datetime import datetime

from matchmaker.extensions import db
from matchmaker.mail import outbox
from matchmaker.mail.compose import Composed, compose
from matchmaker.mail.kinds import composes
from matchmaker.mail.links import absolute
from matchmaker.models import JoinRequest, Letter, Member, Space


def newcomers(
    organiser: Member, space: Space, asking: int, joined: int, now: datetime
) -> Letter:
    """Tell an organiser how many came. It names nobody: who decides signs in first."""
    return outbox.post(
        "newcomers",
        organiser,
        now,
        cause=f"newcomers.space{space.id}.member{organiser.id}.{now:%Y%m%dT%H%M%S}",
        details={"space": space.id, "asking": asking, "joined": joined},
    )


@composes("newcomers")
def _newcomers(letter: Letter, _now: datetime) -> Composed:
    space = db.session.get_one(Space, letter.details["space"])
    asking, joined = letter.details["asking"], letter.details["joined"]
    said = [
        f"{_people(asking)} {'asks' if asking == 1 else 'ask'} to join"
        if asking
        else "",
        f"{_people(joined)} joined" if joined else "",
    ]
    headline = " and ".join(filter(None, said))
    return compose(
        "newcomers",
        f"{space.name}: {headline}",
        "See who they are." if asking else "Say hello.",
        member=letter.member,
        space=space,
        headline=headline,
        asking=asking,
        url=absolute(
            "organiser.newcomers" if asking else "organiser.members", slug=space.slug
        ),
    )


def approved(request: JoinRequest, now: datetime) -> Letter:
    """Welcome somebody whom an organiser has let in."""
    return outbox.post(
        "join_approved",
        request.member,
        now,
        cause=f"join-approved.request{request.id}.{now:%Y%m%dT%H%M%S}",
        details={"space": request.space_id},
    )


@composes("join_approved")
def _approved(letter: Letter, _now: datetime) -> Composed:
    space = db.session.get_one(Space, letter.details["space"])
    return compose(
        "join_approved",
        f"Welcome to {space.name}",
        "Three short steps, and introductions can begin.",
        member=letter.member,
        space=space,
        url=absolute("memberships.join", slug=space.slug),
    )


def _people(count: int) -> str:
    return "One person" if count == 1 else f"{count} people"
