"""Letters about people who come to a space by themselves."""

from datetime import datetime

from matchmaker.mail import outbox
from matchmaker.mail.compose import compose
from matchmaker.mail.links import absolute
from matchmaker.models import JoinRequest, Letter, Member, Space


def newcomers(
    organiser: Member, space: Space, asking: int, joined: int, now: datetime
) -> Letter:
    """Tell an organiser how many came. It names nobody: who decides signs in first."""
    said = [
        f"{_people(asking)} {'asks' if asking == 1 else 'ask'} to join"
        if asking
        else "",
        f"{_people(joined)} joined" if joined else "",
    ]
    headline = " and ".join(filter(None, said))
    return outbox.post(
        compose(
            "newcomers",
            f"{space.name}: {headline}",
            "See who they are." if asking else "Say hello.",
            member=organiser,
            space=space,
            headline=headline,
            asking=asking,
            url=absolute(
                "organiser.newcomers" if asking else "organiser.members",
                slug=space.slug,
            ),
        ),
        kind="newcomers",
        cause=f"newcomers.space{space.id}.member{organiser.id}.{now:%Y%m%dT%H%M%S}",
        member=organiser,
        now=now,
    )


def approved(request: JoinRequest, now: datetime) -> Letter:
    """Welcome somebody whom an organiser has let in."""
    member, space = request.member, request.space
    return outbox.post(
        compose(
            "join_approved",
            f"Welcome to {space.name}",
            "Three short steps, and introductions can begin.",
            member=member,
            space=space,
            url=absolute("memberships.join", slug=space.slug),
        ),
        kind="join_approved",
        cause=f"join-approved.request{request.id}.{now:%Y%m%dT%H%M%S}",
        member=member,
        now=now,
    )


def _people(count: int) -> str:
    return "One person" if count == 1 else f"{count} people"
