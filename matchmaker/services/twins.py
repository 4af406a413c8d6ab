"""Two accounts of one person: found by what they have in common, and decided by people.

Nobody but organisers is told of it: a stranger must not learn who has an account.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import combinations

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from matchmaker.data import companies, given_names
from matchmaker.extensions import db
from matchmaker.mail import governor
from matchmaker.models import (
    JoinRequest,
    Likeness,
    Member,
    Membership,
    MembershipStatus,
    PossibleTwins,
    Profile,
    Space,
)
from matchmaker.queries.blocks import MemberId, blocked_either_way
from matchmaker.text import fold_words

# A pair that is alike in several ways is kept under the first of them.
_BY_STRENGTH = tuple(Likeness)


def look(space: Space, now: datetime) -> list[PossibleTwins]:
    """Find the accounts in a space that may be one person's and weren't known to be.

    Asked before people are brought together, so that no change of a name slips past.
    """
    rows = db.session.execute(
        select(Member.id, Member.name, Member.email, Profile.company)
        .join(Profile, Profile.member_id == Member.id)
        .where(_is_known_in(Member.id, space.id), Member.active)
        .order_by(Member.id)
    )
    alike: dict[tuple[Likeness, str], list[int]] = defaultdict(list)
    for id_, name, email, company in rows:
        for key in _keys(name, email, company):
            alike[key].append(id_)
    pairs: dict[tuple[int, int], Likeness] = {}
    for (likeness, _), ids in sorted(
        alike.items(), key=lambda item: _BY_STRENGTH.index(item[0][0])
    ):
        for pair in combinations(ids, 2):
            pairs.setdefault(pair, likeness)
    if not pairs:
        return []
    known = {
        (twins.first_id, twins.second_id)
        for twins in db.session.scalars(
            select(PossibleTwins).where(
                PossibleTwins.first_id.in_({first for first, _ in pairs})
            )
        )
    }
    found = [
        PossibleTwins(first_id=first, second_id=second, likeness=likeness, found_at=now)
        for (first, second), likeness in pairs.items()
        if (first, second) not in known
    ]
    db.session.add_all(found)
    db.session.flush()
    return found


def _keys(name: str, email: str, company: str) -> Iterable[tuple[Likeness, str]]:
    """What an account has to share with another for the two to be alike.

    A name counts by itself if it is a whole one; of two Anas only those at one company.
    Titles, initials and the order of its words make no other name.
    """
    yield Likeness.MAILBOX, governor.normalise(email)
    plain = " ".join(given_names.without_titles(name.split()))
    words = sorted(word for word in fold_words(plain).split() if len(word) > 1)
    spelt = " ".join(words)
    if words and (firm := companies.key(company)):
        yield Likeness.NAME_AND_COMPANY, f"{spelt} at {firm}"
    if len(words) > 1:
        yield Likeness.NAME, spelt


def of_space(space: Space, viewer: Member) -> Sequence[PossibleTwins]:
    """Return the twins of a space whom the viewer may see, undecided ones first."""
    return db.session.scalars(
        select(PossibleTwins)
        .where(*_seen_by(viewer, space))
        .order_by(
            PossibleTwins.verdict.is_not(None),
            PossibleTwins.found_at,
            PossibleTwins.first_id,
            PossibleTwins.second_id,
        )
        .options(
            joinedload(PossibleTwins.first).joinedload(Member.profile),
            joinedload(PossibleTwins.second).joinedload(Member.profile),
        )
    ).all()


def find(
    space: Space, viewer: Member, first_id: int, second_id: int
) -> PossibleTwins | None:
    return db.session.scalar(
        select(PossibleTwins).where(
            PossibleTwins.first_id == first_id,
            PossibleTwins.second_id == second_id,
            *_seen_by(viewer, space),
        )
    )


def count_undecided(space: Space, viewer: Member) -> int:
    query = select(func.count()).where(
        PossibleTwins.verdict.is_(None), *_seen_by(viewer, space)
    )
    return db.session.scalar(query) or 0


def _seen_by(viewer: Member, space: Space) -> list[ColumnElement[bool]]:
    both = [PossibleTwins.first_id, PossibleTwins.second_id]
    return [
        *(_is_known_in(id_, space.id) for id_ in both),
        ~blocked_either_way(viewer.id, both),
    ]


def _is_known_in(member_id: MemberId, space_id: int) -> ColumnElement[bool]:
    """Whether a space may know who they are: they joined, ask to, or are on its list.

    On its list only if no other space knows them, or its organisers would learn from an
    address whose it is.
    """
    here, elsewhere, asked = (
        aliased(Membership),
        aliased(Membership),
        aliased(JoinRequest),
    )
    member = aliased(Member)
    has_joined = exists().where(
        here.member_id == member_id,
        here.space_id == space_id,
        here.status.in_([MembershipStatus.ACTIVE, MembershipStatus.SUSPENDED]),
    )
    is_only_on_its_list = exists().where(
        here.member_id == member_id,
        here.space_id == space_id,
        here.status == MembershipStatus.INVITED,
        member.id == member_id,
        member.confirmed_at.is_(None),
        ~exists().where(
            elsewhere.member_id == here.member_id, elsewhere.space_id != space_id
        ),
    )
    asks = exists().where(
        asked.member_id == member_id,
        asked.space_id == space_id,
        asked.approved.is_(None),
    )
    return or_(has_joined, is_only_on_its_list, asks)
