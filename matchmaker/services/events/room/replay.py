"""What a phone at the door did, told at once or when it is back from a bad connection."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from matchmaker.extensions import db
from matchmaker.models import Event, Member
from matchmaker.queries.visibility import may_be_named
from matchmaker.refusal import Refusal
from matchmaker.services.events.room import door


@dataclass(frozen=True)
class Act:
    """One press at the door, in the door's own time. `id` is the phone's."""

    id: str
    deed: str  # check-in, undo or walk-in
    at: datetime
    code: str = ""
    member_id: int | None = None
    name: str = ""
    email: str = ""
    anyway: bool = False
    invite: bool = False
    guests: int | None = None  # how many of theirs came along; none: not said


@dataclass(frozen=True)
class Told:
    """What whoever stands at the door is told of it."""

    id: str
    is_done: bool
    says: str


def replay_all(
    event: Event, acts: Iterable[Act], now: datetime, by: Member
) -> list[Told]:
    """Do each as if it had come in time; one that is refused leaves the others alone."""
    told = []
    for act in acts:
        try:
            with db.session.begin_nested():
                told.append(Told(act.id, is_done=True, says=do(event, act, now, by)))
        except Refusal as refusal:
            told.append(Told(act.id, is_done=False, says=str(refusal)))
    return told


def do(event: Event, act: Act, now: datetime, by: Member) -> str:
    """Do one press, and say what came of it."""
    if act.deed == "walk-in":
        arrival = door.walk_in(
            event, act.name, act.email, act.at, now, by, invite=act.invite
        )
        name = act.name.strip()  # as they said it, whatever we call them
        if not may_be_named(arrival.rsvp.member, by):
            return f"{name} is checked in."  # and not since when, nor with whom
        return _said(name, arrival, event)
    member = _whom(event, act, by)
    name = door.called(member, event, by) if may_be_named(member, by) else ""
    if act.deed == "undo":
        undone = door.undo(event, member, act.at, now, by)
        return f"{name} is no longer checked in." if undone else "Nothing to undo."
    arrival = door.check_in(
        event, member, act.at, now, by, anyway=act.anyway, guests=act.guests
    )
    return _said(name, arrival, event, says_guests=act.guests is not None)


def _said(
    name: str, arrival: door.Arrival, event: Event, *, says_guests: bool = False
) -> str:
    if not arrival.rsvp.has_arrived or arrival.rsvp.checked_in_at is None:
        return "That was undone in the meantime."
    since = arrival.rsvp.checked_in_at.astimezone(event.space.zone)
    if not name:
        return "Checked in."
    if not arrival.is_new and not says_guests:
        return f"{name} is here already, since {since:%H:%M}."
    guests, came = arrival.rsvp.guests, arrival.rsvp.guests_coming
    of = f"{came} of " if came != guests else ""
    with_guests = f", with {of}{door.guest_words(guests)}" if guests else ""
    return f"{name} is checked in{with_guests}."


def _whom(event: Event, act: Act, by: Member) -> Member:
    if act.code:
        return door.whose_code(event, act.code, by)
    return door.on_the_list(event, act.member_id, by)
