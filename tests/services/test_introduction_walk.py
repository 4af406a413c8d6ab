"""Introductions, walked through at random: no state without an end, and no e-mail early."""

import random
from datetime import timedelta
from itertools import combinations

import pytest
from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.mail import recheck
from matchmaker.models import (
    Answer,
    Introduction,
    Letter,
    MembershipStatus,
    Outcome,
    SideState,
)
from matchmaker.models.block import Block
from matchmaker.refusal import Refusal
from matchmaker.services import introductions, memberships, safety
from tests.factories import NOON, make_introduction, make_member, make_space

TWO_MONTHS = timedelta(days=61)


class Walk:
    """A space in which anything may happen next."""

    def __init__(self, seed: int) -> None:
        self.chance, self.now = random.Random(seed), NOON
        self.space = make_space()
        self.members = [
            make_member(f"Member{n}", space=self.space, email=f"secret{n}@example.org")
            for n in range(6)
        ]
        self.made: list[Introduction] = []
        self.said: set[str] = set()
        self.acts = [
            *[
                self.introduce,
                self.introduce,
                self.answer,
                self.answer,
                self.answer,
                self.undo,
            ],
            *[self.tell, self.add, self.block, self.unblock, self.pause, self.resume],
            *[self.leave, self.come_back, self.stop, self.start, self.bounce],
            *[self.shut_out, self.wait, self.wait],
        ]

    def step(self) -> None:
        try:
            self.chance.choice(self.acts)()
        except Refusal as refusal:
            self.said.add(str(refusal))
        db.session.flush()

    def introduce(self) -> None:
        members = self.chance.sample(self.members, self.chance.choice([2, 2, 2, 3]))
        if self._are_apart(members) or not all(m.active for m in members):
            return
        ends_at = self.space.end_of_introduction(self.now)
        self.made.append(make_introduction(*members, made_at=self.now, ends_at=ends_at))

    def answer(self) -> None:
        if side := self._side():
            introductions.answer(side, self.chance.choice([*Answer]), self.now)

    def undo(self) -> None:
        if side := self._side():
            introductions.undo(side, self.now)

    def add(self) -> None:
        if side := self._side():
            introductions.say_why(side, "Busy", self.now)

    def tell(self) -> None:
        if side := self._side():
            met = self.chance.random() < 0.5
            outcome = Outcome.OTHER if met else None
            introductions.tell(side, met=met, outcome=outcome, now=self.now)

    def block(self) -> None:
        safety.block(*self.chance.sample(self.members, 2), self.now)

    def unblock(self) -> None:
        if blocks := db.session.scalars(select(Block)).all():
            safety.unblock(self.chance.choice(blocks))

    def pause(self) -> None:
        today = self.now.date()
        memberships.pause(self._membership(), today + timedelta(days=9), today)

    def resume(self) -> None:
        memberships.resume(self._membership())

    def leave(self) -> None:
        self._membership().status = MembershipStatus.LEFT

    def come_back(self) -> None:
        for member in self.members:
            member.memberships[0].status = MembershipStatus.ACTIVE
            member.active, member.bounced_at = True, None

    def stop(self) -> None:
        memberships.stop_introductions(self._membership(), "letter", self.now)

    def start(self) -> None:
        memberships.start_introductions(self._membership(), "profile", self.now)

    def bounce(self) -> None:
        self.chance.choice(self.members).bounced_at = self.now

    def shut_out(self) -> None:
        self.chance.choice(self.members).active = False

    def wait(self, time: timedelta | None = None) -> None:
        """Let some time pass, and the jobs do what is due then."""
        hours = self.chance.choice([0.1, 1, 5, 24, 48])
        self.now += time or timedelta(hours=hours)
        for introduction in introductions.to_end(self.now):
            introductions.end(introduction, self.now)
        for side in introductions.sides_to_remind(self.now):
            introductions.remind(side, self.now)
        for side in introductions.sides_to_ask(self.now):
            introductions.ask_whether_they_met(side, self.now)
        for introduction in introductions.unreachable(self.now):
            introductions.withdraw_unreachable(introduction, self.now)
        db.session.flush()
        self.check()

    def check(self) -> None:
        """Check what must hold whenever the jobs have run."""
        for introduction in self.made:
            waits = introduction.ended_at is None and not introduction.introduced_at
            assert not waits or self.now < introduction.ends_at
            for side in introduction.sides:
                if side.state in {SideState.TO_ANSWER, SideState.WAITING}:
                    assert self.now < introduction.ends_at
                if side.state is SideState.INTRODUCED:
                    assert introduction.everybody_said_yes

    def check_letters(self) -> None:
        """Look at what would go: e-mails only after all said yes, nothing past a block."""
        letters = db.session.scalars(select(Letter)).all()
        for letter in letters:
            if letter.kind == "introduced":
                assert letter.introduction.everybody_said_yes
            elif letter.introduction and self._are_apart(letter.introduction.members):
                assert recheck.why_not(letter, self.now)

    def _side(self):
        recent = self.made[-8:]
        if recent:
            return self.chance.choice(self.chance.choice(recent).sides)
        return None

    def _membership(self):
        return self.chance.choice(self.members).memberships[0]

    def _are_apart(self, members) -> bool:
        return any(
            db.session.get(Block, pair)
            for one, other in combinations(members, 2)
            for pair in ((one.id, other.id), (other.id, one.id))
        )


@pytest.mark.parametrize(
    ("seed", "steps"),
    [(1, 400), (2, 400), pytest.param(3, 10_000, marks=pytest.mark.slow)],
)
def test_whatever_happens_every_introduction_ends(app, seed, steps):
    walk = Walk(seed)

    for _ in range(steps):
        walk.step()
    walk.check_letters()
    walk.wait(TWO_MONTHS)
    walk.wait(TWO_MONTHS)

    assert len(walk.made) > steps / 50
    assert not any("block" in sentence.lower() for sentence in walk.said)
    assert introductions.to_end(walk.now) == []
    assert introductions.sides_to_remind(walk.now) == []
    for introduction in walk.made:
        assert introduction.ended_at is not None
        states = {side.state for side in introduction.sides}
        assert states <= {SideState.OVER, SideState.MET}
