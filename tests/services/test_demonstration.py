import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from matchmaker.extensions import db
from matchmaker.models import (
    Answer,
    Encounter,
    Event,
    EventKind,
    Group,
    Introduction,
    Letter,
    LetterStatus,
    Member,
    Membership,
    MembershipStatus,
    Role,
    Round,
    Rsvp,
    RsvpStatus,
    Seat,
    Seating,
    Series,
    Side,
    SideState,
    Slot,
    Space,
    Venue,
    Visibility,
)
from matchmaker.services import demonstration, rounds
from matchmaker.services.events.afterwards import thanks
from tests.conftest import SETTINGS, make_app
from tests.factories import make_space

NOW = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def welcome(migrated_file, tmp_path_factory):
    """Loaded once: these tests only look."""
    path = tmp_path_factory.mktemp("demonstration") / "matchmaker.db"
    shutil.copy(migrated_file, path)
    app = make_app(replace(SETTINGS, database_url=f"sqlite:///{path}"))
    with app.app_context():
        welcome = demonstration.load("a hash", NOW)
        db.session.commit()
        yield welcome
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def pairs(welcome):
    return who_met_whom()


@pytest.fixture(scope="module")
def company(welcome):
    return who_comes_where()


def who_comes_where():
    rsvps = db.session.scalars(select(Rsvp)).all()
    return {(r.event.starts_at, r.member.name, r.status, r.verdict) for r in rsvps}


def who_met_whom():
    introductions = db.session.scalars(select(Introduction)).all()
    return {frozenset(m.name for m in i.members) for i in introductions}


def count(what, *where):
    return db.session.scalar(select(func.count()).select_from(what).where(*where))


def member(email):
    return db.session.scalar(select(Member).where(Member.email == email))


def test_a_community_is_there_with_people_of_every_kind(welcome):
    assert count(Member) == welcome.members == 301
    assert count(Membership, Membership.status == MembershipStatus.INVITED) == 20
    assert count(Membership, Membership.wants_introductions) == 301 - 20 - 8 - 1
    assert count(Membership, Membership.paused_until.is_not(None)) == 7
    assert count(Membership, Membership.role == Role.HOST) == 1
    assert member(welcome.organiser).organises(db.session.scalar(select(Space)))


def test_whoever_has_joined_said_yes_first(welcome):
    for membership in db.session.scalars(select(Membership)):
        joined = membership.status is MembershipStatus.ACTIVE
        assert (membership.member.password is not None) == joined
        assert bool(membership.consents) == joined


def test_the_member_to_sign_in_as_has_an_introduction_waiting(welcome):
    hero = member(welcome.member)
    space = hero.spaces[0]
    sides = db.session.scalars(
        select(Side)
        .join(Introduction)
        .join(Round)
        .where(Side.member == hero, Round.event_id.is_(None))
        .order_by(Introduction.id)
    ).all()
    *earlier, waiting = sides

    assert waiting.introduction.round.week == rounds.this_week(space, NOW)
    assert waiting.answer is None
    assert waiting.state is SideState.TO_ANSWER
    assert [side.answer for side in waiting.others] == [Answer.YES] * len(
        waiting.others
    )
    assert (
        count(
            Letter,
            Letter.member == hero,
            Letter.introduction_id == waiting.introduction_id,
        )
        == 1
    )
    assert earlier[0].introduction.introduced_at is not None


def test_the_community_has_a_past(welcome):
    assert count(Round, Round.event_id.is_(None)) == 3
    assert count(Encounter) > 20
    assert count(Side, Side.told_at.is_not(None)) > 20
    assert {side.answer for side in db.session.scalars(select(Side))} == {*Answer, None}
    for side in db.session.scalars(select(Side).where(Side.told_at.is_not(None))):
        introduction = side.introduction
        assert introduction.made_at < side.answered_at <= introduction.introduced_at
        assert introduction.introduced_at < side.asked_at < side.told_at < NOW


def test_nobody_is_introduced_to_the_same_person_twice(welcome):
    pairs = [
        frozenset(member.id for member in introduction.members)
        for introduction in db.session.scalars(select(Introduction))
    ]

    assert len(pairs) == len(set(pairs))


def test_letters_of_the_past_are_sent_and_those_of_today_are_waiting(welcome):
    for letter in db.session.scalars(select(Letter)):
        assert letter.status in {
            LetterStatus.SENT if letter.made_at < NOW else LetterStatus.QUEUED,
            LetterStatus.CANCELLED,
        }
        assert (letter.sent_at is None) == (letter.status is not LetterStatus.SENT)
    assert count(Letter, Letter.status == LetterStatus.QUEUED) > 100


def test_there_is_a_programme_with_events_of_every_kind(welcome):
    to_come = db.session.scalars(select(Event).where(Event.starts_at > NOW)).all()
    over = db.session.scalars(select(Event).where(Event.ends_at < NOW)).all()

    assert count(Event) == len(to_come) + len(over)
    assert (len(to_come), len(over)) == (14, 9)
    assert {event.kind for event in to_come} == {*EventKind} - {EventKind.OTHER}
    assert {event.venue for event in to_come} == {*Venue}
    assert {event.visibility for event in to_come} == {*Visibility} - {Visibility.LINK}
    assert all(event.is_published and event.hosts for event in [*to_come, *over])
    assert max(event.starts_at for event in to_come) < NOW + timedelta(weeks=7)
    full = [event for event in to_come if event.places_left == 0]
    assert any(count(Rsvp, *waiting(event)) for event in full)
    assert count(Rsvp, Rsvp.status == RsvpStatus.ASKED) > 3


def waiting(event):
    return Rsvp.event_id == event.id, Rsvp.status == RsvpStatus.WAITING


def test_the_member_to_sign_in_as_goes_to_some_and_waits_for_one(welcome):
    hero = member(welcome.member)
    mine = select(Rsvp.status).join(Event).where(Rsvp.member == hero)
    to_come = db.session.scalars(mine.where(Event.starts_at > NOW)).all()

    assert {*to_come} == {RsvpStatus.GOING, RsvpStatus.WAITING}
    assert count(Rsvp, Rsvp.member == hero, Rsvp.checked_in_at.is_not(None)) == 4


def test_breakfasts_are_a_series_with_a_past_and_a_future(welcome):
    (series,) = db.session.scalars(select(Series))

    over = [event for event in series.events if event.ends_at < NOW]
    assert (len(over), len(series.events)) == (2, 5)
    assert all(event.pictures for event in series.events)


def test_people_were_seated_and_introduced_at_an_event_that_is_over(welcome):
    (seating,) = db.session.scalars(select(Seating))
    hero = member(welcome.member)

    assert (seating.repeats, seating.met_before, seating.round_ends_at) == (0, 0, None)
    assert seating.round_now == seating.rounds == 4
    assert count(Seat, Seat.member_id == hero.id) == 4
    there = Round.event_id == seating.event_id
    introductions = db.session.scalars(select(Introduction).join(Round).where(there))
    assert any(hero in each.members and each.introduced_at for each in introductions)


def test_of_mentors_hours_one_is_booked_and_others_are_free(welcome):
    slots = db.session.scalars(select(Slot)).all()

    assert len({slot.mentor_id for slot in slots}) == 2
    assert all(slot.starts_at > NOW for slot in slots)
    (booked,) = [slot for slot in slots if slot.mentee_id]
    assert booked.topic
    assert booked.mentee not in {slot.mentor for slot in slots}


def test_groups_have_hosts_and_followers(welcome):
    groups = db.session.scalars(select(Group)).all()

    assert len(groups) == 4
    for group in groups:
        hosts = [each for each in group.followings if each.is_host]
        assert (len(hosts), len(group.followings) > 10) == (2, True)


def test_what_is_over_was_attended_and_told_of(welcome):
    over = Rsvp.event_id.in_(select(Event.id).where(Event.ends_at < NOW))
    arrived = Rsvp.checked_in_at.is_not(None)

    assert 50 < count(Rsvp, over, arrived) < count(Rsvp, over)
    assert 20 < count(Rsvp, over, Rsvp.verdict.is_not(None)) < count(Rsvp, arrived)
    assert count(Rsvp, ~over, arrived) == 0
    for rsvp in db.session.scalars(select(Rsvp)):
        assert rsvp.made_at < min(NOW, rsvp.event.starts_at)
        assert rsvp.told_at is None or rsvp.event.ends_at < rsvp.told_at < NOW


def test_whoever_came_to_an_event_that_is_over_has_been_thanked(welcome):
    assert thanks.due(NOW) == []


def test_a_database_with_a_space_is_left_alone(app):
    make_space()

    assert demonstration.load("a hash", NOW) is None
    assert count(Member) == 0
    assert demonstration.welcome() is None


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 1, 4, 23, 30, tzinfo=UTC),  # Monday in the space, a new ISO year
        datetime(
            2026, 3, 29, 22, 30, tzinfo=UTC
        ),  # an hour after the clocks went forward
    ],
)
def test_it_can_be_loaded_at_any_time(app, now):
    assert demonstration.load("a hash", now)
    assert count(Round, Round.event_id.is_(None)) == 3
    assert db.session.scalar(select(func.max(Round.made_at))) == now
    assert count(Event, Event.starts_at > now) == 14
    assert count(Event, Event.ends_at < now) == 9


def test_it_is_the_same_each_time(pairs, company, any_database):
    demonstration.load("a hash", NOW)

    assert who_met_whom() == pairs
    assert who_comes_where() == company
