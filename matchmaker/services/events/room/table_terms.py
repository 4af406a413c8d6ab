"""What decides who sits with whom: benefit, whom to keep apart, who has met."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import aliased

from matchmaker.extensions import db
from matchmaker.matching import Pair, Person, mutual_benefit
from matchmaker.matching.arrays import Bools, Float64Array, Ints
from matchmaker.matching.seating.tables import meetings
from matchmaker.models import (
    Encounter,
    Event,
    EventHost,
    Following,
    Introduction,
    Member,
    Membership,
    MembershipStatus,
    Role,
    Round,
    Seat,
    Side,
)
from matchmaker.models import Seating as Seated
from matchmaker.queries.blocks import blocked_either_way
from matchmaker.services import engine, history, learning
from matchmaker.services.events.room import present

# How much a pair is to be avoided; one who has met counts as much as a repeat.
MET = 1.0
COLLEAGUES = 0.5
SUGGESTED = 0.25  # introduced before, and nobody knows what came of it

_RANDOM = 5  # random seatings to compare with
_UNKNOWN = -1


@dataclass(frozen=True)
class Terms:
    """Of these members, in this order: arrays of people by people."""

    members: list[Member]
    benefit: Float64Array
    apart: Bools
    met: Float64Array
    known: Bools  # has met before
    groups: Ints  # a number for each industry, one of their own for who has none


def terms(event: Event, members: list[Member], now: datetime) -> Terms:
    """Gather what is known of each two of them, from whichever space it is."""
    space = event.space
    people = present.as_people(event, members, now)
    rank = {member.id: place for place, member in enumerate(members)}
    before = history.of(space, now)
    met_before = known(event, rank)
    suggested = _matrix(_introduced_elsewhere(event, rank), rank)
    return Terms(
        members=members,
        benefit=mutual_benefit(
            people,
            engine.reader(event.space),
            engine.rules(space),
            feedback=before.feedback,
            scorer=learning.scorer(space, now),
        ),
        apart=_matrix(before.forbidden, rank),
        met=np.maximum.reduce(
            [MET * met_before, COLLEAGUES * _colleagues(people), SUGGESTED * suggested]
        ),
        known=met_before,
        groups=_industries(people),
    )


def hidden_from_who_runs(event: Event, members: list[Member]) -> Bools:
    """Whom a block parts from each who runs the event: (who runs it, members)."""
    organisers = select(Membership.member_id).where(
        Membership.space_id == event.space_id,
        Membership.role == Role.ORGANISER,
        Membership.status == MembershipStatus.ACTIVE,
    )
    hosts = select(EventHost.member_id).where(EventHost.event_id == event.id)
    of_group = select(Following.member_id).where(
        Following.group_id == event.group_id, Following.is_host
    )
    who_runs = list(db.session.scalars(organisers.union(hosts, of_group)))
    rank = {member.id: place for place, member in enumerate(members)}
    hidden = np.zeros((len(who_runs), len(members)), bool)
    for place, runner_id in enumerate(who_runs):
        theirs = select(Member.id).where(
            Member.id.in_(rank), blocked_either_way(runner_id, [Member.id])
        )
        hidden[place, [rank[id_] for id_ in db.session.scalars(theirs)]] = True
    return hidden


def by_lot(tables: Ints, benefit: Float64Array, seed: int) -> float:
    """What the same tables would be worth if their people were drawn at random."""
    chance = np.random.default_rng(seed)
    worths = []
    for _ in range(_RANDOM):
        drawn = tables.copy()
        for row in drawn:
            here = row >= 0
            row[here] = chance.permutation(row[here])
        worths.append(benefit[np.triu(meetings(drawn) > 0, 1)].sum())
    return float(np.mean(worths))


def known(event: Event, rank: dict[int, int]) -> Bools:
    """Which of them had met before this event; by their numbers, in this order."""
    return _matrix(_met(event, rank), rank)


def _met(event: Event, ids: Iterable[int]) -> set[Pair]:
    """Who has met, by what they told or because they sat at one table at an event."""
    encounters = db.session.execute(
        select(Encounter.first_id, Encounter.second_id).where(
            Encounter.first_id.in_(ids),
            Encounter.second_id.in_(ids),
            Encounter.event_id.is_distinct_from(event.id),
        )
    )
    return {frozenset(pair) for pair in encounters} | _shared_tables(event, ids)


def _shared_tables(event: Event, ids: Iterable[int]) -> set[Pair]:
    mine, theirs = aliased(Seat), aliased(Seat)
    rows = db.session.execute(
        select(mine.member_id, theirs.member_id)
        .join(
            theirs,
            (theirs.event_id == mine.event_id)
            & (theirs.round == mine.round)
            & (theirs.table == mine.table)
            & (theirs.member_id > mine.member_id),
        )
        .join(Seated, Seated.event_id == mine.event_id)
        .join(Event, Event.id == mine.event_id)
        .where(
            mine.round <= Seated.round_now,
            Event.space_id == event.space_id,
            Event.id != event.id,
            mine.member_id.in_(ids),
            theirs.member_id.in_(ids),
        )
    )
    return {frozenset(pair) for pair in rows}


def _introduced_elsewhere(event: Event, ids: Iterable[int]) -> set[Pair]:
    """Introduced before, but not for this event: those had better find each other."""
    mine, theirs = aliased(Side), aliased(Side)
    rows = db.session.execute(
        select(mine.member_id, theirs.member_id)
        .join(theirs, theirs.introduction_id == mine.introduction_id)
        .join(Introduction, Introduction.id == mine.introduction_id)
        .join(Round, Round.id == Introduction.round_id)
        .where(
            mine.member_id < theirs.member_id,
            mine.member_id.in_(ids),
            theirs.member_id.in_(ids),
            Round.event_id.is_distinct_from(event.id),
        )
    )
    return {frozenset(pair) for pair in rows}


def _matrix(pairs: Iterable[Pair], rank: dict[int, int]) -> Bools:
    matrix = np.zeros((len(rank), len(rank)), bool)
    for pair in pairs:
        places = [rank[id_] for id_ in pair if id_ in rank]
        if len(places) == 2:
            matrix[places, places[::-1]] = True
    return matrix


def _colleagues(people: list[Person]) -> Bools:
    companies = np.array([person.company for person in people], object)
    same: Bools = (companies[:, None] == companies) & (companies != "")
    np.fill_diagonal(same, False)
    return same


def _industries(people: list[Person]) -> Ints:
    """By section of the tree; nobody is of one industry with who has not said theirs."""
    numbers: dict[str, int] = {}
    return np.array(
        [
            numbers.setdefault(person.industry[0], len(numbers))
            if person.industry
            else _UNKNOWN - place
            for place, person in enumerate(people)
        ],
        np.int64,
    )
