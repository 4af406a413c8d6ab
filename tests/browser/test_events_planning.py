"""Making events in the browser: a series, a copy in under a minute, a picture."""

import io
import re
import time
from datetime import datetime, timedelta

import pytest
from PIL import Image
from playwright.sync_api import expect
from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.models import Event, Role, Space, utcnow
from tests.browser.test_accessibility import faults_of
from tests.factories import make_event, make_member, make_space


@pytest.fixture
def hana(site):
    """A host, with one event that went well."""
    with site.records():
        mill = make_space("mill", name="The Old Mill", timezone="Europe/Brussels")
        hana = make_member("Hana Sato", space=mill, role=Role.HOST)
        make_member("Olga Berg", space=mill, role=Role.ORGANISER)
        past = utcnow().replace(microsecond=0) - timedelta(days=5)
        make_event(mill, title="Pottery", hosts=[hana], starts_at=past, capacity=8)
        return hana.id


def next_weekday(number):
    """The next such day (Monday is 0) in a week or more."""
    day = utcnow().date() + timedelta(days=7)
    return day + timedelta(days=(number - day.weekday()) % 7)


def test_a_series_is_made_changed_and_called_off_in_part(site, open_page, hana):
    page = open_page(hana)
    tuesday = next_weekday(1)

    page.goto("/organise/mill/events")
    page.get_by_role("link", name="Make an event").click()
    page.get_by_label("What is it called?").fill("Wheel throwing")
    page.get_by_label("Day", exact=True).fill(f"{tuesday}")
    page.get_by_label("From", exact=True).fill("18:30")
    page.get_by_label("Until", exact=True).fill("20:30")
    page.get_by_label("Room or address").fill("The kitchen")
    page.get_by_text("It takes place again and again").click()
    page.get_by_label("Does it repeat?").select_option(label="Every week on Tuesday")
    page.get_by_role("button", name="Save and publish").click()
    expect(page.get_by_role("alert")).to_contain_text("Say when it ends")
    expect(page.get_by_label("Room or address")).to_have_value("The kitchen")
    page.get_by_label("How many times").fill("6")
    page.get_by_role("button", name="Save and publish").click()

    expect(page.get_by_role("status")).to_contain_text("Published, each of them")
    expect(page.get_by_text("Every week on Tuesday, 6 times")).to_be_visible()
    rows = page.get_by_role("row")
    expect(rows).to_have_count(7)

    rows.nth(3).get_by_role("link").first.click()
    page.get_by_label("From", exact=True).fill("19:00")
    expect(page.get_by_label("Until", exact=True)).to_have_value("21:00")
    page.get_by_label("This and the following").check()
    page.get_by_role("button", name="Save the changes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wheel throwing")

    page.goto("/organise/mill/events?all=yes")
    page.get_by_role("link", name="All its times").nth(2).click()
    expect(page.get_by_text("Every week on Tuesday, 4 times")).to_be_visible()
    expect(page.get_by_role("cell", name="19:00")).to_have_count(4)
    page.get_by_role("row").nth(4).get_by_role("link").first.click()
    page.get_by_role("link", name="Cancel it").click()
    page.get_by_label("A few words to those who signed up").fill("The kiln is broken.")
    page.get_by_role("button", name="Cancel it").click()
    expect(page.get_by_role("status")).to_contain_text("It is cancelled")

    with site.records():
        made = db.session.scalars(
            select(Event).where(Event.series_id.is_not(None)).order_by(Event.starts_at)
        ).all()
        assert [f"{event.local_start:%H:%M}" for event in made] == ["18:30"] * 2 + [
            "19:00"
        ] * 4
        assert [event.is_cancelled for event in made] == [False] * 5 + [True]


def test_one_is_ready_to_publish_in_under_a_minute_from_one_that_is_past(
    site, open_page, hana
):
    page = open_page(hana)
    began = time.monotonic()

    page.goto("/organise/mill/events")
    page.get_by_role("link", name="Make an event").click()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_label("What is it called?")).to_have_value("Pottery")
    day = datetime.fromisoformat(page.get_by_label("Day", exact=True).input_value())
    page.get_by_label("Day", exact=True).fill(f"{day + timedelta(days=7):%Y-%m-%d}")
    page.get_by_role("button", name="Save and publish").click()
    expect(page.get_by_role("status")).to_contain_text("Pottery is published")

    assert time.monotonic() - began < 60
    with site.records():
        past, copy = db.session.scalars(select(Event).order_by(Event.id)).all()
        assert copy.is_published
        assert copy.capacity == 8
        assert f"{copy.local_start:%a %H:%M}" == f"{past.local_start:%a %H:%M}"


def test_a_picture_is_added_and_what_is_none_is_said_to_be(site, open_page, hana):
    written = io.BytesIO()
    Image.effect_noise((600, 400), 40).save(written, "PNG")
    page = open_page(hana)
    page.goto("/organise/mill/events?show=past")
    page.get_by_role("link", name="Pictures").click()

    page.get_by_label("Picture", exact=True).set_input_files(
        {"name": "x.png", "mimeType": "image/png", "buffer": b"no picture"}
    )
    page.get_by_role("button", name="Add the picture").click()
    expect(page.get_by_role("alert")).to_contain_text("cannot read this file")
    page.get_by_label("Picture", exact=True).set_input_files(
        {"name": "x.png", "mimeType": "image/png", "buffer": written.getvalue()}
    )
    page.get_by_label("What does it show?", exact=True).fill("Clay")
    page.get_by_role("button", name="Add the picture").click()

    expect(page.get_by_role("img", name="Clay")).to_be_visible()
    shown = page.get_by_role("img", name="Clay").evaluate(
        "image => image.decode().then(() => image.naturalWidth)"  # once it has arrived
    )
    assert shown == 600


def test_everybody_can_read_the_pages_on_which_events_are_made(site, open_page, hana):
    page = open_page(hana)
    faults = []

    page.goto("/organise/mill/events/new")
    page.evaluate(
        "document.querySelectorAll('details').forEach(one => one.open = true)"
    )
    faults += faults_of(page)
    page.get_by_label("Does it repeat?").select_option(label="By a rule of your own")
    page.get_by_label("Day", exact=True).fill("2020-01-07")
    page.get_by_role("button", name="Save the draft").click()
    page.get_by_role("alert").wait_for()
    faults += faults_of(page)
    page.goto("/organise/mill/events?show=past")
    page.get_by_label(re.compile("^Choose Pottery")).check()
    page.get_by_label("With those that are ticked").select_option(
        label="Copy to a week later"
    )
    faults += faults_of(page)
    page.get_by_role("button", name="Do it").click()
    page.get_by_role("heading", level=1, name="1 of 1 done").wait_for()
    faults += faults_of(page)

    assert faults == []


def test_questions_are_added_one_by_one_as_many_as_there_may_be(site, open_page, hana):
    page = open_page(hana)
    page.goto("/organise/mill/events/new")
    page.get_by_label("What is it called?").fill("Chess")
    page.get_by_label("Room or address").fill("The loft")
    page.get_by_text("Questions to those who sign up").click()
    texts = page.get_by_role("textbox", name="Question", exact=True)
    expect(texts).to_have_count(2)
    expect(page.get_by_text("Save to be given room")).to_be_hidden()
    for number in (1, 2):
        texts.nth(number - 1).fill(f"What of {number}?")
    page.get_by_label("Everybody has to answer it").nth(1).check()

    more = page.get_by_role("button", name="Add a question")
    more.focus()
    page.keyboard.press("Enter")
    third = page.get_by_role("group", name="Question 3")
    expect(third.get_by_role("textbox", name="Question", exact=True)).to_be_focused()
    expect(third.get_by_label("Everybody has to answer it")).not_to_be_checked()
    page.keyboard.type("What of 3?")
    assert list(faults_of(page)) == []
    for _ in range(7):
        more.click()
    expect(texts).to_have_count(10)
    expect(more).to_be_hidden()
    texts.nth(9).fill("What of 10?")
    page.get_by_role("button", name="Save the draft").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Chess")
    with site.records():
        (chess,) = db.session.scalars(select(Event).filter_by(title="Chess"))
        assert [(q["text"], q["required"]) for q in chess.questions] == [
            ("What of 1?", False),
            ("What of 2?", True),
            ("What of 3?", False),
            ("What of 10?", False),
        ]
        assert len({question["id"] for question in chess.questions}) == 4


def test_it_is_made_without_scripts_too(site, open_page, hana):
    page = open_page(hana, java_script_enabled=False)
    page.goto("/organise/mill/events/new")
    page.get_by_label("What is it called?").fill("Chess")
    page.get_by_label("Room or address").fill("The loft")
    expect(page.get_by_role("button", name="Add a question")).to_have_count(0)
    page.get_by_role("button", name="Save the draft").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Chess")
    with site.records():
        assert db.session.scalars(select(Space)).one().slug == "mill"
        assert db.session.scalars(select(Event).filter_by(title="Chess")).one()
