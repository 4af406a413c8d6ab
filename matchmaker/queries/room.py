"""What the pages of the room show. Whom the viewer may not see is not counted either."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from matchmaker.enums import UnmatchedReason
from matchmaker.extensions import db
from matchmaker.models import (
    Event,
    EventKind,
    Introduction,
    LeftOut,
    Member,
    Round,
    Rsvp,
    Seat,
    Seating,
    Side,
)
from matchmaker.queries.attendees import TAKES_PART, attendees
from matchmaker.queries.blocks import blocked_between
from matchmaker.queries.visibility import (
    rsvps_visible_to,
    sides_visible_to,
    takes_part,
    visible_to,
)

# What a table is for, and how long one takes: people at it, minutes. At four one meets
# three times as many as at two, and a table stays one when somebody does not come.
_USUAL = {EventKind.SPEED_NETWORKING: (4, 10), EventKind.MEAL: (6, 25)}
_OTHERWISE = (4, 12)
_MOST_ROUNDS = 6


@dataclass(frozen=True)
class Suggestion:
    table_size: int
    rounds: int
    minutes: int


@dataclass(frozen=True)
class Table:
    number: int
    members: list[Member]
    others: int = 0  # who sit there and chose not to be shown


@dataclass(frozen=True)
class TableRound:
    number: int
    tables: list[Table]


@dataclass(frozen=True)
class Crowd:
    """Those with a place, as one who runs the event sees them."""

    going: list[Rsvp]

    @property
    def arrived(self) -> list[Rsvp]:
        return [rsvp for rsvp in self.going if rsvp.has_arrived]

    def of(self, who: str) -> list[Rsvp]:
        return self.arrived if who == "arrived" else self.going


def crowd(event: Event, viewer: Member) -> Crowd:
    query = (
        attendees(event, viewer, memberships=TAKES_PART)
        .order_by(Member.name, Member.id)
        .options(contains_eager(Rsvp.member).joinedload(Member.profile))
    )
    return Crowd(list(db.session.scalars(query)))


def named(event: Event, viewer: Member, ids: set[int]) -> list[Member]:
    """Those of them whom one who runs the event may see, whatever they said of it."""
    query = (
        attendees(event, viewer, None)
        .with_only_columns(Member)
        .where(Member.id.in_(ids))
        .order_by(Member.name, Member.id)
    )
    return list(db.session.scalars(query))


def suggestion(event: Event, people: int) -> Suggestion:
    """As many rounds as there is time for, and new people to meet in."""
    table_size, minutes = _USUAL.get(event.kind, _OTHERWISE)
    tables = -(-people // table_size)
    # With fewer tables than people at one, the second round repeats somebody.
    fresh = (people - 1) // (table_size - 1) if tables >= table_size else 1
    length = (event.ends_at - event.starts_at).total_seconds() / 60
    in_time = int(0.7 * length // (minutes + 2))
    return Suggestion(table_size, max(1, min(_MOST_ROUNDS, fresh, in_time)), minutes)


def why_nobody(event: Event) -> dict[int, UnmatchedReason]:
    """By member: why the latest press found nobody for them."""
    rows = db.session.execute(
        select(LeftOut.member_id, LeftOut.why)
        .join(Round, Round.id == LeftOut.round_id)
        .where(Round.event_id == event.id)
        .order_by(Round.id)
    )
    return dict(rows.all())


def plan(seating: Seating, viewer: Member) -> list[TableRound]:
    """Every table of every round, with those whom the viewer may see there."""
    rows = db.session.scalars(
        select(Seat)
        .join(Member, Member.id == Seat.member_id)
        .join(Rsvp, (Rsvp.event_id == Seat.event_id) & (Rsvp.member_id == Member.id))
        .join(Event, Event.id == Seat.event_id)
        .where(Seat.event_id == seating.event_id, rsvps_visible_to(viewer))
        .order_by(Seat.round, Seat.table, Member.name)
        .options(joinedload(Seat.member))
    )
    tables: defaultdict[tuple[int, int], list[Member]] = defaultdict(list)
    for seat in rows:
        tables[seat.round, seat.table].append(seat.member)
    return [
        TableRound(
            number,
            [
                Table(table, members)
                for (of, table), members in tables.items()
                if of == number
            ],
        )
        for number in range(1, seating.rounds + 1)
    ]


def my_tables(seating: Seating, viewer: Member) -> dict[int, Table]:
    """By round: where the viewer sits and with whom, as far as those are shown.

    Somebody whom a block parts from them is not counted: the block may be newer than
    a round that has begun.
    """
    mine = select(Seat.round, Seat.table).where(
        Seat.event_id == seating.event_id, Seat.member_id == viewer.id
    )
    found = {round_: Table(table, []) for round_, table in db.session.execute(mine)}
    named = or_(rsvps_visible_to(viewer), visible_to(viewer))
    rows = db.session.execute(
        select(Seat.round, Seat.table, Member, named)
        .join(Member, Member.id == Seat.member_id)
        .join(Rsvp, (Rsvp.event_id == Seat.event_id) & (Rsvp.member_id == Member.id))
        .join(Event, Event.id == Seat.event_id)
        .where(
            Seat.event_id == seating.event_id,
            Seat.member_id != viewer.id,
            Member.active,
            ~blocked_between(viewer),
        )
        .order_by(Member.name, Member.id)
    )
    for round_, number, member, is_named in rows:
        table = found.get(round_)
        if table is None or table.number != number:
            continue
        if is_named:
            table.members.append(member)
        else:
            found[round_] = Table(number, table.members, table.others + 1)
    return found


def look_for(event: Event, viewer: Member) -> list[Side]:
    """The viewer's own sides of this event's introductions."""
    mine = (
        sides_visible_to(viewer)
        .join(Round, Round.id == Introduction.round_id)
        .where(Round.event_id == event.id)
        .order_by(Introduction.value.desc(), Introduction.id)
        .options(
            joinedload(Side.introduction)
            .selectinload(Introduction.sides)
            .joinedload(Side.member)
            .joinedload(Member.profile)
        )
    )
    return [
        side
        for side in db.session.scalars(mine)
        if side.introduction.introduced_at
        or side.introduction.everybody_wants_introductions
    ]


def state_of(seating: Seating | None, now: datetime) -> str:
    """none, waiting (not begun), running, changing (its time is over), over."""
    if seating is None:
        return "none"
    if not seating.round_now:
        return "waiting"
    if seating.round_ends_at is None:
        return "over"
    return "running" if seating.round_ends_at > now else "changing"


def version_of(event: Event, seating: Seating | None, viewer: Member | None) -> str:
    """What changes when a page that shows it should be shown afresh.

    Of introductions it knows only those that are shown to the viewer.
    """
    parts = [
        seating.changed_at.isoformat() if seating else "",
        seating and seating.round_now,
    ]
    if viewer is not None:
        latest = (
            sides_visible_to(viewer)
            .join(Round, Round.id == Introduction.round_id)
            .where(Round.event_id == event.id)
            .with_only_columns(func.max(Introduction.id))
        )
        parts.append(db.session.scalar(latest))
    return "-".join(str(part or 0) for part in parts)


def mentors(event: Event, viewer: Member) -> list[Member]:
    """Whom one who runs the event could ask: who is going, and mentors they know of."""
    going = attendees(event, viewer).with_only_columns(Rsvp.member_id)
    query = (
        select(Member)
        .where(
            takes_part(Member.id, event.space_id),
            Member.active,
            ~blocked_between(viewer),
            or_(Member.id.in_(going), visible_to(viewer)),
        )
        .order_by(Member.name, Member.id)
        .options(selectinload(Member.profile))
    )
    found = list(db.session.scalars(query))
    return sorted(found, key=lambda member: not member.profile.mentor_topics)
