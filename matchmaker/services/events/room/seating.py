"""Rounds of tables at an event: who sits with whom, and which round it is."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import select

from matchmaker.extensions import db, lock
from matchmaker.matching import seating as engine
from matchmaker.models import Event, Member, Seat, Seating
from matchmaker.refusal import Refusal, Unfit
from matchmaker.services import twins
from matchmaker.services.events import timeline
from matchmaker.services.events.room import present
from matchmaker.services.events.room.present import Who
from matchmaker.services.events.room.table_terms import (
    Terms,
    by_lot,
    hidden_from_who_runs,
    terms,
)

MOST_PEOPLE = 400
MOST_WORK = 20_000  # people × rounds × table size: some seconds
CROWDED = 0.6  # of all there are to meet
ROUNDS, TABLE_SIZES, MINUTES = range(1, 21), range(2, 13), range(1, 241)


def make(
    event: Event,
    who: Who,
    rounds: int,
    table_size: int,
    minutes: int,
    now: datetime,
    by: Member | None = None,
) -> Seating:
    """Seat everybody present, round after round, and keep what it is worth.

    Nobody who is kept apart sits at one table; nobody meets twice, nor somebody they
    have met before, where it can be avoided. Guests have no seats: nobody knows who
    they are.
    """
    lock(event)
    present.check_runs(event, now)
    _check_wish(rounds, table_size, minutes)
    before = of(event)
    if before and before.round_now:
        raise Refusal(
            f"Round {before.round_now} of {before.rounds} has begun. Mend the tables "
            "instead: only the rounds to come change."
        )
    members = [rsvp.member for rsvp in present.rsvps(event, who)]
    if len(members) < 2:
        raise Refusal("Tables need two people at least. Check in who is here first.")
    if len(members) > MOST_PEOPLE:
        raise Refusal(f"More than {MOST_PEOPLE} people cannot be seated at once.")
    if len(members) * rounds * table_size > MOST_WORK:
        raise Unfit(
            "rounds",
            "So many people in so many rounds take too long to seat well. Choose fewer "
            "rounds, or smaller tables.",
        )
    twins.look(event.space, now)
    seed = event.id
    table = terms(event, members, now)
    found = engine.seat(
        table.benefit,
        rounds,
        table_size,
        apart=table.apart,
        met=table.met,
        groups=table.groups,
        seed=seed,
        effort=_effort(len(members), rounds, table_size),
    )
    # See `outcome`: a number that is missing in a reader's plan must not tell.
    hidden = hidden_from_who_runs(event, members)
    numbered = [engine.tables.with_last(row, hidden) for row in found.tables]
    found = replace(found, tables=np.array(numbered))
    if before:
        db.session.delete(before)
        db.session.flush()
    seating = Seating(
        event_id=event.id,
        rounds=rounds,
        table_size=table_size,
        minutes=minutes,
        seed=seed,
        made_at=now,
    )
    _keep(seating, found, table, now)
    db.session.add(seating)
    timeline.note(event, "seated", now, by)
    db.session.flush()
    return seating


def mend(
    event: Event,
    who: Who,
    now: datetime,
    by: Member | None = None,
    *,
    away: Collection[int] = (),
    back: Collection[int] = (),
) -> int:
    """Seat the rounds to come for those who are here now, changing as little as can be.

    `away` are ids of those who have left, `back` of those who had and are here again.
    Returns how many seats changed of those who keep one.
    """
    seating = _locked(event)
    present.check_runs(event, now)
    if seating.round_now >= seating.rounds:
        raise Refusal("The last round has begun: there is nothing left to change.")
    members = {rsvp.member_id: rsvp.member for rsvp in present.rsvps(event, who)}
    left = seated(seating, begun=True) - seated(seating, begun=False) - {*back}
    staying = [m for id_, m in members.items() if id_ not in left and id_ not in away]
    if len(staying) < 2:
        raise Refusal("Tables need two people at least. Check in who is here first.")
    twins.look(event.space, now)
    moves = _reseat(event, seating, staying, now)
    timeline.note(event, "mended", now, by)
    return moves


def start_round(event: Event, number: int, now: datetime) -> Seating:
    """Begin a round; pressed twice, it begins once.

    Whom a block has parted meanwhile, the tables part first.
    """
    seating = _locked(event)
    present.check_runs(event, now)
    if number == seating.round_now and seating.round_ends_at:
        return seating
    if number != seating.round_now + 1 or number > seating.rounds:
        raise Refusal("Another round is under way. Look again.")
    part(event, seating, now)
    seating.round_now = number
    seating.round_ends_at = now + timedelta(minutes=seating.minutes)
    seating.changed_at = now
    return seating


def give_longer(event: Event, minutes: int, now: datetime) -> Seating:
    """Let the round under way last longer, counted from now if its time is over."""
    seating = _locked(event)
    if seating.round_ends_at is None:
        raise Refusal("No round is under way.")
    if minutes not in MINUTES:
        raise Refusal("Give it between 1 and 240 minutes more.")
    seating.round_ends_at = max(seating.round_ends_at, now) + timedelta(minutes=minutes)
    seating.changed_at = now
    return seating


def finish(event: Event, now: datetime) -> Seating:
    """End the rounds, whichever it is; those that have not begun do not take place."""
    seating = _locked(event)
    if not seating.round_now:
        raise Refusal("No round has begun yet.")
    if seating.round_ends_at:
        seating.round_ends_at = None
        seating.changed_at = now
    return seating


def remove(event: Event) -> None:
    """Take the tables away, as long as nobody has sat down at one."""
    seating = _locked(event)
    if seating.round_now:
        raise Refusal("The first round has begun. The tables stay as they are.")
    db.session.delete(seating)


def part(event: Event, seating: Seating, now: datetime) -> None:
    """Reseat the rounds to come if two who are now kept apart share a table in one."""
    coming = [seat for seat in seating.seats if seat.round > seating.round_now]
    members = _by_id(seat.member for seat in coming)
    table = terms(event, members, now)
    rank = {member.id: place for place, member in enumerate(members)}
    tables = np.full((seating.rounds, len(members)), -1)
    for seat in coming:
        tables[seat.round - 1, rank[seat.member_id]] = seat.table
    together = (engine.tables.meetings(tables) > 0) & table.apart
    if together.any():
        _reseat(event, seating, members, now)


def part_everywhere(one: Member, other: Member, now: datetime) -> None:
    """Part two at all tables to come: a block was made."""
    theirs = select(Seat.event_id).where(Seat.member_id == one.id)
    shared = (
        select(Seating)
        .where(
            Seating.event_id.in_(theirs),
            Seating.event_id.in_(
                select(Seat.event_id).where(Seat.member_id == other.id)
            ),
            Seating.round_now < Seating.rounds,
        )
        .order_by(Seating.event_id)
    )
    for seating in db.session.scalars(shared).all():
        if seating.event.ends_at > now:
            lock(seating.event)
            db.session.refresh(seating)
            part(seating.event, seating, now)


def of(event: Event) -> Seating | None:
    return db.session.get(Seating, event.id, populate_existing=True)


def seated(seating: Seating, *, begun: bool) -> set[int]:
    """Ids of those with a seat in the rounds that have begun, or in those to come."""
    return {
        seat.member_id
        for seat in seating.seats
        if (seat.round <= seating.round_now) is begun
    }


def _locked(event: Event) -> Seating:
    lock(event)
    seating = of(event)
    if seating is None:
        raise Refusal("There are no tables yet. Seat everybody first.")
    db.session.refresh(seating)
    return seating


def _reseat(
    event: Event, seating: Seating, staying: Collection[Member], now: datetime
) -> int:
    here = {member.id for member in staying}
    known = _by_id(seat.member for seat in seating.seats)
    ids = {member.id for member in known}
    members = known + [member for member in staying if member.id not in ids]
    rank = {member.id: place for place, member in enumerate(members)}
    tables = np.full((seating.rounds, len(known)), -1)
    for seat in seating.seats:
        tables[seat.round - 1, rank[seat.member_id]] = seat.table - 1
    before = engine.Seating(
        tables=tables,
        absent=tables < 0,
        repeats=0,
        repeats_bound=0,
        benefit=0.0,
        benefit_bound=0.0,
    )
    table = terms(event, members, now)
    found = engine.reseat(
        before,
        table.benefit,
        seating.table_size,
        seating.round_now,
        absent=[rank[member.id] for member in known if member.id not in here],
        arrived=[rank[id_] for id_ in here],
        apart=table.apart,
        met=table.met,
        groups=table.groups,
        seed=seating.seed,
    )
    _keep(seating, found, table, now)
    db.session.flush()
    return found.moves


def _keep(seating: Seating, found: engine.Seating, table: Terms, now: datetime) -> None:
    """Write down who sits where, and what it is worth beside chance."""
    together = np.triu(engine.tables.meetings(found.tables) > 0, 1)
    seating.repeats = found.repeats
    seating.repeats_bound = found.repeats_bound
    seating.met_before = int((together & table.known).sum())
    seating.benefit = found.benefit
    seating.random_benefit = by_lot(found.tables, table.benefit, seating.seed)
    seating.benefit_bound = found.benefit_bound
    seating.changed_at = now
    seats = {(seat.round, seat.member_id): seat for seat in seating.seats}
    for row, column in zip(*np.nonzero(found.tables >= 0), strict=True):
        member = table.members[column]
        place = int(found.tables[row, column]) + 1
        seat = seats.pop((int(row) + 1, member.id), None)
        if seat is None:
            seating.seats.append(Seat(round=int(row) + 1, member=member, table=place))
        else:
            seat.table = place
    for seat in seats.values():
        seating.seats.remove(seat)


def _effort(people: int, rounds: int, table_size: int) -> float:
    """Less for a crowd, so that nobody waits for more than some seconds; and less where
    most must meet twice anyway, since then more than one way is tried."""
    is_crowded = rounds * (table_size - 1) > CROWDED * (people - 1)
    work = people * rounds * table_size * (4 if is_crowded else 1)
    return min(1.0, 100 * 6 * 5 / work)


def _check_wish(rounds: int, table_size: int, minutes: int) -> None:
    if rounds not in ROUNDS:
        raise Unfit("rounds", "Choose between 1 and 20 rounds.")
    if table_size not in TABLE_SIZES:
        raise Unfit("table_size", "Choose tables of 2 to 12 people.")
    if minutes not in MINUTES:
        raise Unfit("minutes", "Let a round last between 1 and 240 minutes.")


def _by_id(members: Iterable[Member]) -> list[Member]:
    found = {member.id: member for member in members}
    return [found[id_] for id_ in sorted(found)]
