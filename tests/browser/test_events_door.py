"""The door, on a phone: codes, names, a bad connection, and what comes after."""

import io
import re
from datetime import timedelta

import pytest
import segno
from PIL import Image
from playwright.sync_api import expect
from werkzeug.exceptions import TooManyRequests

from matchmaker.extensions import db
from matchmaker.mail import links
from matchmaker.models import (
    Event,
    Member,
    Membership,
    MembershipStatus,
    Rsvp,
    utcnow,
)
from matchmaker.services.events.afterwards import thanks
from matchmaker.services.events.room import door as door_service
from matchmaker.text import search_words
from tests import test_searches as searches
from tests.browser.conftest import CHROMIUM, PATIENCE, SWITCHES
from tests.browser.habits import asked_in, open_letter, press_in_letter
from tests.browser.test_accessibility import ALL_LOOKS, faults_of
from tests.data import test_given_names as given_names
from tests.factories import make_event, make_member, make_rsvp, make_space
from tests.services.events.afterwards.test_feedback import make_seating
from tests.waiting import wait_for

PHONE = {"width": 375, "height": 760}


@pytest.fixture
def door(site):
    """An event that has just begun, its host, and three who are going."""
    with site.records():
        space = make_space("mill", name="The Old Mill")
        event = make_event(space, starts_at=utcnow() - timedelta(minutes=10))
        host = make_member("Hana Sato", space=space)
        event.hosts.append(host)
        people = {}
        for name in ("Ana Duarte", "Ben Osei", "Cléo Roux"):
            member = make_member(name, space=space)
            make_rsvp(event, member, is_shown=True)
            people[name] = member.id
        db.session.flush()
        return {"event": event.id, "host": host.id, **people}


def arrived(site, door):
    with site.records():
        found = db.session.scalars(
            db.select(Rsvp).where(Rsvp.event_id == door["event"])
        ).all()
        return {rsvp.member.name for rsvp in found if rsvp.has_arrived}


def count(page):
    return page.locator(".door-count")


@pytest.fixture
def phone(chromium, site, door):
    """The host's phone, whose connection comes and goes."""
    context = chromium.new_context(base_url=site.url, viewport=PHONE)
    context.set_default_timeout(PATIENCE)
    context.add_cookies([site.session_of(door["host"])])
    yield context
    context.close()


def at_the_door(context, door):
    page = context.new_page()
    page.goto(f"/events/{door['event']}/door")
    expect(page.get_by_role("button", name="Check in Ana Duarte")).to_be_visible()
    return page


def test_whoever_comes_is_found_by_name_and_checked_in(site, door, open_page):
    page = open_page(door["host"], viewport=PHONE)
    page.goto(f"/events/{door['event']}/door")
    page.get_by_label("Look for a name").fill("cleo")
    page.get_by_role("button", name="Check in Cléo Roux").click()

    expect(page.get_by_text("Cléo Roux is checked in.")).to_be_visible()
    expect(count(page)).to_have_text("1 of 3 here")
    assert arrived(site, door) == {"Cléo Roux"}

    page.get_by_role("button", name="Undo: Cléo Roux").first.click()
    expect(count(page)).to_have_text("0 of 3 here")  # said before it is sent
    expect(page.get_by_text("waiting to be sent")).to_be_hidden()
    assert arrived(site, door) == set()


def test_what_is_missing_is_said_beside_its_field(site, door, open_page):
    page = open_page(door["host"], viewport=PHONE)
    page.goto(f"/events/{door['event']}/door")

    page.get_by_role("button", name="Sign them in").click()

    name = page.get_by_label("Name", exact=True)
    expect(name).to_be_focused()
    expect(name).to_have_accessible_description("Write down the name first.")
    expect(page.get_by_text("Write down an address, such as")).to_be_in_viewport()
    assert list(faults_of(page, ALL_LOOKS)) == []

    name.fill("Wim Faber")
    page.get_by_label("Address").fill("wim@example.org")
    page.get_by_role("button", name="Sign them in").click()
    expect(page.get_by_text("Wim Faber is checked in.")).to_be_visible()
    expect(page.get_by_text("Write down")).to_have_count(2)
    expect(page.locator(".field-error:visible")).to_have_count(0)


def test_a_word_on_a_button_stays_in_one_piece(site, door, open_page):
    page = open_page(door["host"], viewport={"width": 320, "height": 700})
    page.goto(f"/events/{door['event']}/door")
    page.get_by_role("button", name="Check in Ana Duarte").click()

    undo = page.locator(".door-said button")
    expect(undo).to_be_visible()

    assert undo.evaluate("button => button.scrollHeight") < 60
    assert undo.bounding_box()["width"] > 40


def test_without_scripts_the_door_works_too(site, door, open_page):
    page = open_page(door["host"], java_script_enabled=False)
    page.goto(f"/events/{door['event']}/door")
    page.get_by_label("Look for a name").fill("osei")
    page.get_by_role("button", name="Look", exact=True).click()
    page.get_by_role("button", name="Check in").click()
    expect(page.get_by_role("status").first).to_contain_text("Ben Osei is checked in.")
    page.get_by_label("Name", exact=True).fill("Wim Faber")
    page.get_by_label("Address").fill("wim@example.org")
    page.get_by_role("button", name="Sign them in").click()
    expect(count(page)).to_have_text("2 of 4 here")

    assert arrived(site, door) == {"Ben Osei", "Wim Faber"}


def test_what_is_pressed_without_a_connection_is_told_later(site, door, phone):
    page = at_the_door(phone, door)
    page.wait_for_function(
        """async () => (await (await caches.open("door")).keys()).length > 5"""
    )

    phone.set_offline(True)
    page.get_by_role("button", name="Check in Ana Duarte").click()
    page.get_by_role("button", name="Check in Ben Osei").click()
    page.get_by_role("button", name="Undo: Ben Osei").first.click()
    expect(page.get_by_text("3 waiting to be sent")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Wim Faber")
    page.get_by_label("Address").fill("wim@example.org")
    page.get_by_role("button", name="Sign them in").click()
    expect(page.get_by_text("4 waiting to be sent")).to_be_visible()
    expect(count(page)).to_have_text("2 of 4 here")
    with site.records():
        code = links.sign(links.Purpose.CHECK_IN, door["event"], door["Cléo Roux"])
    page.evaluate(
        """async (code) => {
            const { src } = document.querySelector("script[type=module]");
            (await import(src)).read(code);
        }""",
        code,
    )
    expect(page.get_by_text("Cléo Roux: noted.")).to_be_visible()
    assert arrived(site, door) == set()

    page.reload()  # the browser is closed and opened again, still without a connection
    expect(page.get_by_text("5 waiting to be sent")).to_be_visible()
    page.get_by_label("Look for a name").fill("os")
    expect(page.get_by_role("button", name="Check in Ben Osei")).to_be_visible()

    phone.set_offline(False)
    expect(page.get_by_text("waiting to be sent")).to_be_hidden(timeout=20_000)
    expect(count(page)).to_have_text("3 of 4 here")
    assert arrived(site, door) == {"Ana Duarte", "Cléo Roux", "Wim Faber"}
    with site.records():
        wim = db.session.scalars(
            db.select(Membership).join(Member).where(Member.name == "Wim Faber")
        ).one()
        assert wim.status is MembershipStatus.INVITED


def test_an_answer_that_was_lost_is_not_done_twice(site, door, phone):
    page = at_the_door(phone, door)
    page.evaluate(  # what is asked arrives, and what we say does not
        """() => {
            window.answered = window.fetch;
            window.fetch = async (...asked) => {
                await window.answered(...asked);
                throw new TypeError("lost");
            };
        }"""
    )
    page.get_by_role("button", name="Check in Ana Duarte").click()
    expect(page.get_by_text("1 waiting to be sent")).to_be_visible()
    # That is said at once, whether it has arrived or not.
    assert wait_for(lambda: arrived(site, door)) == {"Ana Duarte"}
    with site.records():
        first = db.session.get_one(Rsvp, (door["event"], door["Ana Duarte"]))
        since = first.checked_in_at
    page.evaluate("() => { window.fetch = window.answered; }")
    expect(page.get_by_text("waiting to be sent")).to_be_hidden(timeout=20_000)

    with site.records():
        ana = db.session.get_one(Rsvp, (door["event"], door["Ana Duarte"]))
        assert (ana.checked_in_at, ana.door_changed_at) == (since, since)


def test_what_is_refused_later_waits_to_be_seen(site, door, phone):
    page = at_the_door(phone, door)
    with site.records():
        rsvp = db.session.get_one(Rsvp, (door["event"], door["Ben Osei"]))
        rsvp.member.memberships[0].status = MembershipStatus.SUSPENDED

    page.get_by_role("button", name="Check in Ben Osei").click()

    look = page.get_by_role("heading", name="Needs another look").locator("..")
    expect(look).to_contain_text("Ben Osei: They are not on the list any more.")
    look.get_by_role("button", name="Seen to").click()
    expect(look).to_be_hidden()


@pytest.fixture
def camera(tmp_path):
    """A picture of what is shown, as Chromium's pretended camera takes it."""

    def hold_up(words):
        drawn = io.BytesIO()
        segno.make(words, micro=False, error="m").save(drawn, kind="png", scale=6)
        code = Image.open(drawn).convert("L")
        frame = Image.new("L", (640, 480), 255)
        frame.paste(code, ((640 - code.width) // 2, (480 - code.height) // 2))
        path = tmp_path / "camera.y4m"
        grey = bytes([128]) * (320 * 240)
        one = b"FRAME\n" + frame.tobytes() + grey + grey
        path.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n" + one * 10)
        return path

    return hold_up


def test_a_code_that_is_held_up_is_read_and_checked_in(
    site, door, open_page, camera, playwright_of
):
    member = open_page(door["Ana Duarte"])
    with site.records():
        token = links.sign(links.Purpose.CHECK_IN, door["event"], door["Ana Duarte"])
    response = member.goto(f"/events/{door['event']}/code.svg")
    assert response.ok
    member.goto(f"/letters/{token}/code")
    expect(member.get_by_role("img", name="Your code for the door")).to_be_visible()

    with site.records():
        shown = links.absolute("door.ticket", token=token)
    browser = playwright_of.chromium.launch(
        executable_path=CHROMIUM,
        args=[
            *SWITCHES,
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={camera(shown)}",
        ],
    )
    context = browser.new_context(base_url=site.url, viewport=PHONE)
    context.set_default_timeout(PATIENCE)
    context.add_cookies([site.session_of(door["host"])])
    amiss = []
    page = context.new_page()
    page.on("console", lambda message: amiss.append(message.text))
    page.goto(f"/events/{door['event']}/door")
    page.get_by_role("button", name="Scan a code").click()
    expect(page.get_by_text("Ana Duarte is checked in.")).to_be_visible(timeout=20_000)
    seen = page.get_by_label("What the camera sees").bounding_box()
    assert seen["height"] > 200
    browser.close()

    assert arrived(site, door) == {"Ana Duarte"}
    assert not [words for words in amiss if "Content Security" in words]
    member.reload()
    expect(member.get_by_text("You are checked in.")).to_be_visible()


@pytest.fixture
def playwright_of(chromium):
    return type("P", (), {"chromium": chromium.browser_type})


def test_any_cameras_program_leads_the_host_to_a_button(site, door, open_page):
    with site.records():
        token = links.sign(links.Purpose.CHECK_IN, door["event"], door["Ben Osei"])
    page = open_page(door["host"])
    page.goto(f"/letters/{token}/code")
    page.get_by_role("button", name="Check in").click()

    expect(page).to_have_url(re.compile(r"/door$"))
    assert arrived(site, door) == {"Ben Osei"}


def test_two_taps_say_how_it_was_and_both_wishes_bring_two_together(
    site, door, open_page
):
    later = utcnow() + timedelta(hours=5)
    with site.records():
        event = db.session.get_one(Event, door["event"])
        for rsvp in event.rsvps:
            rsvp.checked_in_at = event.starts_at
        event.starts_at -= timedelta(hours=6)
        event.ends_at -= timedelta(hours=6)
        addresses = {rsvp.member.name: rsvp.member.email for rsvp in event.rsvps}
        now = utcnow()
        for rsvp in thanks.due(now):
            thanks.thank(rsvp, now)
    site.post_round(later)

    ana = open_page(viewport=PHONE)  # she has not signed in
    press_in_letter(ana, addresses["Ana Duarte"], "Thank you for coming", "It was good")
    ana.get_by_role("button", name="Good").click()
    ana.get_by_role("button", name="Yes").click()
    expect(ana.get_by_text("It was good for you")).to_be_visible()

    for name, other in (("Ana Duarte", "Ben Osei"), ("Ben Osei", "Ana Duarte")):
        page = open_page(door[name], viewport=PHONE)
        page.goto(f"/events/{door['event']}/after")
        page.get_by_role("group", name=other).get_by_label("See again").check()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("status").first).to_contain_text("Thank you")
    expect(page.get_by_role("status").first).to_contain_text("we have introduced you")

    site.post_round(later)
    letter = open_letter(page, addresses["Ben Osei"], "have both said yes")
    expect(letter.get_by_role("link", name=addresses["Ana Duarte"])).to_be_visible()


def test_everybody_can_read_the_pages_of_the_door(site, door, open_page):
    with site.records():
        event = db.session.get_one(Event, door["event"])
        make_seating(event, [rsvp.member for rsvp in event.rsvps])
        token = links.sign(links.Purpose.CHECK_IN, door["event"], door["Ana Duarte"])
        over = make_event(event.space, starts_at=utcnow() - timedelta(hours=5))
        for rsvp in event.rsvps:
            make_rsvp(over, rsvp.member, checked_in_at=over.starts_at, is_shown=True)
        make_seating(over, [rsvp.member for rsvp in over.rsvps])
        after = f"/events/{over.id}/after"
    host = open_page(door["host"])
    mine = open_page(door["Ana Duarte"])
    faults = []
    for path in ("door", "badges", "tables"):
        host.goto(f"/events/{door['event']}/{path}")
        faults += faults_of(host, ALL_LOOKS)
    host.goto(f"/events/{door['event']}/door")
    host.get_by_role("button", name="Check in Ben Osei").click()
    host.get_by_text("Ben Osei is checked in.").wait_for()
    faults += faults_of(host, ALL_LOOKS)
    for path in (f"/letters/{token}/code", f"/events/{door['event']}/after", after):
        mine.goto(path)
        faults += faults_of(mine, ALL_LOOKS)
    mine.get_by_role("button", name="Not for me").click()
    mine.get_by_role("heading", name="Would you come to one like it again").wait_for()
    faults += faults_of(mine)
    mine.get_by_role("button", name="Rather not").first.click()
    mine.get_by_role("heading", name="What you told us").wait_for()
    faults += faults_of(mine)

    assert faults == []


def test_the_door_finds_as_the_server_does_without_asking_it(site, phone, door):
    with site.records():
        event = db.session.get_one(Event, door["event"])
        for name in searches.NAMES:
            member = make_member(name, space=event.space)
            member.preferred_name = "Bill" if name == "William Turner" else ""
            make_rsvp(event, member, is_shown=True)
    page = at_the_door(phone, door)
    phone.set_offline(True)

    for query, name in searches.QUERIES.items():
        page.get_by_label("Look for a name").fill(query)
        shown = page.locator("[data-list] .person-name").all_inner_texts()
        assert [each.split(" ⋯")[0].strip("⋯ ") for each in shown] == [name] * bool(
            name
        )

    names = [*searches.NAMES, *(row["name"] for row in given_names.NAMES)]
    page = page.context.browser.new_page()
    page.goto(site.url)
    js = "names => import('/static/search.js').then(s => names.map(s.searchWords))"
    read = page.evaluate(js, names)
    page.close()
    assert read == [[list(word) for word in search_words(name)] for name in names]


def test_fewer_of_a_party_are_checked_in_without_a_connection_too(site, door, phone):
    with site.records():
        event = db.session.get_one(Event, door["event"])
        event.guests_each, event.capacity = 3, 6
        db.session.get_one(Rsvp, (event.id, door["Ana Duarte"])).guests = 3
    page = at_the_door(phone, door)
    expect(count(page)).to_have_text("0 of 6 here")

    page.get_by_role("button", name="Another number came with Ana Duarte").click()
    page.get_by_role("button", name="Ana Duarte: with 1").click()
    expect(page.get_by_text("Ana Duarte is checked in, with 1 of 3")).to_be_visible()
    expect(count(page)).to_have_text("2 of 4 here")

    phone.set_offline(True)
    page.locator("[data-list]").get_by_role(
        "button", name="Another number came with Ana Duarte"
    ).click()
    page.locator("[data-list]").get_by_role("button", name="Ana Duarte: with 2").click()
    expect(count(page)).to_have_text("3 of 5 here")
    phone.set_offline(False)
    expect(page.get_by_text("waiting to be sent")).to_be_hidden(timeout=20_000)
    expect(count(page)).to_have_text("3 of 5 here")
    with site.records():
        rsvp = db.session.get_one(Rsvp, (door["event"], door["Ana Duarte"]))
        assert (rsvp.guests, rsvp.guests_here) == (3, 2)


def line_of(page):
    return page.locator("[data-line]")


def test_who_is_signed_out_is_told_and_the_queue_is_kept(site, door, phone):
    page = at_the_door(phone, door)
    phone.clear_cookies()

    page.get_by_role("button", name="Check in Ana Duarte").click()

    expect(line_of(page)).to_contain_text("You’re signed out. 1 waiting to be sent.")
    expect(
        page.get_by_text("Ana Duarte: noted. It’s kept on this phone")
    ).to_be_visible()
    expect(page.get_by_role("link", name="Sign in again to send")).to_be_visible()
    phone.add_cookies([site.session_of(door["host"])])
    page.reload()
    expect(page.get_by_text("waiting to be sent")).to_be_hidden(timeout=20_000)
    assert arrived(site, door) == {"Ana Duarte"}


def test_who_is_no_host_any_more_is_told_and_asks_no_more(site, door, phone):
    phone.clock.install()
    page = at_the_door(phone, door)
    assert asked_in(page, 11_000) == [f"{site.url}/events/{door['event']}/door/people"]
    with site.records():
        event = db.session.get_one(Event, door["event"])
        host, event.hosts = [*event.hosts], []
        assert host

    page.get_by_role("button", name="Check in Ana Duarte").click()
    expect(line_of(page)).to_contain_text("You don’t run this event any more")
    expect(line_of(page)).to_contain_text("1 waiting to be sent")
    assert asked_in(page, 11_000) == []  # longer than until it is tried again

    with site.records():
        event = db.session.get_one(Event, door["event"])
        event.hosts.append(db.session.get_one(Member, door["host"]))
    page.get_by_role("button", name="Try again now").click()
    expect(line_of(page)).to_be_hidden()
    assert arrived(site, door) == {"Ana Duarte"}


def test_what_only_we_fail_at_keeps_nothing_else_waiting(
    site, door, phone, monkeypatch
):
    page = at_the_door(phone, door)
    really = door_service.check_in

    def check_in(event, member, *args, **kwargs):
        if member.name == "Ana Duarte":
            raise RuntimeError("nobody thought of that")
        return really(event, member, *args, **kwargs)

    monkeypatch.setattr(door_service, "check_in", check_in)
    page.get_by_role("button", name="Check in Ana Duarte").click()
    expect(line_of(page)).to_contain_text("Something went wrong on our side")
    page.get_by_role("button", name="Check in Ben Osei").click()
    assert wait_for(lambda: arrived(site, door)) == {"Ben Osei"}

    page.get_by_role("button", name="Try again now").click()
    look = page.get_by_role("heading", name="Needs another look").locator("..")
    expect(look).to_contain_text("Ana Duarte: Something went wrong on our side")
    monkeypatch.setattr(door_service, "check_in", really)
    look.get_by_role("button", name="Try again").click()
    expect(look).to_be_hidden()
    expect(page.get_by_text("waiting to be sent")).to_be_hidden(timeout=20_000)
    assert arrived(site, door) == {"Ana Duarte", "Ben Osei"}


def test_where_too_much_is_sent_it_waits_as_long_as_it_is_told_to(
    site, door, phone, monkeypatch
):
    page = at_the_door(phone, door)
    really, busy = door_service.check_in, [True]

    def check_in(*args, **kwargs):
        if busy:
            raise TooManyRequests(retry_after=2)
        return really(*args, **kwargs)

    monkeypatch.setattr(door_service, "check_in", check_in)
    page.get_by_role("button", name="Check in Ana Duarte").click()
    expect(line_of(page)).to_contain_text("Too much was sent at once.")
    busy.clear()

    expect(line_of(page)).to_be_hidden(timeout=20_000)
    assert arrived(site, door) == {"Ana Duarte"}


def test_a_code_of_any_length_keeps_nothing_waiting(site, door, phone):
    page = at_the_door(phone, door)
    page.evaluate(
        """async () => {
            const { src } = document.querySelector("script[type=module]");
            (await import(src)).read("BEGIN:VCARD ".repeat(100));
        }"""
    )
    look = page.get_by_role("heading", name="Needs another look").locator("..")
    expect(look).to_contain_text("This is not one of our codes.")
    page.get_by_role("button", name="Check in Ana Duarte").click()
    expect(page.get_by_text("waiting to be sent")).to_be_hidden(timeout=20_000)
    assert arrived(site, door) == {"Ana Duarte"}


def test_two_pages_of_one_door_keep_one_queue(site, door, phone):
    one, other = at_the_door(phone, door), at_the_door(phone, door)
    phone.set_offline(True)
    one.get_by_role("button", name="Check in Ana Duarte").click()
    expect(one.get_by_text("1 waiting to be sent")).to_be_visible()
    other.get_by_role("button", name="Check in Ben Osei").click()
    expect(other.get_by_text("2 waiting to be sent")).to_be_visible()
    one.close()
    phone.set_offline(False)

    expect(other.get_by_text("waiting to be sent")).to_be_hidden(timeout=20_000)
    assert arrived(site, door) == {"Ana Duarte", "Ben Osei"}
