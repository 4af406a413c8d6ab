"""What somebody who makes an event says of it, and whether it will do.

A plan is in the words of a form: its times are those on the space's own wall.
"""

from dataclasses import dataclass, fields, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from matchmaker.mail.wording import day_words
from matchmaker.models import (
    Event,
    EventKind,
    Group,
    Member,
    Question,
    Space,
    Venue,
    Visibility,
)
from matchmaker.refusal import Unfit
from matchmaker.services.events.planning import clock

TITLE_LENGTH = 120
NO_TITLE = "Give it a title. People decide by it."
MOST_QUESTIONS = 10
MOST_OPTIONS = 12
LONGEST = timedelta(days=31)
YEARS_AHEAD = 3
# What a calendar shows: whoever has it in theirs must look again when it changes.
IN_CALENDARS = {
    "title", "description", "venue", "place", "online_url", "starts_at", "ends_at",
    "is_all_day",
}  # fmt: skip
_AFTER_START = ("rsvp_opens_at", "rsvp_closes_at")


@dataclass(frozen=True)
class Plan:
    title: str
    starts_at: datetime
    ends_at: datetime
    is_all_day: bool = False  # then from midnight to midnight
    description: str = ""
    kind: EventKind = EventKind.MEETUP
    venue: Venue = Venue.ROOM
    place: str = ""
    online_url: str = ""
    group: Group | None = None
    visibility: Visibility = Visibility.SPACE
    capacity: int | None = None
    guests_each: int = 0
    rsvp_opens_at: datetime | None = None
    rsvp_closes_at: datetime | None = None
    needs_approval: bool = False
    claim_hours: int | None = None
    questions: tuple[Question, ...] = ()
    hosts: frozenset[Member] = frozenset()

    def at(self, starts_at: datetime) -> "Plan":
        """The same at another time: what lies before or after it moves along."""
        by = starts_at - self.starts_at
        times = {
            name: getattr(self, name) and getattr(self, name) + by
            for name in ("starts_at", "ends_at", *_AFTER_START)
        }
        return replace(self, **times)


def of(event: Event) -> Plan:
    """What is planned of an event that there is."""
    zone = event.space.zone

    def local(moment: datetime | None) -> datetime | None:
        return moment and clock.on_the_wall(moment, zone)

    said = {
        field.name: getattr(event, field.name)
        for field in fields(Plan)
        if field.name not in {"questions", "hosts"}
    }
    times = {
        name: local(said[name]) for name in ("starts_at", "ends_at", *_AFTER_START)
    }
    if event.is_all_day:
        midnight = time()
        times["starts_at"] = datetime.combine(event.local_start, midnight)
        times["ends_at"] = datetime.combine(event.local_end, midnight)
    return Plan(
        **said | times,
        questions=tuple(event.questions),
        hosts=frozenset(event.hosts),
    )


def moved_along(old: Plan, new: Plan) -> Plan:
    """Let each time that was not changed itself keep its distance to the start."""
    by = new.starts_at - old.starts_at
    unchanged = {
        name: was + by
        for name in _AFTER_START
        if (was := getattr(old, name)) and was == getattr(new, name)
    }
    return replace(new, **unchanged)


def keep_past(old: Plan, moved: Plan, local_now: datetime) -> Plan:
    """Let what has already happened not move along: what has opened stays open."""
    along = old.at(moved.starts_at)
    past = {
        name: was
        for name in _AFTER_START
        if (was := getattr(old, name)) and was <= local_now
        if getattr(moved, name) == getattr(along, name)
    }
    return replace(moved, **past)


def differences(old: Plan, new: Plan) -> set[str]:
    """What the new plan says otherwise; of times, how long and how long before it."""
    moved = old.at(new.starts_at)
    changed = {
        f.name for f in fields(Plan) if getattr(moved, f.name) != getattr(new, f.name)
    }
    return changed | ({"starts_at"} if old.starts_at != new.starts_at else set())


def carried_over(
    plan: Plan, new: Plan, changed: set[str], starts_at: datetime, local_now: datetime
) -> Plan:
    """A plan with what another says otherwise, at a time of its own."""
    moved = keep_past(plan, plan.at(starts_at), local_now)
    like_new = new.at(starts_at)
    return replace(
        moved, **{name: getattr(like_new, name) for name in changed - {"starts_at"}}
    )


def columns(plan: Plan, zone: ZoneInfo) -> dict[str, Any]:
    """What is written down of a plan: its times in UTC. Hosts are rows of their own."""
    values = {f.name: getattr(plan, f.name) for f in fields(Plan) if f.name != "hosts"}
    if plan.is_all_day:  # where the clocks jump at midnight, the day is shorter
        starts_at, ends_at = (
            clock.moment(local, zone) for local in (plan.starts_at, plan.ends_at)
        )
    else:
        starts_at, ends_at = clock.moments(plan.starts_at, plan.ends_at, zone)
    return values | {
        "questions": list(plan.questions),
        "starts_at": starts_at,
        "ends_at": ends_at,
        **{
            name: getattr(plan, name) and clock.moment(getattr(plan, name), zone)
            for name in _AFTER_START
        },
    }


def check(plan: Plan, space: Space, now: datetime, old: Plan | None = None) -> None:
    """Refuse what cannot be, beside the field that says it."""
    if not plan.title.strip():
        raise Unfit("title", NO_TITLE)
    if len(plan.title) > TITLE_LENGTH:
        raise Unfit("title", f"Choose a title of at most {TITLE_LENGTH} characters.")
    _check_times(plan, space.zone, clock.on_the_wall(now, space.zone), old)
    if plan.online_url and not plan.online_url.startswith(("https://", "http://")):
        raise Unfit("online_url", "A link begins with https://. Copy the whole of it.")
    if plan.visibility is Visibility.GROUP and plan.group is None:
        raise Unfit(
            "group", "Choose the group whose followers are to see it, or let all the "
            "members see it."
        )  # fmt: skip
    _check_questions(plan.questions)
    for host in plan.hosts - (old.hosts if old else frozenset()):
        membership = host.membership_in(space)
        if membership is None or not membership.is_active:
            raise Unfit(
                "hosts", f"{host.name} is not a member of {space.name} today, and a "
                "host has to be one."
            )  # fmt: skip


def _check_times(
    plan: Plan, zone: ZoneInfo, local_now: datetime, old: Plan | None
) -> None:
    is_new = old is None or plan.starts_at != old.starts_at
    until = plan.ends_at if plan.is_all_day else plan.starts_at
    if is_new and until <= local_now:
        raise Unfit("starts_at", "That is in the past. Choose a day and hour to come.")
    if plan.ends_at <= plan.starts_at:
        raise Unfit(
            "ends_at",
            "It ends before it begins. Choose a later hour, or the day after.",
        )
    if plan.ends_at - plan.starts_at > LONGEST:
        raise Unfit("ends_at", "That is longer than a month. Check the day it ends.")
    opens, closes = plan.rsvp_opens_at, plan.rsvp_closes_at
    if closes and closes > until:
        raise Unfit(
            "rsvp_closes_at", "Signing up ends when the event begins, if not before. "
            "Choose an earlier time, or leave it empty."
        )  # fmt: skip
    if opens and opens >= (closes or until):
        raise Unfit(
            "rsvp_opens_at", "That leaves no time to sign up. Choose an earlier one, or "
            "leave it empty."
        )  # fmt: skip
    for name in ("starts_at", "ends_at", *_AFTER_START):
        local = getattr(plan, name)
        if local is None or (old and local == getattr(old, name)):
            continue
        if abs(local.year - local_now.year) > YEARS_AHEAD:
            raise Unfit(name, "That is years away. Check the year.")
        is_hour = not plan.is_all_day or name in _AFTER_START
        if is_hour and clock.is_missing(local, zone):
            later = clock.on_the_wall(clock.moment(local, zone), zone)
            raise Unfit(
                name, f"There is no {local:%H:%M} on {day_words(local)}: the clocks "
                f"are put forward. Choose another time, such as {later:%H:%M}."
            )  # fmt: skip


def _check_questions(questions: tuple[Question, ...]) -> None:
    if len(questions) > MOST_QUESTIONS:
        raise Unfit("questions", f"Ask {MOST_QUESTIONS} questions at most.")
    for question in questions:
        if len(question["text"]) > 200:
            raise Unfit("questions", "Ask in at most 200 characters each.")
        if len(question["options"]) > MOST_OPTIONS:
            raise Unfit(
                "questions", f"Give {MOST_OPTIONS} answers at most to choose from."
            )
        if any(len(option) > 80 for option in question["options"]):
            raise Unfit(
                "questions", "Keep each answer to choose from to 80 characters."
            )
