"""A made-up community, so that somebody who looks has something to look at.

It is the same each time, but for the dates: they lead up to now.
"""

import random
import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from matchmaker import data
from matchmaker.extensions import db
from matchmaker.mail import outbox, sending
from matchmaker.mail.recheck import why_not
from matchmaker.models import (
    Answer,
    Joining,
    Letter,
    LetterStatus,
    Member,
    Membership,
    Outcome,
    Role,
    Round,
    Space,
)
from matchmaker.services import imports, introductions, memberships, rounds, spaces
from matchmaker.services.events.demonstration import hold_events

FOLDER = Path(data.__file__).parent / "demonstration"

# Of every made-up member; printed at the start, and known to everybody.
PASSWORD = "quince and coffee"  # noqa: S105

ORGANISER = "maud.terlinden@example.org"
_ORGANISERS_ROW = f"""\
email,name,headline,company,offers,wants
{ORGANISER},Maud Terlinden,I look after Quince Yard and everybody in it,Quince Yard,\
knowing who knows what,people who would give a short talk
"""

# Those on the first and last rows of the list were written to be introduced, or to be
# hard to introduce. Of the others, so many have not joined, or want no introductions.
_FIRST, _LAST = 30, 10
_STILL_INVITED, _TURNED_OFF, _PAUSED = 20, 8, 7

_REASONS = ("Not what I need at the moment.", "I looked for somebody nearer my field.")
_NOTES = ("An hour well spent.", "We meet again in two weeks.", "Three good ideas.", "")


@dataclass(frozen=True)
class Welcome:
    """Where to begin: a member with an introduction waiting, and their organiser."""

    space: str
    members: int
    member: str
    organiser: str


def load(password_hash: str, now: datetime) -> Welcome | None:
    """Fill an empty database; do nothing where there is a space already.

    Two rounds have been run and answered, and what came of the first has been told;
    events were held, and others are announced.
    The third is run now; its letters are the first that are really sent.
    """
    if spaces.everything():
        return None
    chance = random.Random("Quince Yard")  # noqa: S311  (the same each time)
    space = _open_space(now - timedelta(days=75))
    everybody = _invite_everybody(space, now - timedelta(days=70))
    hero = everybody[0].member
    newcomers, tired = _say_who_joins(everybody, chance, now)

    def run(weeks_ago: int) -> Round:
        week, start = _week(space, weeks_ago, now)
        for membership in newcomers[weeks_ago]:
            joined = start - timedelta(minutes=chance.randrange(60, 5 * 24 * 60))
            _join(membership, password_hash, joined, chance)
        for introduction in introductions.to_end(start):
            introductions.end(introduction, introduction.ends_at)
        return rounds.run(space, week, start)

    first = run(2)
    _send(now)
    _make_organiser(space, password_hash, first.made_at)
    _answer(first, hero, chance)
    second = run(1)
    _send(now)
    _answer(second, hero, chance)
    _ask_whether_they_met(first.made_at + timedelta(days=9))
    _tell(first, first.made_at + timedelta(days=9, hours=1), chance)
    _ask_whether_they_met(now)
    _send(now)
    _tire(tired, now)
    _let_the_others_say_yes(run(0), hero, now)
    _send(now)
    hold_events(space, now, random.Random("Events"))  # noqa: S311  (the same each time)
    _send(now)
    return welcome()


def _ask_whether_they_met(now: datetime) -> None:
    for side in introductions.sides_to_ask(now):
        introductions.ask_whether_they_met(side, now)


def welcome() -> Welcome | None:
    """Say where to begin, if what is loaded is the demonstration."""
    space = db.session.scalar(select(Space).where(Space.slug == _place()["slug"]))
    if space is None:
        return None
    emails = db.session.scalars(
        select(Member.email)
        .join(Membership)
        .where(Membership.space == space)
        .order_by(Member.id)
    ).all()
    return Welcome(space.name, len(emails), emails[0], ORGANISER) if emails else None


def _place() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "space.toml").read_text(encoding="utf-8"))


def _open_space(now: datetime) -> Space:
    place = _place()
    space = spaces.create(
        place["slug"], place["name"], place["timezone"], now, Joining.OPEN
    )
    space.city, space.blurb = place["city"], place["blurb"]
    db.session.flush()
    return space


def _invite_everybody(space: Space, now: datetime) -> list[Membership]:
    """Import the list as an operator would, but keep the letters to ourselves."""
    content = (FOLDER / "members.csv").read_bytes()
    imports.import_members(space, content, {}, now, send_invitations=False)
    return list(
        db.session.scalars(
            select(Membership)
            .where(Membership.space == space)
            .order_by(Membership.member_id)
        )
    )


def _say_who_joins(
    everybody: list[Membership], chance: random.Random, now: datetime
) -> tuple[dict[int, list[Membership]], list[Membership]]:
    """Say who joins how many weeks ago, and who has had enough by now."""
    others = everybody[_FIRST:-_LAST]
    chance.shuffle(others)
    invited, others = others[:_STILL_INVITED], others[_STILL_INVITED:]
    for membership in invited:
        memberships.invite(membership, now - timedelta(days=chance.randrange(2, 20)))
    early, late, new = others[:100], others[100:170], others[170:]
    newcomers = {2: everybody[:_FIRST] + early, 1: late + everybody[-_LAST:], 0: new}
    everybody[2].role = Role.HOST
    return newcomers, early[: _TURNED_OFF + _PAUSED]


def _week(space: Space, weeks_ago: int, now: datetime) -> tuple[str, datetime]:
    """Name the week, and say when its round was run."""
    monday = rounds.monday_of(rounds.this_week(space, now))
    year, number, _ = (monday - timedelta(weeks=weeks_ago)).isocalendar()
    week = f"{year}-W{number:02}"
    return week, rounds.starts_at(space, week) if weeks_ago else now


def _join(
    membership: Membership, password_hash: str, now: datetime, chance: random.Random
) -> None:
    memberships.accept_invitation(membership, password_hash, now)
    memberships.start_introductions(membership, "first steps", now)
    membership.cadence_weeks = chance.choices((1, 2, 4), (75, 20, 5))[0]


def _make_organiser(space: Space, password_hash: str, now: datetime) -> None:
    imports.import_members(
        space, _ORGANISERS_ROW.encode(), {}, now, send_invitations=False
    )
    organiser = spaces.find_member(ORGANISER)
    spaces.make_organiser(organiser, space)
    (membership,) = organiser.memberships
    memberships.accept_invitation(membership, password_hash, now)
    # She has seen the question, and does not want to be introduced.
    memberships.start_introductions(membership, "first steps", now)
    memberships.stop_introductions(membership, "profile", now)


def _answer(round_: Round, hero: Member, chance: random.Random) -> None:
    """Let most say yes within two days, and some not answer at all."""
    fates = ("yes", "silence", "not now", "let go", "known")
    for introduction in round_.introductions:
        sides = chance.sample(introduction.sides, len(introduction.sides))
        fate = chance.choices(fates, (58, 22, 10, 5, 5))[0]
        if hero in introduction.members:
            fate = "yes"
        minutes = sorted(chance.sample(range(20, 48 * 60), len(sides)))
        when = [round_.made_at + timedelta(minutes=each) for each in minutes]
        for side, moment in zip(sides[:-1], when, strict=False):
            introductions.answer(side, Answer.YES, moment)
        last, moment = sides[-1], when[-1]
        if fate == "yes":
            introductions.answer(last, Answer.YES, moment)
        elif fate == "not now":
            introductions.answer(last, Answer.NOT_NOW, moment)
        elif fate == "let go":
            reason = chance.choice(_REASONS)
            introductions.answer(last, Answer.LET_GO, moment, reason)
        elif fate == "known":
            introductions.answer(last, Answer.KNOWN, moment)


def _tell(round_: Round, after: datetime, chance: random.Random) -> None:
    """Let them tell what came of it: most met, and most of those for good."""
    for introduction in round_.introductions:
        if introduction.introduced_at is None:
            continue
        met = chance.random() < 0.8
        for side in introduction.sides:
            if chance.random() < 0.2:
                continue
            outcomes = (Outcome.STATED, Outcome.OTHER, Outcome.NOTHING)
            outcome = chance.choices(outcomes, (65, 25, 10))[0]
            introductions.tell(
                side,
                met=met,
                outcome=outcome if met else None,
                meet_again=met and outcome is not Outcome.NOTHING,
                note=chance.choice(_NOTES) if met else "",
                now=after + timedelta(minutes=chance.randrange(3 * 24 * 60)),
            )


def _tire(tired: list[Membership], now: datetime) -> None:
    for membership in tired[:_TURNED_OFF]:
        memberships.stop_introductions(membership, "letter", now - timedelta(days=3))
    for number, membership in enumerate(tired[_TURNED_OFF:]):
        today = now.astimezone(membership.space.zone).date()
        memberships.pause(membership, today + timedelta(days=9 + 4 * number), today)


def _let_the_others_say_yes(round_: Round, hero: Member, now: datetime) -> None:
    """So that the hero's own yes brings addresses and times at once."""
    for introduction in round_.introductions:
        if hero in introduction.members:
            for side in introduction.sides:
                if side.member is not hero:
                    introductions.answer(side, Answer.YES, now)


def _send(now: datetime) -> None:
    """Note the letters of a past that never was as sent, as they were at the time."""
    db.session.flush()
    waiting = select(Letter).where(
        Letter.made_at < now, Letter.status == LetterStatus.QUEUED
    )
    for letter in db.session.scalars(waiting.order_by(Letter.id)).all():
        if why := why_not(letter, letter.made_at):
            outbox.cancel(letter, why)
        else:
            sending.keep(letter, letter.made_at)
