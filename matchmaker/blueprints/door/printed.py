"""What is printed for an event: badges, and who sits at which table."""

from collections import defaultdict
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy import select

from matchmaker.blueprints.door.codes import drawing_of
from matchmaker.extensions import db
from matchmaker.models import Event, Member, Rsvp, Seat
from matchmaker.services.events.room import door


@dataclass(frozen=True)
class Badge:
    rsvp: Rsvp
    headline: str  # nothing for one whom another space knows
    drawing: Markup
    tables: list[tuple[int, int]]  # in which round at which table

    @property
    def is_long(self) -> bool:
        """Whether the name is too long for large letters."""
        name = self.rsvp.name
        return len(name) > 22 or any(len(word) > 11 for word in name.split())


def on_badges(event: Event, viewer: Member, *, only_arrived: bool) -> list[Badge]:
    tables = defaultdict(list)
    for seat in _seats(event):
        tables[seat.member_id].append((seat.round, seat.table))
    return [
        Badge(
            rsvp,
            rsvp.member.headline if rsvp.name == rsvp.member.name else "",
            Markup(drawing_of(rsvp)),  # noqa: S704  (drawn by us, of our own words)
            tables[rsvp.member_id],
        )
        for rsvp in _printed(event, viewer, only_arrived=only_arrived)
    ]


def on_tables(
    event: Event, viewer: Member, *, only_arrived: bool
) -> dict[int, dict[int, list[str]]]:
    """By round and table: the names of those whom the viewer may see."""
    names = {
        rsvp.member_id: rsvp.name
        for rsvp in _printed(event, viewer, only_arrived=only_arrived)
    }
    rounds: dict[int, dict[int, list[str]]] = {}
    for seat in _seats(event):
        if seat.member_id in names:
            tables = rounds.setdefault(seat.round, {})
            tables.setdefault(seat.table, []).append(names[seat.member_id])
    for tables in rounds.values():
        for sitting in tables.values():
            sitting.sort(key=str.casefold)
    return rounds


def _printed(event: Event, viewer: Member, *, only_arrived: bool) -> list[Rsvp]:
    return [
        rsvp
        for rsvp in door.everybody(event, viewer)
        if rsvp.is_going and (rsvp.has_arrived or not only_arrived)
    ]


def _seats(event: Event) -> list[Seat]:
    return list(
        db.session.scalars(
            select(Seat)
            .where(Seat.event_id == event.id)
            .order_by(Seat.round, Seat.table, Seat.member_id)
        )
    )
