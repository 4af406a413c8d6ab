"""Where people look for events."""

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import event as sqlalchemy_event

from matchmaker.extensions import db
from matchmaker.models import (
    EventKind,
    EventStatus,
    Picture,
    Role,
    RsvpStatus,
    Venue,
    Visibility,
    utcnow,
)
from tests.factories import (
    NOON,
    make_block,
    make_event,
    make_following,
    make_group,
    make_member,
    make_rsvp,
    make_space,
)

SOON = timedelta(days=2)


@pytest.fixture
def mill(app):
    return make_space("mill", name="The Old Mill")


@pytest.fixture
def ana(mill):
    return make_member("Ana", space=mill)


@pytest.fixture
def browser(as_member, ana):
    return as_member(ana)


def make_soon(space, title, **fields):
    fields = {"starts_at": utcnow() + SOON} | fields
    return make_event(space, title=title, **fields)


def test_the_agenda_says_what_is_on_and_how_it_stands_with_me(browser, mill, ana):
    make_rsvp(make_soon(mill, "Pottery night"), ana)
    make_soon(mill, "Tax clinic", capacity=49_373)
    full = make_soon(mill, "Breakfast", capacity=1)
    make_rsvp(full)

    page = browser.get("/events/").text

    assert "Pottery night" in page
    for state in ("You are going", "Places free", "Full, with a queue"):
        assert state in page
    assert "49373" not in page.replace(
        ",", ""
    )  # nobody is told how many places there are


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (RsvpStatus.GOING, "You are going"),
        (RsvpStatus.WAITING, "You are in the queue"),
        (RsvpStatus.OFFERED, "A place is held for you"),
        (RsvpStatus.ASKED, "You asked; the host answers"),
        (RsvpStatus.DECLINED, "You said no"),
    ],
)
def test_every_answer_of_mine_has_its_words(browser, mill, ana, status, words):
    make_rsvp(make_soon(mill, "Pottery night"), ana, status)

    assert words in browser.get("/events/").text


def test_what_is_not_mine_to_see_is_nowhere(browser, as_member, mill, ana, app):
    parted = make_member("Bo", space=mill)
    make_block(parted, ana)
    group = make_group(mill, "potters")
    make_soon(mill, "Of Bo", hosts=[parted], visibility=Visibility.PUBLIC)
    make_soon(mill, "A draft", status=EventStatus.DRAFT, visibility=Visibility.PUBLIC)
    make_soon(mill, "For potters", group=group, visibility=Visibility.GROUP)
    make_soon(mill, "By link", visibility=Visibility.LINK)
    make_soon(make_space("loft"), "Of the loft")
    make_soon(mill, "Put away", archived_at=utcnow(), visibility=Visibility.PUBLIC)
    month = (utcnow() + SOON).strftime("%Y-%m")

    for url in (
        "/",
        "/events/",
        "/events/?sort=suits",
        f"/events/month/{month}",
        "/groups/mill/potters",
        "/spaces/mill/events",
        "/embed/mill",
    ):
        page = browser.get(url)
        assert page.status_code == 200, url
        for title in ("Of Bo", "A draft", "For potters", "By link", "Of the loft"):
            assert title not in page.text, url
        assert "Put away" not in page.text, url

    make_following(group, ana)
    assert "For potters" in browser.get("/events/").text


def test_a_draft_is_not_on_the_organisers_agenda_either(as_member, mill):
    organiser = make_member(space=mill, role=Role.ORGANISER)
    make_soon(mill, "A draft", status=EventStatus.DRAFT)

    assert "A draft" not in as_member(organiser).get("/events/").text


def test_of_a_group_that_does_not_exist_for_me_there_is_nothing(browser, mill, ana):
    parted = make_member("Bo", space=mill)
    make_block(parted, ana)
    group = make_group(mill, "bos", name="Bo's own group")
    make_following(group, parted, is_host=True)
    make_soon(mill, "Of somebody else", group=group)

    page = browser.get("/events/").text

    assert "Of somebody else" not in page
    assert "own group" not in page


def test_the_filters_are_in_the_address(browser, mill, ana):
    group = make_group(mill, "potters")
    make_soon(mill, "Clay", group=group, kind=EventKind.WORKSHOP)
    make_soon(mill, "Porridge", kind=EventKind.MEAL)
    make_soon(mill, "Webinar", kind=EventKind.TALK, venue=Venue.ONLINE)
    make_rsvp(make_soon(mill, "My own"), ana)
    titles = {"Clay", "Porridge", "Webinar", "My own"}

    def shown(query):
        page = browser.get(f"/events/?{query}").text
        return {title for title in titles if title in page}

    assert shown("group=potters") == {"Clay"}
    assert shown("kind=meal") == {"Porridge"}
    assert shown("venue=online") == {"Webinar"}
    assert shown("mine=1") == {"My own"}
    assert shown("kind=talk&venue=online&group=") == {"Webinar"}
    assert shown("kind=meal&venue=online") == set()
    assert shown("kind=nonsense&group=nobody&page=x") == titles


def test_what_suits_me_says_why_and_comes_first_only_when_asked(browser, mill, ana):
    ana.profile.wants = ["grant writing"]
    make_soon(mill, "Porridge")
    make_soon(
        mill,
        "An evening",
        description="About **grant writing**.",
        starts_at=utcnow() + timedelta(days=9),
    )

    by_day = browser.get("/events/").text
    by_suit = browser.get("/events/?sort=suits").text

    assert "you are looking for" in by_day
    assert "<strong>grant writing</strong>" in by_day
    assert by_day.index("Porridge") < by_day.index("An evening")
    assert by_suit.index("An evening") < by_suit.index("Porridge")


def test_many_events_come_in_pages(browser, mill):
    for number in range(25):
        make_soon(
            mill, f"Event no {number}.", starts_at=utcnow() + timedelta(days=number + 1)
        )

    first, second = browser.get("/events/").text, browser.get("/events/?page=2").text

    assert "Event no 19." in first
    assert "Event no 20." not in first
    assert "page=2" in first
    assert "Event no 20." in second
    assert "Event no 24." in second
    assert "page=3" not in second
    assert browser.get("/events/?page=999999").status_code == 200


def test_what_is_over_keeps_its_pictures_and_notes(browser, mill):
    over = make_soon(
        mill, "Pottery night", starts_at=utcnow() - SOON, notes="We **glazed** mugs."
    )
    db.session.add(
        Picture(
            event=over,
            caption="A mug",
            width=3,
            height=2,
            webp=b"",
            made_at=utcnow(),
        )
    )

    page = browser.get("/events/past").text

    assert "Pottery night" in page
    assert "We glazed mugs." in page
    assert 'alt="A mug"' in page
    assert "Pottery night" not in browser.get("/events/").text


@pytest.mark.parametrize("path", ["/events/", "/events/past", "/groups/"])
def test_where_nothing_is_the_page_says_what_belongs_there(
    browser, as_member, mill, path
):
    organiser = make_member(space=mill, role=Role.ORGANISER)

    for page in (browser.get(path), as_member(organiser).get(path)):
        assert 'class="empty"' in page.text


def test_who_may_run_events_is_told_what_to_do_first(browser, as_member, mill, ana):
    host = make_member(space=mill, role=Role.HOST)
    make_following(make_group(mill), ana, is_host=True)
    member = make_member(space=mill)

    for runner in (host, ana):
        assert "Make the first event" in as_member(runner).get("/events/").text
    assert "Make the first event" not in as_member(member).get("/events/").text

    make_soon(mill, "Porridge")
    assert "Run events" in as_member(host).get("/events/").text
    assert "Run events" not in as_member(member).get("/events/").text
    make_soon(mill, "Gruel", hosts=[member])
    assert "Run events" in as_member(member).get("/events/").text


# Months


@pytest.mark.parametrize(
    "bad", ["2030-13", "2030-00", "2030-1", "1999-12", "2100-01", "x", "-030-05"]
)
def test_a_month_that_is_none_is_not_found(browser, bad):
    assert browser.get(f"/events/month/{bad}").status_code == 404


def test_one_leafs_through_the_months_to_their_ends(browser):
    page = browser.get("/events/month/2030-12?kind=talk").text

    assert "/events/month/2030-11?kind=talk" in page
    assert "/events/month/2031-01?kind=talk" in page
    assert 'rel="prev"' not in browser.get("/events/month/2000-01").text
    assert 'rel="next"' not in browser.get("/events/month/2099-12").text


def test_the_month_is_a_table_with_heads(browser, mill):
    make_soon(mill, "Pottery night")
    page = browser.get(f"/events/month/{utcnow() + SOON:%Y-%m}").text

    assert page.count('<th scope="col">') == 7
    assert "Pottery night" in page
    assert "<caption" in page


def test_days_gone_by_fold_away_in_the_present_month_alone(browser, mill, monkeypatch):
    monkeypatch.setattr("matchmaker.blueprints.agenda.routes.utcnow", lambda: NOON)
    for days, title in ((-4, "Gone"), (0, "Today"), (30, "In June")):
        make_event(mill, title=title, starts_at=NOON + timedelta(days=days))

    present = browser.get("/events/month/2030-05").text
    later = browser.get("/events/month/2030-06").text

    assert "<summary>Earlier this month</summary>" in present
    gone = re.findall(r'<td class="[^"]*month-gone.*?</td>', present, re.DOTALL)
    assert "Gone" in "".join(gone)
    assert "Today" not in "".join(gone)
    assert "Nothing more is planned" not in present
    assert "month-gone" not in later


def test_a_month_whose_last_event_is_over_says_so(browser, mill, monkeypatch):
    monkeypatch.setattr("matchmaker.blueprints.agenda.routes.utcnow", lambda: NOON)
    make_event(mill, title="Gone", starts_at=NOON - timedelta(days=4))

    page = browser.get("/events/month/2030-05").text

    assert "Nothing more is planned for May." in page


# For anybody


def test_anybody_sees_what_is_public_and_nothing_else(visitor, mill):
    make_soon(mill, "Open day", visibility=Visibility.PUBLIC)
    make_soon(mill, "Porridge")
    make_soon(
        mill,
        "Called off",
        visibility=Visibility.PUBLIC,
        status=EventStatus.CANCELLED,
    )

    for url in ("/spaces/mill/events", "/embed/mill"):
        page = visitor.get(url).text
        assert "Open day" in page
        assert "Porridge" not in page
        assert "Called off" not in page
    assert "/spaces/mill/events" in visitor.get("/").text
    assert "/spaces/mill/events" in visitor.get("/join/mill").text


def test_without_public_events_nothing_leads_to_them(visitor, mill):
    make_soon(mill, "Porridge")

    assert "/spaces/mill/events" not in visitor.get("/").text
    assert "/spaces/mill/events" not in visitor.get("/join/mill").text


def test_only_the_embedded_list_can_be_framed(app, visitor, browser, mill):
    make_soon(mill, "Open day", visibility=Visibility.PUBLIC)

    framed = visitor.get("/embed/mill")
    assert "frame-ancestors *" in framed.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed.headers
    assert 'target="_blank" rel="noopener"' in framed.text
    assert "<form" not in framed.text
    assert "<script" not in framed.text

    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint in {"agenda.embed", "static"}:
            continue
        with app.test_request_context():
            url = app.url_for(
                rule.endpoint,
                **{name: 1 if "id" in name else "mill" for name in rule.arguments},
            )
        for someone in (visitor, browser):
            response = someone.get(url)
            response.close()
            policy = response.headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in policy, url
            assert response.headers["X-Frame-Options"] == "SAMEORIGIN", url


def test_the_list_of_no_space_says_so_without_our_pages_around_it(browser):
    page = browser.get("/embed/nowhere")

    assert page.status_code == 404
    assert "no list of events at this address" in page.text
    assert "Sign out" not in page.text


def test_the_embedded_list_is_as_long_and_as_light_as_asked(visitor, mill):
    for number in range(12):
        make_soon(mill, f"Open day {number}.", visibility=Visibility.PUBLIC)

    assert visitor.get("/embed/mill").text.count("Open day") == 10
    assert visitor.get("/embed/mill?size=3").text.count("Open day") == 3
    assert visitor.get("/embed/mill?size=900").text.count("Open day") == 12
    assert 'data-theme="evening"' in visitor.get("/embed/mill?look=dark").text
    assert "data-theme" not in visitor.get("/embed/mill?look=x").text


def test_the_embedded_list_says_where_it_ends(visitor, mill):
    for number in range(2):
        make_soon(mill, f"Open day {number}.", visibility=Visibility.PUBLIC)

    assert "That is all for now." in visitor.get("/embed/mill").text
    assert "More is planned" in visitor.get("/embed/mill?size=1").text
    assert "/spaces/mill/events.ics" in visitor.get("/embed/mill").text


def test_organisers_find_the_lines_for_their_own_website(as_member, browser, mill):
    organiser = make_member(space=mill, role=Role.ORGANISER)
    mill.name = 'The "Old" Mill'

    page = as_member(organiser).get("/spaces/mill/events").text

    written = page.split('id="snippet"')[1].split(">", 1)[1].split("</textarea>")[0]
    lines = html.unescape(written)
    assert lines.startswith('<iframe src="http://localhost/embed/mill"')
    assert 'title="Events at The &#34;Old&#34; Mill"' in lines
    assert "/embed/mill" not in browser.get("/spaces/mill/events").text


# The front page


def test_the_front_page_says_what_is_next(browser, mill, ana):
    ana.profile.wants = ["grant writing"]
    assert "Nothing is planned yet" in browser.get("/").text
    make_soon(mill, "Porridge")
    assert "You have not signed up for anything" in browser.get("/").text
    make_soon(mill, "Grant writing")
    make_rsvp(make_soon(mill, "Pottery night"), ana)

    page = browser.get("/").text

    assert "Pottery night" in page
    assert "This may suit you" in page
    assert "Grant writing" in page
    assert "Porridge" not in page


# As many questions for many as for few


def count_queries(app, what):
    asked = []

    def note(_connection, _cursor, statement, *_rest):
        if statement.startswith("SELECT"):
            asked.append(statement)

    sqlalchemy_event.listen(db.engine, "before_cursor_execute", note)
    try:
        what()
    finally:
        sqlalchemy_event.remove(db.engine, "before_cursor_execute", note)
    return len(asked)


def test_many_events_ask_the_database_as_often_as_few(app, browser, mill, ana):
    month = f"/events/month/{utcnow() + SOON:%Y-%m}"
    urls = ["/", "/events/?sort=suits", "/events/", month, "/groups/", "/embed/mill"]
    group = make_group(mill, "potters")
    urls += ["/groups/mill/potters", "/events/past"]

    def add(count):
        for number in range(count):
            past = number % 2
            event = make_soon(
                mill,
                "Porridge",
                group=group if number % 3 else make_group(mill),
                hosts=[make_member(space=mill)],
                capacity=9,
                visibility=Visibility.PUBLIC,
                starts_at=utcnow() + (-SOON if past else SOON),
            )
            make_rsvp(event)
            if number % 4 < 2:
                make_rsvp(event, ana)
            picture = {"width": 3, "height": 2, "webp": b"", "made_at": utcnow()}
            db.session.add(Picture(event=event, is_cover=True, **picture))

    def asked():
        return {url: count_queries(app, lambda url=url: opened(url)) for url in urls}

    def opened(url):
        assert browser.get(url).status_code == 200

    add(6)
    few = asked()
    add(50)
    assert asked() == few
    assert max(few.values()) < 25, few


def test_where_nothing_is_planned_and_no_group_is_open_one_is_not_sent_in_a_circle(
    as_member, mill
):
    ana = make_member(space=mill)

    page = as_member(ana).get("/events/").text
    assert "Look at the groups" not in page
    assert 'href="/calendar">Have them in my calendar' in page

    make_group(mill)
    assert "Look at the groups" in as_member(ana).get("/events/").text
