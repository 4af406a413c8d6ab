"""Whom one may name as a host, and by which words."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Select, false, or_, select

from matchmaker.extensions import db
from matchmaker.models import Member, Membership, MembershipStatus, Role, Space
from matchmaker.queries.blocks import blocked_between
from matchmaker.queries.search import finds
from matchmaker.queries.visibility import visible_to
from matchmaker.refusal import Unfit
from matchmaker.text import fold_words


def suggest(space: Space, viewer: Member, words: str, limit: int = 8) -> list[str]:
    """Names that hold the words, each said so that it means one person."""
    found = _known(space, viewer).where(finds(Member.search_name, words))
    members = db.session.scalars(found.order_by(Member.name, Member.id).limit(limit))
    return labels(space, viewer, members.all())


def labels(space: Space, viewer: Member, members: Iterable[Member]) -> list[str]:
    """A name each; of those that share one, what they do beside it."""
    members = list(members)
    alike = or_(
        false(), *(finds(Member.search_name, member.name) for member in members)
    )
    sharing = _known(space, viewer).where(alike).with_only_columns(Member.name)
    counted = Counter(map(fold_words, db.session.scalars(sharing)))
    return [
        f"{member.name} ({member.headline})"
        if counted[fold_words(member.name)] > 1 and member.headline
        else member.name
        for member in members
    ]


def named(
    space: Space, viewer: Member, words: Iterable[str], already: Iterable[Member]
) -> frozenset[Member]:
    """Find the people that are meant; whoever hosts already is known by name."""
    return frozenset(_one(space, viewer, each, list(already)) for each in words)


def _one(space: Space, viewer: Member, words: str, already: list[Member]) -> Member:
    name, _, headline = words.removesuffix(")").partition(" (")
    known = db.session.scalars(
        _known(space, viewer).where(finds(Member.search_name, name))
    )
    found: list[Member] = [
        member
        for member in dict.fromkeys((*known, *already))
        if fold_words(member.name) == fold_words(name)
    ]
    if headline:
        found = [member for member in found if member.headline == headline] or found
    if not found:
        raise Unfit(
            "hosts",
            f"We know nobody called {words} whom you could name. Check the spelling, or "
            "ask an organiser to add them.",
        )
    if len(found) > 1:
        either = " or ".join(labels(space, viewer, found))
        raise Unfit("hosts", f"There are several called {name}: {either}.")
    return found[0]


def _known(space: Space, viewer: Member) -> Select[Member]:
    """Those who take part, and whom the viewer may see or who run things here."""
    return (
        select(Member)
        .join(Membership, Membership.member_id == Member.id)
        .where(
            Membership.space_id == space.id,
            Membership.status == MembershipStatus.ACTIVE,
            Member.active,
            ~blocked_between(viewer),
            or_(
                visible_to(viewer),
                Membership.role.in_([Role.HOST, Role.ORGANISER]),
            ),
        )
    )
