"""Two who met at an event and would both like to see each other again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from matchmaker.enums import GainKind
from matchmaker.extensions import db, lock_all
from matchmaker.matching import Choosiness, propose
from matchmaker.models import (
    Event,
    Introduction,
    Kind,
    Member,
    Part,
    Round,
    Side,
    StatedGain,
)
from matchmaker.services import engine, introductions, rounds
from matchmaker.services.events.room import present


def bring_together(
    event: Event, member: Member, others: Sequence[Member], now: datetime
) -> int:
    """Introduce somebody to each who has said yes too; say how many they did not know."""
    if others:  # who may be saying so of each other at another event, too
        lock_all([member, *others], gently=True)
    return sum(_bring_together(event, member, other, now) for other in others)


def _bring_together(event: Event, one: Member, other: Member, now: datetime) -> bool:
    already = _introductions_of(one, other)
    if any(introduction.introduced_at for introduction in already):
        return False
    here = (each for each in already if each.round.event_id == event.id)
    introduction = next(here, None) or _new(event, one, other, now)
    return introductions.bring_together(introduction, now)


def _introductions_of(one: Member, other: Member) -> list[Introduction]:
    """Of the two and nobody else, those that were not taken back."""
    mine, theirs = aliased(Side), aliased(Side)
    found = db.session.scalars(
        select(Introduction)
        .join(mine, mine.introduction_id == Introduction.id)
        .join(theirs, theirs.introduction_id == Introduction.id)
        .where(
            mine.member_id == one.id,
            theirs.member_id == other.id,
            Introduction.withdrawn_at.is_(None),
        )
        .order_by(Introduction.id)
        .execution_options(populate_existing=True)
    )
    return [each for each in found if len(each.sides) == 2]


def _new(event: Event, one: Member, other: Member, now: datetime) -> Introduction:
    introduction = _in_their_words(event, one, other, now) or Introduction(
        kind=Kind.PEERS,
        value=0.0,
        industry_distance=0.0,
        made_at=now,
        ends_at=event.space.end_of_introduction(now),
        sides=[_side(event, one, other), _side(event, other, one)],
    )
    introduction.arm = "pinned"  # they chose it: no lot, so nothing to learn from
    introduction.round = _round(event, now)
    db.session.add(introduction)
    db.session.flush()
    return introduction


def _in_their_words(
    event: Event, one: Member, other: Member, now: datetime
) -> Introduction | None:
    """What each gains, where the engine finds it in what they have written down."""
    people = present.as_people(event, [one, other], now)
    plan = propose(
        [replace(each, choosiness=Choosiness.COMMON) for each in people],
        engine.reader(event.space),
        rules=engine.rules(event.space),
        seed=event.id,
        pins=[frozenset({one.id, other.id})],
    )
    if not plan.introductions:
        return None
    return engine.kept(plan.introductions[0], now, event.space.end_of_introduction(now))


def _side(event: Event, receiver: Member, giver: Member) -> Side:
    gain: StatedGain = {
        "giver": giver.id,
        "offer": event.title,
        "want": event.title,
        "kind": GainKind.MET_THERE.value,
        "strength": 0.0,
    }
    return Side(member_id=receiver.id, part=Part.PEER, gains=[gain])


def _round(event: Event, now: datetime) -> Round:
    """The event's own round, made if there is none."""
    latest = select(Round).where(Round.event_id == event.id).order_by(Round.id.desc())
    found = db.session.scalars(latest).first()
    if found is None:
        found = Round(
            space=event.space,
            event=event,
            week=rounds.this_week(event.space, event.starts_at),
            seed=event.id,
            value=0.0,
            bound=0.0,
            is_optimal=True,
            made_at=now,
        )
        db.session.add(found)
    return found
