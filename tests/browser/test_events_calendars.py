"""Calendars, as programs of others read them, and the pages about them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from matchmaker.extensions import db
from matchmaker.models import (
    CalendarSource,
    Event,
    EventStatus,
    Role,
    Space,
    Visibility,
)
from matchmaker.services.events.calendars import feeds
from tests.browser.test_accessibility import faults_of
from tests.factories import NOON, make_event, make_member, make_rsvp, make_space
from tests.mail.test_event_calendar import ZONES
from tests.world import calendar_of_a_talk

ICAL_JS = Path(__file__).parent / "vendor" / "ical.es5.min.js"
# What ical.js makes of a feed, with the zones that come along in it and no others.
READ = """text => {
    const feed = new ICAL.Component(ICAL.parse(text));
    ICAL.TimezoneService.reset();
    for (const zone of feed.getAllSubcomponents("vtimezone"))
        ICAL.TimezoneService.register(zone);
    const moment = time => {
        if (time.zone !== ICAL.Timezone.utcTimezone && !time.zone.component)
            throw new Error(`${time} is on no clock`);
        return new Date(time.toUnixTime() * 1000).toISOString();
    };
    return feed.getAllSubcomponents("vevent").map(entry => {
        const event = new ICAL.Event(entry);
        return [event.uid, event.summary, moment(event.startDate), moment(event.endDate),
            entry.getFirstPropertyValue("status"), event.sequence, event.location,
            event.description];
    });
}"""


def by_icalendar(text: str) -> list[list[object]]:
    """The same by Python's icalendar, with the zones in the feed alone."""
    feed = Calendar.from_ical(text)
    clocks = {zone.tz_name: zone.to_tz(lookup_tzid=False) for zone in feed.timezones}

    def moment(stated) -> str:
        time = stated.dt
        if "TZID" in stated.params and stated.params["TZID"] != "UTC":
            time = time.replace(tzinfo=clocks[stated.params["TZID"]])
        return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}"

    return [
        [
            str(entry["UID"]),
            str(entry["SUMMARY"]),
            moment(entry["DTSTART"]),
            moment(entry["DTEND"]),
            str(entry["STATUS"]),
            entry["SEQUENCE"],
            str(entry["LOCATION"]),
            str(entry["DESCRIPTION"]),
        ]
        for entry in feed.walk("VEVENT")
    ]


def by_the_rows(events: list[Event]) -> list[list[object]]:
    return [
        [
            f"{event.key}@localhost",
            event.title,
            *(f"{t:%Y-%m-%dT%H:%M:%S.000Z}" for t in (event.starts_at, event.ends_at)),
            "CANCELLED" if event.is_cancelled else "CONFIRMED",
            event.sequence,
        ]
        for event in events
    ]


def changes_of(zone: ZoneInfo, year: int) -> list[datetime]:
    """The hours in which its clocks change."""
    hours = [
        datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(366 * 24)
    ]
    return [
        hour
        for hour in hours
        if hour.astimezone(zone).utcoffset()
        != (hour + timedelta(hours=1)).astimezone(zone).utcoffset()
    ]


@pytest.fixture
def reader(chromium):
    """A page that has ical.js and nothing else."""
    page = chromium.new_page()
    page.add_script_tag(path=str(ICAL_JS))
    yield lambda text: page.evaluate(READ, text)
    page.close()


@pytest.mark.parametrize("name", ZONES)
def test_two_programs_read_the_same_through_a_change_of_the_clocks(app, reader, name):
    zone = ZoneInfo(name)
    changes = changes_of(zone, 2030)
    assert len(changes) >= 2
    space = make_space(timezone=name)
    starts = [
        change + timedelta(minutes=minutes)
        for change in changes
        for minutes in (-24 * 60, -90, -30, 15, 45, 75, 105, 150, 24 * 60)
    ]
    events = [
        make_event(
            space,
            starts_at=start,
            title=f"Talk, {number}; „Käse“ 🧀",
            description="One\n\n- two, three; four\n- `\\n`",
            place="Hall 1, 2nd floor; left",
            sequence=number % 3,
            status=EventStatus.CANCELLED if number % 4 == 3 else EventStatus.PUBLISHED,
        )
        for number, start in enumerate(starts)
    ]

    text = feeds.Feed("Events", events).text(NOON)

    read_by_js = reader(text)
    assert read_by_js == by_icalendar(text)
    assert [row[:6] for row in read_by_js] == by_the_rows(events)


def test_two_programs_see_what_has_changed(app, reader):
    space = make_space(timezone="Europe/Brussels")
    event = make_event(space, visibility=Visibility.PUBLIC, starts_at=NOON)
    before = feeds.Feed("Events", [event]).text(NOON)
    event.starts_at += timedelta(days=170)  # from summer into winter
    event.ends_at += timedelta(days=170)
    event.status = EventStatus.CANCELLED
    event.sequence += 1
    after = feeds.Feed("Events", [event]).text(NOON)

    (old,), (new,) = reader(before), reader(after)

    assert (old, new) == (by_icalendar(before)[0], by_icalendar(after)[0])
    assert old[0] == new[0]
    assert (old[4:6], new[4:6]) == (["CONFIRMED", 0], ["CANCELLED", 1])


def test_a_reader_that_is_lied_to_about_the_clocks_notices(app, reader):
    """Take the zone away, and the comparison above fails: it is what they read by."""
    space = make_space(timezone="Europe/Brussels")
    event = make_event(space, starts_at=NOON)
    text = feeds.Feed("Events", [event]).text(NOON)
    shifted = text.replace("TZOFFSETTO:+0200", "TZOFFSETTO:+0300")
    assert shifted != text

    assert [row[:6] for row in reader(shifted)] != by_the_rows([event])
    assert [row[:6] for row in by_icalendar(shifted)] != by_the_rows([event])


@pytest.fixture
def yard(site):
    """A space with an event to come, to which Ana goes, and Olga, who organises."""
    with site.records():
        space = make_space("mill", timezone="Europe/Brussels")
        ana = make_member("Ana", space=space)
        olga = make_member("Olga", space=space, role=Role.ORGANISER)
        make_rsvp(make_event(space, title="Breakfast"), ana)
        return {"ana": ana.id, "olga": olga.id}


def test_a_member_subscribes_and_makes_new_addresses(site, yard, open_page, reader):
    page = open_page(yard["ana"])
    page.goto("/calendar")
    page.get_by_text("Its address: Your own").click()
    address = page.get_by_label("The address of Your own events").input_value()

    response = page.request.get(address)
    assert response.headers["content-type"] == "text/calendar; charset=utf-8"
    assert [row[1] for row in reader(response.text())] == ["Breakfast"]

    webcal = page.get_by_role("link", name="Add to my calendar").first
    assert webcal.get_attribute("href") == address.replace("http:", "webcal:")

    page.get_by_text("One of them has got about").click()
    page.get_by_text("How to add one").click()
    assert [*faults_of(page)] == []
    page.get_by_role("button", name="Make new addresses").click()
    page.get_by_role("status").get_by_text("new addresses").wait_for()
    assert page.request.get(address).status == 404


def test_an_organiser_brings_a_calendar_in(site, yard, open_page, tmp_path):
    file = tmp_path / "talks.ics"
    file.write_text(calendar_of_a_talk())
    page = open_page(yard["olga"])
    page.goto("/organise/mill/calendars")
    page.get_by_label("Its address").fill("http://calendar.example/")
    page.get_by_role("button", name="Show me what would come").click()
    page.get_by_role("alert").get_by_text("Try it with https").wait_for()
    assert [*faults_of(page)] == []

    page.get_by_label("Its address").fill("")
    page.get_by_label("Or a file").set_input_files(file)
    page.get_by_label("It is published at once").check()
    page.get_by_label("What you call it").fill("Talks")
    page.get_by_role("button", name="Show me what would come").click()

    page.get_by_role("heading", name="Talks", level=1).wait_for()
    assert [*faults_of(page)] == []
    page.get_by_role("button", name="Take in 1 event").click()
    page.get_by_role("status").get_by_text("Talks: 1 new.").wait_for()
    page.get_by_role("link", name="Talks").click()
    page.get_by_role("link", name="Talk", exact=True).wait_for()
    assert [*faults_of(page)] == []

    with site.records():
        (source,) = db.session.scalars(db.select(CalendarSource))
        (talk,) = db.session.scalars(db.select(Event).where(Event.title == "Talk"))
        assert talk.source_id == source.id
        assert talk.is_published
        assert talk.space == db.session.scalars(db.select(Space)).one()
