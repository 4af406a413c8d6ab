"""Each member carries words that nobody else has; nobody sees those of whom a block parts.

Every page is opened by everybody, with every number there is, and every letter is read.
But those of one event are opened in `test_event_canaries`.
"""

import itertools
import random

import pytest

from matchmaker.extensions import db
from matchmaker.mail import letters as letter_kinds
from matchmaker.models import Answer, Introduction, Letter, Member, Role
from matchmaker.models.block import Block
from matchmaker.services import rounds, safety
from matchmaker.services.events.room import introducing, seating
from matchmaker.services.events.room.present import Who
from tests.factories import (
    NOON,
    make_event,
    make_group,
    make_introduction,
    make_member,
    make_round,
    make_rsvp,
    make_slot,
    make_space,
)
from tests.letters import read
from tests.world import rules

# What names those whom one has blocked, to nobody else: see tests/blueprints/test_safety.py.
NOT_CRAWLED = {"static", "safety.blocked"}
NOT_CRAWLED_WITH = {"token", "event_id", "key"}
FIELDS = ("name", "headline", "company", "bio", "offers", "wants", "interests", "email")


def canary(number: int, field: str) -> str:
    return f"Zq{number}x{field[0]}{field[-1]}"


def canaries(number: int) -> set[str]:
    return {canary(number, field).lower() for field in FIELDS}


def make_canary(number: int, space, role=Role.MEMBER):
    said = {field: canary(number, field) for field in FIELDS}
    return make_member(
        said["name"],
        space=space,
        role=role,
        email=f"{said['email'].lower()}@example.org",
        profile={
            "headline": said["headline"],
            "company": said["company"],
            "bio": said["bio"],
            "offers": [said["offers"], "grant writing"],
            "wants": [said["wants"], "grant writing"],
            "interests": [said["interests"]],
        },
    )


@pytest.fixture
def community(app):
    """Eight members and an organiser, much introduced and at random blocked."""
    chance = random.Random(7)
    space = make_space("mill")
    members = [make_canary(number, space) for number in range(8)]
    members.append(make_canary(8, space, Role.ORGANISER))
    pairs = list(itertools.combinations(members, 2))
    past = make_round(space, "2029-W01")
    introductions = [
        make_introduction(
            *pair, round_=past, answers=[Answer.YES] * 2, introduced_at=NOON
        )
        for pair in chance.sample(pairs, 20)
    ]
    trio = make_introduction(*members[:3], round_=past)
    parted = chance.sample(pairs, 10)
    for blocker, blocked in parted:
        safety.block(blocker, blocked, NOON)
    assert any(introduction.withdrawn_at for introduction in [*introductions, trio])
    rounds.run(space, "2030-W19", NOON)
    group = make_group(space, "potters")
    for hosts in (
        [],
        members[:1],
        members[1:2],
    ):  # nobody's, and of some who are parted
        event = make_event(space, group=group, hosts=hosts)
        for member in members:
            make_rsvp(event, member, is_shown=True, wants_introductions=True)
        introducing.introduce(event, Who.GOING, NOON)
        seating.make(event, Who.GOING, 2, 4, 10, NOON)
        for mentor, mentee in zip(members, members[3:], strict=False):
            is_parted = {mentor, mentee} in [{*pair} for pair in parted]
            make_slot(event, mentor, None if is_parted else mentee)
    db.session.commit()
    return members, parted, [i for i in introductions if not i.withdrawn_at]


def sees(app, as_member, viewer):
    """All that a viewer is shown, on every page with every number that there is."""
    members = db.session.scalars(db.select(Member.id)).all()
    introductions = db.session.scalars(db.select(Introduction.id)).all()
    letters = db.session.scalars(db.select(Letter.id)).all()
    numbers = range(1, max(*members, *introductions, *letters) + 2)
    browser = as_member(viewer)
    shown = []
    for rule in rules(app, "GET"):
        if rule.endpoint in NOT_CRAWLED or NOT_CRAWLED_WITH & rule.arguments:
            continue
        tried = {
            "slug": ["mill"],
            "group": ["potters"],
            "year_month": ["2030-05"],
            "week": ["2029-W01", "2030-W19"],
            "source_id": [1],
        }
        if rule.endpoint.startswith(("people.", "safety.")):
            tried["id_"] = members
        if rule.endpoint == "safety.person":
            mine = db.select(Block.blocked_id).where(Block.blocker_id == viewer.id)
            tried["id_"] = [*{*members} - {*db.session.scalars(mine)}]
        elif rule.endpoint.startswith("introductions."):
            tried["id_"] = introductions
        names = sorted(rule.arguments)
        for given in itertools.product(*(tried.get(name, numbers) for name in names)):
            with app.test_request_context():
                url = app.url_for(rule.endpoint, **dict(zip(names, given, strict=True)))
            shown.append(browser.get(url).text)
    return "\n".join(shown).lower()


def test_nobody_sees_a_word_of_whom_a_block_parts(app, as_member, community):
    members, parted, _ = community
    parted_from = {member.id: set() for member in members}
    for blocker, blocked in parted:
        parted_from[blocker.id].add(members.index(blocked))
        parted_from[blocked.id].add(members.index(blocker))

    for viewer in members:
        shown = sees(app, as_member, viewer)
        own = canaries(members.index(viewer))
        assert own <= {word for word in own if word in shown}
        for number in parted_from[viewer.id]:
            leaked = {word for word in canaries(number) if word in shown}
            assert not leaked, (viewer.name, leaked)


def test_no_letter_of_a_round_speaks_of_whom_a_block_parts(community):
    members, parted, _ = community
    numbers = {member.id: number for number, member in enumerate(members)}
    forbidden = {
        (one.id, word)
        for pair in parted
        for one, other in (pair, pair[::-1])
        for word in canaries(numbers[other.id])
    }

    for letter in map(read, db.session.scalars(db.select(Letter))):
        text = f"{letter.subject} {letter.text} {letter.html}".lower()
        for member_id, word in forbidden:
            if letter.member_id == member_id:
                assert word not in text


def test_addresses_are_shown_only_after_both_said_yes(app, as_member):
    space = make_space("mill")
    ana, ben = make_canary(1, space), make_canary(2, space)
    introduction = make_introduction(ana, ben, answers=[None, Answer.YES])
    letter_kinds.introduction(introduction.sides[0], NOON)
    db.session.commit()
    address = canary(2, "email").lower()

    assert address not in sees(app, as_member, ana)
    (letter,) = map(read, db.session.scalars(db.select(Letter)))
    assert address not in f"{letter.text} {letter.html} {letter.headers}".lower()

    introduction.sides[0].answer = Answer.YES
    introduction.introduced_at = NOON
    assert address in sees(app, as_member, ana)
