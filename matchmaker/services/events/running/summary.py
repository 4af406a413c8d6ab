"""How an event went, for those who ran it: sums, in which nobody can be made out."""

from dataclasses import dataclass
from datetime import datetime
from statistics import median

from sqlalchemy import Select, exists, func, select

from matchmaker.extensions import db
from matchmaker.models import (
    Event,
    EventStatus,
    Introduction,
    Member,
    Round,
    Rsvp,
    RsvpStatus,
    Side,
    Verdict,
)
from matchmaker.queries.blocks import blocked_between
from matchmaker.queries.visibility import (
    events_run_by,
    events_visible_to,
    rsvps_visible_to,
)
from matchmaker.services.events.running import attendance
from matchmaker.services.events.running.attendance import Who

# Of fewer answers no sum is shown: it would tell who gave them.
FEWEST = 3
# What is usual: the middle of so many of the latest events, if there are enough.
LATEST, ENOUGH = 12, 3


@dataclass(frozen=True)
class Share:
    """So many of those who answered."""

    count: int
    of: int


@dataclass(frozen=True)
class Usual:
    """The middle of the viewer's earlier events in the space."""

    events: int
    signed_up: float
    came: float | None


@dataclass(frozen=True)
class Summary:
    signed_up: int
    came: int | None  # none: nobody was checked in
    no_shows: int
    first_timers: int  # of those who came
    introductions: int
    verdicts: dict[Verdict, int] | None
    come_again: Share | None
    notes: list[str]
    answered: int
    usual: Usual | None

    @property
    def had_come_before(self) -> int:
        return (self.came or 0) - self.first_timers


def of(event: Event, viewer: Member, now: datetime) -> Summary | None:
    """Sum up an event that is over; only over those whom the viewer may see."""
    if event.status is not EventStatus.PUBLISHED or event.ends_at > now:
        return None
    counts = attendance.figures(event, viewer, now).counts
    going = db.session.scalars(attendance.people(event, viewer, now, Who.GOING)).all()
    arrived = [rsvp for rsvp in going if rsvp.has_arrived]
    told = [rsvp for rsvp in going if rsvp.told_at is not None]
    verdicts = [rsvp.verdict for rsvp in told if rsvp.verdict]
    again = [rsvp.come_again for rsvp in told if rsvp.come_again is not None]
    return Summary(
        signed_up=len(going),
        came=len(arrived) or None,
        no_shows=counts[Who.NO_SHOW],
        first_timers=len(attendance.first_timers(event, viewer, now, arrived)),
        introductions=_introductions(event, viewer),
        verdicts={verdict: verdicts.count(verdict) for verdict in Verdict}
        if len(verdicts) >= FEWEST
        else None,
        come_again=Share(again.count(True), len(again))
        if len(again) >= FEWEST
        else None,
        # In an order that says nothing of who wrote first.
        notes=sorted(rsvp.note for rsvp in told if rsvp.note)
        if len(told) >= FEWEST
        else [],
        answered=len(told),
        usual=_usual(event, viewer),
    )


def _introductions(event: Event, viewer: Member) -> int:
    """How many introductions were made there, without those of somebody unseen."""
    side = (
        select(Side.member_id)
        .join(Member, Member.id == Side.member_id)
        .where(Side.introduction_id == Introduction.id, blocked_between(viewer))
        .correlate(Introduction)
    )
    made = (
        select(func.count(Introduction.id))
        .join(Round, Round.id == Introduction.round_id)
        .where(
            Round.event_id == event.id,
            Introduction.withdrawn_at.is_(None),
            ~exists(side),
        )
    )
    return db.session.scalar(made) or 0


def _usual(event: Event, viewer: Member) -> Usual | None:
    ids = list(db.session.scalars(_earlier(event, viewer)))
    if len(ids) < ENOUGH:
        return None
    is_going, arrived = (
        func.count(Rsvp.member_id).filter(Rsvp.status == RsvpStatus.GOING),
        func.count(Rsvp.checked_in_at),
    )
    rows = db.session.execute(
        select(Rsvp.event_id, is_going, arrived)
        .join(Member, Member.id == Rsvp.member_id)
        .join(Event, Event.id == Rsvp.event_id)
        .where(Rsvp.event_id.in_(ids), rsvps_visible_to(viewer))
        .group_by(Rsvp.event_id)
    ).all()
    signed_up = {event_id: going for event_id, going, _ in rows}
    came = [count for _, _, count in rows if count]
    return Usual(
        events=len(ids),
        signed_up=median(signed_up.get(id_, 0) for id_ in ids),
        came=median(came) if len(came) >= ENOUGH else None,
    )


def _earlier(event: Event, viewer: Member) -> Select[int]:
    return (
        select(Event.id)
        .where(
            Event.space_id == event.space_id,
            Event.status == EventStatus.PUBLISHED,
            Event.ends_at <= event.starts_at,
            events_run_by(viewer),
            events_visible_to(viewer),
        )
        .order_by(Event.starts_at.desc(), Event.id.desc())
        .limit(LATEST)
    )
