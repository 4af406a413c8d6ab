"""Two accounts of one person: found by what they have in common, and decided by people.

Nobody but organisers is told of it: a stranger must not learn who has an account.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import combinations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from matchmaker.data import companies, given_names
from matchmaker.extensions import db
from matchmaker.mail import governor
from matchmaker.models import (
    Likeness,
    Member,
    PossibleTwins,
    Profile,
    Space,
)
from matchmaker.queries.organiser import is_known_in, twins_visible_to
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
        .where(is_known_in(Member.id, space.id), Member.active)
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
        .where(twins_visible_to(viewer, space.id))
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
            twins_visible_to(viewer, space.id),
        )
    )
