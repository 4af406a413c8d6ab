"""What lasts all day is all day everywhere, and not from midnight to midnight."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from matchmaker.extensions import db
from matchmaker.mail import event_calendar
from matchmaker.mail import event_letters as letters_about
from matchmaker.models import Event, Role, RsvpStatus, Visibility, utcnow
from matchmaker.queries import event_view
from matchmaker.refusal import Refusal
from matchmaker.services.events import places, reminders
from matchmaker.services.events.afterwards import thanks
from matchmaker.services.events.planning import editing, plans
from matchmaker.services.events.room import door
from tests.factories import (
    NOON,
    make_api_key,
    make_event,
    make_member,
    make_rsvp,
    make_source,
    make_space,
)
from tests.services.events.calendars.test_calendar_import import read
from tests.services.events.calendars.test_calendar_reading import vevent

BRUSSELS = ZoneInfo("Europe/Brussels")
FIRST = datetime(2030, 5, 13, tzinfo=BRUSSELS)  # a Monday
ONE_DAY = "Monday 13 May, all day"
THREE_DAYS = "Monday 13 to Wednesday 15 May, all day"


@pytest.fixture
def space(app):
    return make_space("mill", timezone="Europe/Brussels")


def all_day(space, days=1, **fields):
    return make_event(
        space,
        title="Open day",
        starts_at=FIRST.astimezone(UTC),
        ends_at=(FIRST + timedelta(days=days)).astimezone(UTC),
        is_all_day=True,
        **fields,
    )


@pytest.mark.parametrize(("days", "words"), [(1, ONE_DAY), (3, THREE_DAYS)])
def test_pages_and_letters_say_its_days(space, as_member, days, words):
    event = all_day(space, days)
    olga = make_member("Olga", space=space, role=Role.ORGANISER)
    make_rsvp(event, olga)
    browser = as_member(olga)

    for address in (
        f"/events/{event.id}",
        f"/organise/mill/events/{event.id}",
        f"/organise/mill/events/{event.id}/edit",
        "/organise/mill/events",
    ):
        page = browser.get(address, follow_redirects=True)
        assert words in page.text.replace(" 2030, all day", ", all day"), address
    assert letters_about.when_words(event, event) == words
    for address in ("/events", "/events/month/2030-05"):
        page = browser.get(address, follow_redirects=True).text
        assert "00:00" not in page
        assert "all day" in page


def test_over_the_end_of_a_month_both_are_named(space):
    event = all_day(space, 25)

    words = letters_about.when_words(event, event)

    assert words == "Monday 13 May to Thursday 6 June, all day"


@pytest.mark.parametrize("days", [1, 3])
def test_in_a_calendar_it_is_a_day_too(space, days):
    event = all_day(space, days)

    file = event_calendar.calendar([event], "E", NOON)

    (entry,) = Calendar.from_ical(file).walk("VEVENT")
    assert entry["DTSTART"].dt == date(2030, 5, 13)
    assert entry["DTEND"].dt == date(2030, 5, 13 + days)
    assert "DTSTART;VALUE=DATE:20300513" in file


def test_programs_and_search_engines_are_told(space, app):
    event = all_day(space, 2, visibility=Visibility.PUBLIC)
    member = make_member(space=space)
    _, key = make_api_key(member)
    db.session.commit()
    visitor = app.test_client()

    answer = visitor.get(
        f"/api/v1/events/{event.id}", headers={"Authorization": f"Bearer {key}"}
    )
    page = visitor.get(f"/events/{event.id}").text

    assert answer.json["is_all_day"] is True
    said = json.loads(
        page.split('<script type="application/ld+json"')[1]
        .split(">", 1)[1]
        .split("</script>")[0]
    )
    assert (said["startDate"], said["endDate"]) == ("2030-05-13", "2030-05-14")


def test_one_signs_up_while_the_day_lasts(space):
    event = all_day(space)
    at_ten = (FIRST + timedelta(hours=10)).astimezone(UTC)

    rsvp = places.sign_up(event, make_member(space=space), at_ten)

    assert rsvp.is_going
    assert event_view.stage(event, at_ten) is event_view.Stage.OPEN
    with pytest.raises(Refusal, match="over"):
        places.sign_up(event, make_member(space=space), event.ends_at)


def test_the_door_opens_with_the_day(space):
    event = all_day(space)
    rsvp = make_rsvp(event)
    host = make_member(space=space, role=Role.ORGANISER)
    before = event.starts_at - timedelta(minutes=1)

    with pytest.raises(Refusal, match=r"opens on Monday 13 May at 00:00\.$"):
        door.check_in(event, rsvp.member, before, before, host)
    assert door.is_open(event, event.starts_at)


@pytest.mark.parametrize(
    ("hours", "moment"),
    [
        (1, FIRST - timedelta(hours=6)),
        (24, FIRST - timedelta(hours=15)),
        (168, FIRST - timedelta(days=7) + timedelta(hours=9)),
    ],
)
def test_one_is_reminded_by_daylight(space, hours, moment):
    rsvp = make_rsvp(all_day(space), remind_hours=hours)
    rsvp.changed_at = NOON - timedelta(days=30)
    moment = moment.astimezone(UTC)

    assert reminders.due(moment - timedelta(minutes=1)) == []
    assert reminders.due(moment) == [rsvp]


def test_those_who_came_are_thanked_by_daylight(space):
    event = all_day(space)
    rsvp = make_rsvp(event)

    assert thanks.due(event.ends_at + timedelta(hours=8)) == []
    assert thanks.due(event.ends_at + timedelta(hours=9)) == [rsvp]


def test_it_comes_so_from_a_calendar_and_stays(space):
    source = make_source(space, publishes=True)
    day = vevent(raw="DTSTART;VALUE=DATE:20300513", raw2="DTEND;VALUE=DATE:20300516")

    for hour in (0, 1):
        read(source, day, at=NOON + timedelta(hours=hour))

    (event,) = db.session.scalars(db.select(Event))
    assert (event.is_all_day, event.sequence) == (True, 0)
    assert letters_about.when_words(event, event) == THREE_DAYS


def test_one_taken_in_as_two_midnights_becomes_a_day_and_nobody_is_written_to(
    space, letters
):
    source = make_source(space, publishes=True)
    day = vevent(raw="DTSTART;VALUE=DATE:20300513")
    read(source, day, at=NOON)
    (event,) = db.session.scalars(db.select(Event))
    event.is_all_day = False
    make_rsvp(event)

    read(source, day)

    assert event.is_all_day
    assert letters() == []


def test_one_is_made_by_hand_and_changed(space, as_member):
    olga = make_member("Olga", space=space, role=Role.ORGANISER)
    browser = as_member(olga)
    first = utcnow().date() + timedelta(days=30)
    last = first + timedelta(days=2)
    said = {
        "title": "Open day", "kind": "other", "venue": "room", "place": "Everywhere",
        "visibility": "space", "hosts": "Olga", "date": f"{first}", "repeat": "never",
        "starts": "09:00", "ends": "17:00", "ends_on": f"{last}", "is_all_day": "y",
    }  # fmt: skip

    made = browser.post("/organise/mill/events/new", data=said)

    assert made.status_code == 302, re.findall("field-error.*", made.text)
    (event,) = db.session.scalars(db.select(Event))
    assert f"{event.local_start:%Y-%m-%d %H:%M}" == f"{first} 00:00"
    assert f"{event.local_end:%Y-%m-%d %H:%M}" == f"{last + timedelta(days=1)} 00:00"
    page = browser.get(f"/organise/mill/events/{event.id}/edit").text
    assert f'value="{last}"' in page
    assert re.search(r'<input[^>]*checked[^>]*name="is_all_day"', page)

    said["is_all_day"] = ""
    del said["is_all_day"], said["ends_on"]
    browser.post(f"/organise/mill/events/{event.id}/edit", data=said)

    db.session.refresh(event)
    assert not event.is_all_day
    assert event.local_start.hour == 9


def test_in_a_day_that_has_no_midnight_it_is_that_day(app):
    """In Santiago the clocks jump from midnight to one on 8 September 2030."""
    space = make_space(timezone="America/Santiago")
    olga = make_member("Olga", space=space, role=Role.ORGANISER)
    day = datetime(2030, 9, 7)
    while (
        day.replace(tzinfo=space.zone).astimezone(UTC).astimezone(space.zone)
    ).hour == 0:
        day += timedelta(days=1)
    plan = plans.Plan("Day", day, day + timedelta(days=1), is_all_day=True)

    event = editing.make(space, plan, olga, NOON)

    assert (event.local_start.date(), event.last_day) == (day.date(), day.date())
    assert plans.of(event).starts_at == day


def test_a_place_may_be_had_by_those_who_wait_while_it_lasts(space):
    event = all_day(space, capacity=1)
    first = make_rsvp(event)
    waits = make_rsvp(event, status=RsvpStatus.WAITING)
    at_ten = (FIRST + timedelta(hours=10)).astimezone(UTC)

    places.decline(event, first.member, at_ten)

    assert waits.is_going
