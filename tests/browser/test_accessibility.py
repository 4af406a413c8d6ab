"""Everybody can read and use every page: WCAG 2.2 AA, by axe, in both looks."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask_security.confirmable import generate_confirmation_token
from flask_security.recoverable import generate_reset_password_token

from matchmaker.models import Answer, Format, Kind, MembershipStatus, Role
from tests.factories import (
    NOON,
    make_introduction,
    make_invited,
    make_member,
    make_space,
)
from tests.world import ANONYMOUS, MEMBER, ORGANISER, OTHERS, OWN, make_world, rules

WCAG = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
}
LOOK = "(options) => axe.run(options).then(({ violations }) => violations)"
PHONE, DESK = {"width": 375, "height": 812}, {"width": 1280, "height": 900}
MORNING, EVENING = "light", "dark"
LOOKS = [(PHONE, EVENING), (DESK, MORNING)]
ALL_LOOKS = [*LOOKS, (PHONE, MORNING), (DESK, EVENING)]
LONG = "Bartholomew-Maximilian Featherstonehaugh-Cholmondeley von und zu W"


def faults_of(page, looks=LOOKS) -> Iterator[str]:
    """What is wrong with a page, whichever way one looks at it."""
    where = page.url
    if page.locator("h1").count() != 1:
        yield f"{where}: {page.locator('h1').count()} h1"
    if not page.title().removesuffix("· Matchmaker").strip():
        yield f"{where}: no title"
    page.evaluate(AXE_SCRIPT)
    for size, scheme in looks:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        seen_as = f"{where} at {size['width']} {scheme}"
        over = page.evaluate(
            "() => document.documentElement.scrollWidth"
            " - document.documentElement.clientWidth"
        )
        if over > 0:
            yield f"{seen_as}: {over} pixels too wide"
        for violation in page.evaluate(LOOK, WCAG):
            nodes = [node["html"][:160] for node in violation["nodes"]]
            yield f"{seen_as}: {violation['id']}: {nodes}"


@pytest.fixture
def world(site):
    with site.records():
        return make_world()


ENDPOINTS: dict[str, set[str]] = {}


def endpoints_of(site, world, role) -> set[str]:
    """Where a role finds a page: the same in each world, so they are looked for once."""
    if role not in ENDPOINTS:
        pages_of(site, world, role)
    return ENDPOINTS[role]


def pages_of(site, world, role) -> dict[str, str]:
    """By endpoint: the address at which a role finds a page."""
    found = {}
    with site.records():
        browser = site.app.test_client(user=world.who(role))
        for rule in rules(site.app, "GET"):
            with site.app.test_request_context():
                # Nobody blocks or reports themselves.
                whose = OTHERS if rule.endpoint == "safety.person" else OWN
                arguments = world.arguments(rule, role, whose)
                address = site.app.url_for(rule.endpoint, **arguments)
            response = browser.get(address)
            is_page = (response.status_code, response.mimetype) == (200, "text/html")
            if is_page and rule.endpoint != "healthz":
                found[rule.endpoint] = address
            response.close()
    ENDPOINTS[role] = {*found}
    return found


@pytest.mark.parametrize(
    ("role", "at_least"), [(ANONYMOUS, 12), (MEMBER, 8), (ORGANISER, 3)]
)
def test_everybody_can_read_every_page(site, world, open_page, role, at_least):
    theirs = pages_of(site, world, role)
    if role == MEMBER:
        seen = endpoints_of(site, world, ANONYMOUS)
    elif role == ORGANISER:
        seen = endpoints_of(site, world, MEMBER)
    else:
        seen = set()
    fresh = {at for end, at in theirs.items() if end not in seen or at == "/"}
    assert len(fresh) >= at_least
    page = open_page(world.members.get(role))

    faults = []
    for address in sorted(fresh):
        page.goto(address)
        assert page.url == site.url + address
        faults += faults_of(page, ALL_LOOKS if address == "/" else LOOKS)

    assert faults == []


# Seen elsewhere in this file; everything else has an address that somebody may open.
IN_A_STATE = {"security.confirm_email", "security.reset_password"}
NO_PAGE = {
    "api-docs.openapi_json",
    "api.event",
    "api.events",
    "api.rsvps",
    "door.worker",
    "events.picture",
    "groups.picture",
    "door.people",
    "door.code",
    "calendars.event",
    "calendars.everything",
    "calendars.group",
    "calendars.hours",
    "calendars.mine",
    "calendars.series",
    "calendars.space",
    "healthz",
    "mailbox.calendar",
    "organiser.suggest_topics",
    "planning.suggest_hosts",
    "profile.suggest_industries",
    "profile.suggest_languages",
    "profile.suggest_skills",
    "room.clock",
    "static",
}


def test_no_page_is_left_out(site, world):
    seen = set().union(
        *(endpoints_of(site, world, r) for r in (ANONYMOUS, MEMBER, ORGANISER))
    )

    unseen = {rule.endpoint for rule in rules(site.app, "GET")} - seen

    assert unseen == IN_A_STATE | NO_PAGE


def test_a_look_notices_what_is_wrong(page):
    page.goto("/sign-in")
    page.evaluate(
        """() => {
            const main = document.querySelector("main");
            main.querySelector("h1").remove();
            main.querySelector("label").remove();
            main.style.width = "2000px";
            main.querySelector("p").style.color = "#777";
            main.querySelector("p").style.background = "#999";
        }"""
    )

    faults = "\n".join(faults_of(page))

    for fault in ("0 h1", "pixels too wide", "color-contrast", "label"):
        assert fault in faults


@pytest.fixture
def crowd(site):
    """A space in which all the states that a page can show occur."""
    with site.records():
        mill = make_space("mill", name="The Old Mill at the Waterside", city="Leeds")
        make_space("loft", name="The Loft", blurb="Light, and quiet before nine.")
        olga = make_member("Olga Berg", space=mill, role=Role.ORGANISER)
        quiet = make_member("Quin Ash", space=mill, introductions=False, offers=["tea"])
        homeless = make_member("Hal Stray")
        nina = make_member(
            LONG[:60],
            space=mill,
            offers=["grant writing", "x" * 80],
            wants=["Postgres"],
            interests=["sailing"],
            profile={
                "headline": LONG + " makes things",
                "company": LONG,
                "industry": "9102",
                "years": 1,
                "bio": "https://example.org/" + "y" * 200,
                "mentor_topics": ["raising money"],
                "mentor_places": 2,
                "mentee_topics": ["hiring"],
                "formats": [Format.COFFEE.value],
                "times": ["morning"],
            },
        )
        others = [
            make_member(name, space=mill, offers=["Postgres"], wants=["grant writing"])
            for name in (
                "Ben Osei",
                "Ana Duarte",
                "Cy Ito",
                "Di Orr",
                "Ed Poe",
                "Fay Li",
            )
        ]
        ben, ana, cy, di, ed, fay = others
        yes, no = Answer.YES, Answer.NOT_NOW
        introductions = {
            "waiting": make_introduction(nina, ben),
            "trio": make_introduction(nina, ana, cy),
            "answered": make_introduction(nina, di, answers=[yes]),
            "declined": make_introduction(nina, ed, answers=[no]),
            "met": make_introduction(nina, fay, answers=[yes, yes], introduced_at=NOON),
            "mentoring": make_introduction(nina, cy, kind=Kind.MENTORING),
        }
        told = introductions["met"].sides[0]
        told.met, told.meet_again, told.told_at = True, True, NOON
        make_member("Sue Vance", space=mill, status=MembershipStatus.SUSPENDED)
        make_invited(LONG[:60], space=mill)
        people = {"olga": olga, "quiet": quiet, "homeless": homeless, "nina": nina}
        new = make_member("New", confirmed_at=None)
        with site.app.test_request_context():
            confirm, reset = (
                generate_confirmation_token(new),
                generate_reset_password_token(nina),
            )
        return (
            {name: person.id for name, person in people.items()}
            | {name: each.id for name, each in introductions.items()}
            | {"ben": ben.id, "confirm": confirm, "reset": reset}
        )


def test_everybody_can_read_what_a_page_says_in_each_state(crowd, open_page):
    states = {
        None: [f"/confirm/{crowd['confirm']}", f"/reset-password/{crowd['reset']}"],
        "nina": [
            f"/people/{crowd['ben']}/block",
            "/",
            "/introductions/",
            "/profile/",
            "/profile/about",
            "/profile/exchange",
            *(
                f"/introductions/{crowd[name]}"
                for name in ("trio", "declined", "met", "mentoring")
            ),
        ],
        "quiet": ["/", "/introductions/"],
        "homeless": ["/", "/nothing-here"],
        "olga": [
            "/organise/mill/",
            "/organise/mill/members",
            "/organise/mill/members?q=%",
        ],
    }
    faults = []
    for who, addresses in states.items():
        page = open_page(crowd.get(who))
        for address in addresses:
            page.goto(address)
            faults += faults_of(page, [(PHONE, MORNING)])

    assert faults == []


def test_everybody_can_read_what_is_wrong_with_a_form(crowd, page, open_page):
    page.goto("/register")
    page.get_by_role("button", name="Make my account").click()
    mine = open_page(crowd["nina"])
    faults = [*faults_of(page, ALL_LOOKS)]
    for address, button, fields in (
        ("/profile/about", "Save", {"Your name": ""}),
        ("/membership/pause", "Pause until then", {}),
        (f"/introductions/{crowd['met']}", "Send", {}),
    ):
        mine.goto(address)
        for label, words in fields.items():
            mine.get_by_label(label).fill(words)
        mine.get_by_role("button", name=button, exact=True).click()
        mine.get_by_role("alert").wait_for()
        faults += faults_of(mine)

    assert faults == []


def test_everybody_can_read_the_draft_of_a_round(crowd, open_page):
    page = open_page(crowd["olga"])
    page.goto("/organise/mill/")
    page.get_by_role("link", name="Look at the draft").click()
    page.get_by_role("heading", name="Introduce two yourself").wait_for()

    assert [*faults_of(page, ALL_LOOKS)] == []


def test_everybody_can_read_the_suggestions(crowd, open_page):
    page = open_page(crowd["nina"])
    page.goto("/profile/exchange")
    page.get_by_label("What would help you now?").press_sequentially("grant")
    page.get_by_role("option").first.wait_for()

    assert [*faults_of(page)] == []
