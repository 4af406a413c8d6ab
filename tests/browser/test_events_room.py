"""In the room: introductions, forty people at ten tables, the screen and the phone."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.models import (
    EventKind,
    Introduction,
    Role,
    Rsvp,
    Seat,
    Seating,
    utcnow,
)
from tests.browser.habits import asked_in
from tests.browser.test_accessibility import DESK, PHONE, faults_of
from tests.factories import make_event, make_member, make_rsvp, make_slot, make_space

PEOPLE, ROUNDS, SIZE = 40, 6, 4
BY_ITSELF = 20_000  # milliseconds: pages ask every four seconds, of a busy server
CRAFTS = ("Postgres", "grant writing", "logo design", "tax advice", "beekeeping")
INDUSTRIES = ("6201", "7410", "9000", "8549", "")


@pytest.fixture
def evening(site):
    """Forty people who have arrived, a host, and one who comes later."""
    with site.records():
        space = make_space("mill", name="The Old Mill")
        host = make_member("Hana Sato", space=space, role=Role.HOST)
        event = make_event(
            space,
            title="Forty at ten tables",
            hosts=[host],
            kind=EventKind.MEETUP,
            starts_at=utcnow() - timedelta(minutes=10),
        )
        event.ends_at = event.starts_at + timedelta(hours=3)
        for number in range(PEOPLE):
            member = make_member(
                f"Member{number} Known",
                space=space,
                offers=[CRAFTS[number % 5]],
                wants=[CRAFTS[(number + 1) % 5], CRAFTS[(number + 4) % 5]],
                profile={"industry": INDUSTRIES[number % 5]},
            )
            make_rsvp(
                event,
                member,
                is_shown=True,
                wants_introductions=True,
                checked_in_at=utcnow(),
            )
            if not number:
                first = member
        late = make_member("Late Comer", space=space, offers=["Postgres"])
        make_rsvp(event, late, is_shown=True, wants_introductions=True)
        return {
            "event": event.id,
            "host": host.id,
            "first": first.id,
            "late": late.id,
        }


def test_an_evening_from_introductions_to_the_last_round(site, open_page, evening):
    url = f"/events/{evening['event']}"
    desk = open_page(evening["host"], viewport=DESK)
    wall = open_page(evening["host"], viewport={"width": 1920, "height": 1080})
    phone = open_page(evening["first"], viewport=PHONE)
    desk.goto(f"{url}/room")

    # Somebody to look for, for everybody, with one press.
    phone.goto(f"{url}/here")
    expect(phone.get_by_text("Nobody yet.")).to_be_visible()
    desk.get_by_role("button", name="Introduce who has arrived").click()
    expect(desk.get_by_text("40 people have somebody to look for")).to_be_visible(
        timeout=BY_ITSELF
    )
    expect(phone.get_by_text("What you can give").first).to_be_visible(
        timeout=BY_ITSELF
    )
    assert "@" not in phone.locator("main").inner_text()

    # Tables: sensible from the start, and judged in words.
    desk.get_by_label("Rounds", exact=True).fill(str(ROUNDS))
    expect(desk.get_by_text("40 people sit at 10 tables.")).to_be_visible()
    desk.get_by_role("button", name="Seat everybody").click()
    expect(desk.get_by_text("Nobody meets twice.")).to_be_visible(timeout=BY_ITSELF)
    expect(desk.get_by_text("what chance would give")).to_be_visible()
    wall.goto(f"{url}/screen")
    expect(wall.get_by_text("Find your table")).to_be_visible(timeout=BY_ITSELF)
    assert_seated(site, evening["event"])

    # The first round: the screen and the phone follow by themselves.
    desk.get_by_role("button", name="Start round 1").click()
    expect(wall.get_by_text("Round 1 of 6")).to_be_visible(timeout=BY_ITSELF)
    expect(wall.locator(".countdown")).to_have_text(re.compile(r"^(11|12):\d\d$"))
    assert "Known" not in wall.content()
    table = table_of(site, evening["first"], 1)
    expect(phone.locator(".seat-table")).to_have_text(
        re.compile(rf"Table\s*{table}$"), timeout=BY_ITSELF
    )
    assert phone.locator(".mates li").count() == SIZE - 1

    # Somebody comes late, and the tables are mended.
    with site.records():
        rsvp = db.session.get_one(Rsvp, (evening["event"], evening["late"]))
        rsvp.checked_in_at = utcnow()
    desk.reload()
    expect(desk.get_by_text("New here: Late Comer")).to_be_visible()
    desk.get_by_role("button", name="Mend the tables").first.click()
    expect(desk.get_by_text("The tables fit again")).to_be_visible()
    assert table_of(site, evening["late"], 2)
    assert table_of(site, evening["first"], 1) == table

    # Time is over: everybody is told to change, without anybody pressing anything.
    with site.records():
        db.session.scalars(select(Seating)).one().round_ends_at = utcnow() + timedelta(
            seconds=1
        )
    wall.reload()
    expect(wall.get_by_text("Change tables")).to_be_visible(timeout=BY_ITSELF)
    desk.reload()
    desk.get_by_role("button", name="Start round 2").click()
    expect(wall.get_by_text("Round 2 of 6")).to_be_visible(timeout=BY_ITSELF)
    second = table_of(site, evening["first"], 2)
    expect(phone.locator(".seat-table")).to_have_text(
        re.compile(rf"Table\s*{second}$"), timeout=BY_ITSELF
    )

    # The end, and whom to see again.
    desk.get_by_role("button", name="Finish").click()
    expect(wall.get_by_text("Thank you")).to_be_visible(timeout=BY_ITSELF)
    phone.get_by_role("link", name=re.compile("I would like to see")).first.click()
    phone.get_by_role("button", name="Yes, introduce us").click()
    expect(phone.get_by_text("You said yes")).to_be_visible()
    with site.records():
        answers = [
            side.answer
            for introduction in db.session.scalars(select(Introduction))
            for side in introduction.sides
        ]
        assert len([answer for answer in answers if answer]) == 1


def assert_seated(site, event_id):
    with site.records():
        seats = db.session.scalars(select(Seat).where(Seat.event_id == event_id)).all()
        seating = db.session.scalars(select(Seating)).one()
        assert len(seats) == PEOPLE * ROUNDS
        assert (seating.repeats, seating.repeats_bound) == (0, 0)
        assert {seat.table for seat in seats} == set(range(1, 11))


def table_of(site, member_id, number):
    with site.records():
        return db.session.scalar(
            select(Seat.table).where(Seat.member_id == member_id, Seat.round == number)
        )


def test_everybody_can_read_the_room_in_each_of_its_states(site, open_page, evening):
    url = f"/events/{evening['event']}"
    desk, phone = open_page(evening["host"]), open_page(evening["first"])
    faults = []

    def look(*pages):
        for page, name in pages:
            page.goto(f"{url}/{name}")
            faults.extend(faults_of(page))

    look((desk, "room"), (desk, "screen"), (phone, "here"), (desk, "hours"))
    desk.goto(f"{url}/room")
    desk.get_by_role("button", name="Introduce who has arrived").click()
    desk.get_by_role("button", name="Seat everybody").click()
    desk.get_by_role("button", name="Start round 1").click()
    expect(desk.get_by_text("Round 1 of")).not_to_have_count(0)
    with site.records():
        seating = db.session.scalars(select(Seating)).one()
        mentor = make_member("Mara Lind", space=seating.event.space)
        make_slot(seating.event, mentor, starts_at=utcnow() + timedelta(minutes=20))
    look((desk, "room"), (desk, "screen"), (phone, "here"), (phone, "hours"))

    assert faults == []


def test_the_room_works_without_scripts(site, open_page, evening):
    url = f"/events/{evening['event']}"
    desk = open_page(evening["host"], java_script_enabled=False)
    desk.goto(f"{url}/room")
    desk.get_by_role("button", name="Seat everybody").click()
    desk.get_by_role("button", name="Start round 1").click()
    expect(desk.get_by_text("until").first).to_be_visible()

    desk.goto(f"{url}/screen")
    assert desk.locator("noscript meta[http-equiv=refresh]").count() or (
        'http-equiv="refresh"' in desk.content()
    )


def test_a_page_that_may_not_ask_any_more_says_so_and_stops(site, chromium, evening):
    context = chromium.new_context(base_url=site.url)
    context.add_cookies([site.session_of(evening["first"])])
    context.clock.install()
    page = context.new_page()
    page.goto(f"/events/{evening['event']}/here")
    expect(page.locator("[data-room-live]")).to_be_visible()
    assert asked_in(page, 5_000)

    context.clear_cookies()

    page.clock.run_for(5_000)
    expect(page.get_by_role("link", name="Reload it to go on.")).to_be_visible()
    assert asked_in(page, 65_000) == []
    context.close()
