"""Whatever is done to the places of an event, in whatever order, its rules hold.

Beside the real thing goes a few lines of what should be so, over plain values.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from matchmaker.extensions import db
from matchmaker.mail import event_letters
from matchmaker.models import Rsvp, RsvpStatus
from matchmaker.refusal import Refusal
from matchmaker.services.events import places
from matchmaker.services.events.places import LATEST_OFFER, Wishes
from tests.factories import NOON, make_event, make_member, make_space

ASKED, GOING, WAITING, OFFERED, DECLINED = RsvpStatus
TAKES_A_PLACE = {GOING, OFFERED}
PEOPLE, MOST_GUESTS = 7, 2
who = st.integers(0, PEOPLE - 1)
guests = st.integers(0, MOST_GUESTS)


@dataclass
class Entry:
    number: int
    status: RsvpStatus
    party: int = 1
    until: datetime | None = None


class Expected:
    """What should become of each, in plain words: first come, first served, if it fits."""

    def __init__(self, capacity: int | None, approval: bool, claim: int | None) -> None:
        self.capacity, self.approval, self.claim = capacity, approval, claim
        self.starts_at = NOON + timedelta(days=7)
        self.entries: dict[int, Entry] = {}

    @property
    def taken(self) -> int:
        return sum(e.party for e in self.entries.values() if e.status in TAKES_A_PLACE)

    def fits(self, entry: Entry) -> bool:
        return self.capacity is None or self.taken + entry.party <= self.capacity

    def at_the_end(self, member: int, status: RsvpStatus, party: int) -> Entry:
        last = max((e.number for e in self.entries.values()), default=0)
        self.entries[member] = entry = Entry(last + 1, status, party)
        return entry

    def settle(self, now: datetime, newcomer: Entry | None = None) -> None:
        waiting = [e for e in self.entries.values() if e.status is WAITING]
        for entry in sorted(waiting, key=lambda e: e.number):
            if not self.fits(entry):
                continue
            is_freed = entry is not newcomer
            if is_freed and self.claim and self.starts_at - now > LATEST_OFFER:
                latest = self.starts_at - LATEST_OFFER
                entry.status = OFFERED
                entry.until = min(now + timedelta(hours=self.claim), latest)
            else:
                entry.status, entry.until = GOING, None


class Places(RuleBasedStateMachine):
    @initialize(
        capacity=st.none() | st.integers(1, 6),
        approval=st.booleans(),
        claim=st.none() | st.integers(1, 30),
        first=st.lists(st.tuples(who, guests, st.booleans()), min_size=3, max_size=6),
    )
    def begin(
        self,
        capacity: int | None,
        approval: bool,
        claim: int | None,
        first: list[tuple[int, int, bool]],
    ) -> None:
        """Begin with some who have signed up, or it would seldom be full."""
        space = make_space()
        self.event = make_event(
            space,
            capacity=capacity,
            needs_approval=approval,
            claim_hours=claim,
            guests_each=MOST_GUESTS,
        )
        self.host = make_member("Hana", space=space)
        self.members = [make_member(f"M{n}", space=space) for n in range(PEOPLE)]
        self.now = NOON
        self.expected = Expected(capacity, approval, claim)
        for each in first:
            self.sign_up(*each)

    def teardown(self) -> None:
        db.session.rollback()

    def entry(self, member: int) -> Entry | None:
        return self.expected.entries.get(member)

    def rsvp(self, member: int) -> Rsvp | None:
        return places.of(self.event, self.members[member])

    @rule(member=who, party=guests, by_hand=st.booleans())
    def sign_up(self, member: int, party: int, by_hand: bool) -> None:
        expected, entry = self.expected, self.entry(member)
        wishes, by = Wishes(guests=party), self.host if by_hand else None
        party += 1
        if entry is not None and entry.status is not DECLINED:
            more = party - entry.party
            is_room = expected.capacity is None or (
                expected.taken + more <= expected.capacity
            )
            refused = not by_hand and entry.status in TAKES_A_PLACE and not is_room
            refused = refused and more > 0
            if not by_hand and not refused:
                entry.party = party
                expected.settle(self.now, newcomer=entry)
        else:
            refused = False
            status = ASKED if expected.approval and not by_hand else WAITING
            entry = expected.at_the_end(member, status, party)
            expected.settle(self.now, newcomer=entry)
        self.do(
            refused,
            places.sign_up,
            self.event,
            self.members[member],
            self.now,
            wishes,
            by,
        )

    @rule(member=who)
    def decline(self, member: int) -> None:
        entry = self.entry(member)
        if entry is None:
            self.expected.at_the_end(member, DECLINED, 1)
        else:
            entry.status = DECLINED
            self.expected.settle(self.now)
        self.do(False, places.decline, self.event, self.members[member], self.now)

    @rule(member=who)
    def claim(self, member: int) -> None:
        entry, rsvp = self.entry(member), self.rsvp(member)
        if entry is None or rsvp is None:
            return
        refused = entry.status not in TAKES_A_PLACE
        if not refused:
            entry.status = GOING
        self.do(refused, places.claim, rsvp, self.now)

    @rule(member=who)
    def approve(self, member: int) -> None:
        entry, rsvp = self.entry(member), self.rsvp(member)
        if entry is None or rsvp is None:
            return
        if entry.status is ASKED:
            entry.status = WAITING
            self.expected.settle(self.now, newcomer=entry)
        self.do(False, places.approve, rsvp, self.now, self.host)

    @rule(member=who)
    def remove(self, member: int) -> None:
        entry, rsvp = self.entry(member), self.rsvp(member)
        if entry is None or rsvp is None:
            return
        if entry.status is not DECLINED:
            entry.status = DECLINED
            self.expected.settle(self.now)
        self.do(False, places.remove, rsvp, self.now, self.host)

    @rule(member=who)
    def let_in(self, member: int) -> None:
        entry, rsvp = self.entry(member), self.rsvp(member)
        if entry is None or rsvp is None:
            return
        refused = entry.status is DECLINED or (
            entry.status in {ASKED, WAITING} and not self.expected.fits(entry)
        )
        if not refused:
            entry.status = GOING
        self.do(refused, places.let_in, rsvp, self.now, self.host)

    @rule(capacity=st.none() | st.integers(1, 9))
    def change_capacity(self, capacity: int | None) -> None:
        refused = capacity is not None and capacity < self.expected.taken
        if not refused:
            self.expected.capacity = capacity
            self.expected.settle(self.now)
        self.do(
            refused, places.change_capacity, self.event, capacity, self.now, self.host
        )

    @rule(member=who)
    def leave_everything(self, member: int) -> None:
        entry = self.entry(member)
        if entry is not None and entry.status is not DECLINED:
            entry.status = DECLINED
            self.expected.settle(self.now)
        self.do(
            False, places.leave_everything, self.members[member], [self.event], self.now
        )

    @rule(hours=st.integers(1, 40))
    def time_passes(self, hours: int) -> None:
        later = self.now + timedelta(hours=hours)
        self.now = min(later, self.event.starts_at - timedelta(minutes=30))
        late = [
            entry
            for entry in self.expected.entries.values()
            if entry.status is OFFERED and entry.until and entry.until <= self.now
        ]
        for entry in sorted(late, key=lambda entry: entry.number):
            entry.status = DECLINED
            self.expected.settle(self.now)
        for rsvp in places.late_offers(self.now):
            self.do(False, places.take_back, rsvp, self.now)

    def do(self, refused: bool, deed: Any, *arguments: Any) -> None:
        """Do it, and see that it is refused exactly when it should be."""
        if refused:
            with pytest.raises(Refusal):
                deed(*arguments)
        else:
            deed(*arguments)
        db.session.flush()

    @invariant()
    def all_is_as_expected(self) -> None:
        if not hasattr(self, "event"):
            return
        numbers = {member.id: n for n, member in enumerate(self.members)}
        query = db.select(Rsvp).where(Rsvp.event_id == self.event.id)
        rsvps = list(db.session.scalars(query))
        found = {
            numbers[rsvp.member_id]: (rsvp.number, rsvp.status, rsvp.party)
            for rsvp in rsvps
        }
        assert found == {
            member: (entry.number, entry.status, entry.party)
            for member, entry in self.expected.entries.items()
        }
        assert len({rsvp.number for rsvp in rsvps}) == len(rsvps)
        taken = sum(rsvp.party for rsvp in rsvps if rsvp.has_place)
        if self.event.capacity is None:
            assert not any(rsvp.status is WAITING for rsvp in rsvps)
            return
        assert taken <= self.event.capacity
        for rsvp in rsvps:
            assert rsvp.status is not WAITING or (
                taken + rsvp.party > self.event.capacity
            )


def run(
    examples: int,
    steps: int,
    monkeypatch: pytest.MonkeyPatch,
    phases: tuple[Phase, ...] = (Phase.generate, Phase.shrink),
    **more: Any,
) -> None:
    # Letters have tests of their own, and take most of the time.
    monkeypatch.setattr(event_letters, "_composed", lambda *_, **__: None)
    monkeypatch.setattr(event_letters, "_post", lambda *_, **__: None)
    run_state_machine_as_test(
        Places,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            phases=phases,
            **more,
        ),
    )


def test_the_rules_hold_whatever_is_done(app, monkeypatch):
    run(20, 20, monkeypatch)


@pytest.mark.slow
def test_the_rules_hold_whatever_is_done_for_long(app, monkeypatch):
    run(600, 50, monkeypatch)


@pytest.mark.parametrize(
    "careless",
    [
        lambda _rsvp, _left: True,  # lets in who does not fit
        lambda _rsvp, _left: False,  # leaves places empty
    ],
)
def test_a_rule_that_is_broken_is_noticed(app, monkeypatch, careless):
    monkeypatch.setattr(places, "_fits", careless)

    with pytest.raises((AssertionError, Refusal, pytest.fail.Exception)):
        # The same examples each time, or one day none of them would find it.
        run(60, 20, monkeypatch, (Phase.generate,), derandomize=True)
