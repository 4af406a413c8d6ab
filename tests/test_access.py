"""The access matrix: who gets through to what, on their own things and on others'."""

import re
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask import Flask, render_template
from flask.testing import FlaskClient
from sqlalchemy import text, true
from werkzeug.routing import Rule

from matchmaker.blueprints.accounts.forms import SignInForm
from matchmaker.blueprints.api import routes as api
from matchmaker.blueprints.kept import Kept, unpack
from matchmaker.config import Settings
from matchmaker.extensions import db
from matchmaker.models import Scope
from matchmaker.queries import members
from tests.conftest import SETTINGS, make_app
from tests.world import (
    ANONYMOUS,
    BLOCKED,
    ELSEWHERE,
    HOST,
    MEMBER,
    OPERATOR,
    ORGANISER,
    OTHER,
    OTHERS,
    OWN,
    ROLES,
    SUSPENDED,
    Clerk,
    World,
    make_world,
    rules,
)

METHODS = {"GET", "POST", "PUT", "DELETE"}
EVERYBODY = {*ROLES}
SIGNED_IN = EVERYBODY - {ANONYMOUS}
NOBODY: set[str] = set()
# Those who take part in a space today; the operator is not a member of any.
ACTIVE = SIGNED_IN - {OPERATOR, SUSPENDED}
LETTERED = EVERYBODY - {OPERATOR}
ORGANISERS = {ORGANISER, ELSEWHERE, OPERATOR}
RUNNERS = {HOST, *ORGANISERS}  # of an event in their space


@dataclass(frozen=True)
class Row:
    """Who gets through, on what is theirs and on what is others'. The rest do not."""

    own: set[str]
    others: set[str]


def everywhere(who: set[str]) -> Row:
    return Row(who, who)


MATRIX: dict[str, Row] = {
    "static": everywhere(EVERYBODY),
    "healthz": everywhere(EVERYBODY),
    "pages.home": everywhere(EVERYBODY),
    # Accounts: the library answers everybody alike.
    "security.login": everywhere(EVERYBODY),
    "security.logout": everywhere(EVERYBODY),
    "security.register": everywhere(EVERYBODY),
    "security.forgot_password": everywhere(EVERYBODY),
    "security.reset_password": everywhere(EVERYBODY),
    "security.change_password": everywhere(SIGNED_IN),
    "security.send_confirmation": everywhere(EVERYBODY),
    "security.confirm_email": everywhere(EVERYBODY),
    "accounts.check_your_mail": everywhere(EVERYBODY),
    # Whoever holds a letter's link acts for the one it was sent to, and only in that.
    "accounts.invitation": everywhere(EVERYBODY),
    # Where one is signed in is one's own.
    "accounts.try_address_again": everywhere(SIGNED_IN),
    "accounts.list_sessions": everywhere(SIGNED_IN),
    "accounts.end_session": Row(SIGNED_IN, NOBODY),
    "accounts.end_other_sessions": everywhere(SIGNED_IN),
    "unsubscribe.show": everywhere(EVERYBODY),
    "unsubscribe.stop": everywhere(EVERYBODY),
    "memberships.come_back": Row(LETTERED - {SUSPENDED}, EVERYBODY),
    "introductions.by_letter": Row(LETTERED, EVERYBODY),
    "introductions.undo_by_letter": Row(LETTERED, EVERYBODY),
    "introductions.reason_by_letter": Row(LETTERED, EVERYBODY),
    "introductions.feedback_by_letter": Row(LETTERED, EVERYBODY),
    # One's own profile.
    "profile.show": everywhere(SIGNED_IN),
    "profile.about": everywhere(SIGNED_IN),
    "profile.exchange": everywhere(SIGNED_IN),
    "profile.meeting": everywhere(ACTIVE),
    "profile.confirm_topics": everywhere(ACTIVE),
    "profile.answer_look": everywhere(SIGNED_IN),
    "profile.suggest_skills": everywhere(SIGNED_IN),
    "profile.suggest_industries": everywhere(SIGNED_IN),
    "profile.suggest_languages": everywhere(SIGNED_IN),
    "memberships.join": everywhere(EVERYBODY),
    "memberships.press_join": everywhere(SIGNED_IN),
    "memberships.use": everywhere(SIGNED_IN),
    "memberships.pause": everywhere(ACTIVE),
    "memberships.resume": everywhere(ACTIVE),
    # Introductions belong to their sides.
    "introductions.index": everywhere(SIGNED_IN),
    "introductions.show": Row(ACTIVE, NOBODY),
    "introductions.answer": Row(ACTIVE, NOBODY),
    "introductions.undo": Row(ACTIVE, NOBODY),
    "introductions.reason": Row(ACTIVE, NOBODY),
    "introductions.feedback": Row(ACTIVE, NOBODY),
    # Events are the space's; an operator sees every space's.
    "events.show": Row(ACTIVE | {OPERATOR}, {OPERATOR}),
    "events.by_key": Row(ACTIVE | {OPERATOR}, {OPERATOR}),
    "events.picture": Row(ACTIVE | {OPERATOR}, {OPERATOR}),
    "events.sign_up": Row(ACTIVE | {OPERATOR}, {OPERATOR}),
    "events.decline": Row(ACTIVE | {OPERATOR}, {OPERATOR}),
    "events.claim": Row(ACTIVE, NOBODY),
    "events.by_letter": Row(LETTERED, EVERYBODY),
    # Whoever runs an event: its host and the organisers of its space.
    "attendance.show": Row(RUNNERS, {OPERATOR}),
    "attendance.message": Row(RUNNERS, {OPERATOR}),
    "attendance.look": Row(RUNNERS, {OPERATOR}),
    "attendance.letter": Row(RUNNERS, {OPERATOR}),
    "attendance.trial": Row(RUNNERS, {OPERATOR}),
    "attendance.send": Row(RUNNERS, {OPERATOR}),
    "attendance.add": Row(RUNNERS, {OPERATOR}),
    "attendance.capacity": Row(RUNNERS, {OPERATOR}),
    "attendance.export": Row(RUNNERS, {OPERATOR}),
    # With their own number, and so with their own RSVP; the operator has none.
    "attendance.approve": Row(RUNNERS - {OPERATOR}, NOBODY),
    "attendance.let_in": Row(RUNNERS - {OPERATOR}, NOBODY),
    "attendance.remove": Row(RUNNERS - {OPERATOR}, NOBODY),
    "events.stop_messages": Row(LETTERED, EVERYBODY),
    # The agenda is that of one's own space; what is public, anybody's.
    "agenda.index": everywhere(ACTIVE),
    "agenda.past": everywhere(ACTIVE),
    "agenda.month": everywhere(ACTIVE),
    "agenda.public": everywhere(EVERYBODY),
    "agenda.embed": everywhere(EVERYBODY),
    "groups.index": everywhere(ACTIVE),
    "groups.show": Row(ACTIVE | {OPERATOR}, {OPERATOR}),
    "groups.follow": Row(ACTIVE, NOBODY),
    "groups.unfollow": Row(ACTIVE, NOBODY),
    "groups.write_to_me": Row(ACTIVE, NOBODY),
    "groups.stop_letters": Row(ACTIVE, NOBODY),
    "groups.by_letter": everywhere(EVERYBODY),
    "groups.picture": Row(ACTIVE | {OPERATOR}, {OPERATOR}),
    # A calendar's address acts for whoever has it, as long as they take part; of one's
    # own browser it asks who has signed in.
    "calendars.event": Row(ACTIVE | {OPERATOR}, {OPERATOR}),
    "calendars.hours": Row(ACTIVE, NOBODY),
    "calendars.series": everywhere(NOBODY),  # there is none
    "calendars.group": Row(ACTIVE | {OPERATOR}, {OPERATOR}),
    "calendars.space": everywhere(EVERYBODY),
    "calendars.mine": Row(EVERYBODY - {SUSPENDED}, EVERYBODY),
    "calendars.everything": Row(EVERYBODY - {SUSPENDED}, EVERYBODY),
    "calendars.subscribe": everywhere(SIGNED_IN),
    "calendars.rotate": everywhere(SIGNED_IN),
    "calendars.sources": Row(ORGANISERS, {OPERATOR}),
    "calendars.source": Row(ORGANISERS, {OPERATOR}),
    "calendars.read": Row(ORGANISERS, {OPERATOR}),
    "calendars.accept": Row(ORGANISERS, {OPERATOR}),
    "calendars.discard": Row(ORGANISERS, {OPERATOR}),
    "calendars.stop": Row(ORGANISERS, {OPERATOR}),
    # In the room: run by whoever runs the event; the rest for those who go.
    "room.console": Row(RUNNERS, {OPERATOR}),
    "room.introduce": Row(RUNNERS, {OPERATOR}),
    "room.seat": Row(RUNNERS, {OPERATOR}),
    "room.reseat": Row(RUNNERS, {OPERATOR}),
    "room.unseat": Row(RUNNERS, {OPERATOR}),
    "room.start_round": Row(RUNNERS, {OPERATOR}),
    "room.longer": Row(RUNNERS, {OPERATOR}),
    "room.finish": Row(RUNNERS, {OPERATOR}),
    "room.screen": Row(ACTIVE | {OPERATOR}, {OPERATOR}),
    "room.clock": Row(ACTIVE | {OPERATOR}, {OPERATOR}),
    "room.mine": Row(ACTIVE, NOBODY),
    "room.wish": Row(ACTIVE, NOBODY),
    "room.slots": Row(ACTIVE | {OPERATOR}, {OPERATOR}),
    "room.open_hours": Row(RUNNERS, {OPERATOR}),
    "room.book": Row(ACTIVE | {OPERATOR}, {OPERATOR}),
    "room.release": Row(ACTIVE | {OPERATOR}, {OPERATOR}),
    "room.close": Row(RUNNERS, {OPERATOR}),
    # The door belongs to whoever runs the event; one's own code to whoever goes.
    "door.show": Row(RUNNERS, {OPERATOR}),
    "door.people": Row(RUNNERS, {OPERATOR}),
    "door.worker": Row(RUNNERS, {OPERATOR}),
    "door.check_in": Row(RUNNERS, {OPERATOR}),
    "door.undo": Row(RUNNERS, {OPERATOR}),
    "door.walk_in": Row(RUNNERS, {OPERATOR}),
    "door.replay": Row(RUNNERS, {OPERATOR}),
    "door.badges": Row(RUNNERS, {OPERATOR}),
    "door.table_plan": Row(RUNNERS, {OPERATOR}),
    "door.code": Row(ACTIVE, NOBODY),
    "door.ticket": Row(LETTERED - {SUSPENDED}, EVERYBODY),
    # What one tells of an event is one's own.
    "feedback.show": Row(ACTIVE, NOBODY),
    "feedback.tell": Row(ACTIVE, NOBODY),
    "feedback.by_letter": Row(LETTERED - {SUSPENDED}, EVERYBODY),
    # People are seen by whom they were introduced to, and by their organisers.
    "people.show": Row(SIGNED_IN, {MEMBER, ORGANISER, OPERATOR}),
    # Whoever is named somebody can block and report them; the host by the list of who
    # comes. Nobody here has blocked Ana, so nobody can unblock her.
    "safety.person": Row(NOBODY, {MEMBER, HOST, ORGANISER, OPERATOR}),
    "safety.block": Row(NOBODY, {MEMBER, HOST, ORGANISER, OPERATOR}),
    "safety.unblock": everywhere(NOBODY),
    "safety.blocked": everywhere(SIGNED_IN),
    "safety.event": Row(ACTIVE | {OPERATOR}, {OPERATOR}),
    # An organiser's own space, and the other.
    "organiser.overview": Row(ORGANISERS, {OPERATOR}),
    "organiser.members": Row(ORGANISERS, {OPERATOR}),
    "organiser.reports": Row(ORGANISERS, {OPERATOR}),
    "organiser.report": Row({ORGANISER, ELSEWHERE, OPERATOR}, {OPERATOR}),
    "organiser.twins": Row(ORGANISERS, {OPERATOR}),
    "organiser.decide_twins": Row(ORGANISERS, {OPERATOR}),
    "organiser.topics": Row(ORGANISERS, {OPERATOR}),
    "organiser.topic": Row(ORGANISERS, {OPERATOR}),
    "organiser.remove_topic": Row(ORGANISERS, {OPERATOR}),
    "organiser.suggest_topics": Row(ORGANISERS, {OPERATOR}),
    "organiser.newcomers": Row(ORGANISERS, {OPERATOR}),
    "organiser.newcomer": Row(ORGANISERS, {OPERATOR}),
    "organiser.choose_joining": Row(ORGANISERS, {OPERATOR}),
    "organiser.round_": Row(ORGANISERS, {OPERATOR}),
    "organiser.run_round": Row(ORGANISERS, {OPERATOR}),
    "organiser.draft": Row(ORGANISERS, {OPERATOR}),
    "organiser.decide": Row(ORGANISERS, {OPERATOR}),
    "organiser.bring_together": Row(ORGANISERS, {OPERATOR}),
    "organiser.undo_decision": Row(ORGANISERS, {OPERATOR}),
    "organiser.approve_round": Row(ORGANISERS, {OPERATOR}),
    "organiser.choose_sending": Row(ORGANISERS, {OPERATOR}),
    # Whoever runs an event plans it, and whoever hosts a group looks after it; the list
    # of groups is the organisers'.
    "planning.index": Row({HOST} | ORGANISERS, {OPERATOR}),
    "planning.bulk": Row({HOST} | ORGANISERS, {OPERATOR}),
    "planning.make": Row({HOST} | ORGANISERS, {OPERATOR}),
    "planning.suggest_hosts": Row({HOST} | ORGANISERS, {OPERATOR}),
    "planning.edit": Row({HOST} | ORGANISERS, {OPERATOR}),
    "planning.duplicate": Row({HOST} | ORGANISERS, {OPERATOR}),
    "planning.publish": Row({HOST} | ORGANISERS, {OPERATOR}),
    "planning.cancel": Row({HOST} | ORGANISERS, {OPERATOR}),
    "planning.archive": Row({HOST} | ORGANISERS, {OPERATOR}),
    "planning.unarchive": Row({HOST} | ORGANISERS, {OPERATOR}),
    "planning.delete": Row({HOST} | ORGANISERS, {OPERATOR}),
    "planning.series": Row({HOST} | ORGANISERS, {OPERATOR}),
    "planning.notes": Row({HOST} | ORGANISERS, {OPERATOR}),
    "planning.pictures": Row({HOST} | ORGANISERS, {OPERATOR}),
    "planning.change_picture": Row({HOST} | ORGANISERS, {OPERATOR}),
    "planning.remove_picture": Row({HOST} | ORGANISERS, {OPERATOR}),
    "planning.groups": Row(ORGANISERS, {OPERATOR}),
    "planning.group": Row({HOST} | ORGANISERS, {OPERATOR}),
    "planning.group_picture": Row({HOST} | ORGANISERS, {OPERATOR}),
    "planning.remove_group_picture": Row({HOST} | ORGANISERS, {OPERATOR}),
    "planning.name_host": Row({HOST} | ORGANISERS, {OPERATOR}),
    "planning.step_down": Row({HOST} | ORGANISERS, {OPERATOR}),
    "planning.archive_group": Row({HOST} | ORGANISERS, {OPERATOR}),
    "planning.unarchive_group": Row({HOST} | ORGANISERS, {OPERATOR}),
    # With their own number: themselves, who are refused; the operator is no member.
    "organiser.suspend": Row({ORGANISER, ELSEWHERE}, NOBODY),
    "organiser.reinstate": Row({ORGANISER, ELSEWHERE}, NOBODY),
    # Keys are one's own. To the API no browser gets through: see `API` below.
    "keys.index": everywhere(SIGNED_IN),
    "keys.make": everywhere(SIGNED_IN),
    "keys.revoke": Row(SIGNED_IN, NOBODY),
    "api_documentation.show": everywhere(EVERYBODY),
    "api-docs.openapi_json": everywhere(EVERYBODY),
    "api.events": everywhere(NOBODY),
    "api.rsvps": everywhere(NOBODY),
    "api.event": everywhere(NOBODY),
    "api.come": everywhere(NOBODY),
    "api.decline": everywhere(NOBODY),
    # In a demonstration the mailbox stands open; elsewhere it does not exist.
    "mailbox.index": everywhere(EVERYBODY),
    "mailbox.show": everywhere(EVERYBODY),
    "mailbox.html": everywhere(EVERYBODY),
    "mailbox.calendar": everywhere(NOBODY),  # the letter has no calendar
}
# The same for a key: what it must be for, and then whose.
API: dict[str, tuple[Scope, Row]] = {
    "api.events": (Scope.READ, everywhere(SIGNED_IN)),
    "api.rsvps": (Scope.READ, everywhere(SIGNED_IN)),
    "api.event": (Scope.READ, Row(ACTIVE | {OPERATOR}, {OPERATOR})),
    "api.come": (Scope.RSVP, Row(ACTIVE | {OPERATOR}, {OPERATOR})),
    "api.decline": (Scope.RSVP, Row(ACTIVE | {OPERATOR}, {OPERATOR})),
}
assert {HOST, BLOCKED, OTHER} <= ACTIVE


@dataclass
class Place:
    """The application with the world in it, which is made anew as often as needed."""

    app: Flask
    world: World
    cookies: dict[str, str]  # by role, of a browser in which they have signed in
    blank: sqlite3.Connection
    clerk: Clerk
    is_changed: bool = False

    def browser(self, role: str) -> FlaskClient:
        browser = self.app.test_client()
        if role in self.cookies:
            browser.set_cookie("session", self.cookies[role])
        return browser

    def restore(self) -> None:
        """Take back what was changed, if anything was."""
        db.session.remove()
        if self.has_changed():
            self.blank.backup(self.clerk.connection)
            self.is_changed = False

    def has_changed(self) -> bool:
        self.is_changed |= self.clerk.has_seen_a_change()
        return self.is_changed


@pytest.fixture(scope="module")
def whole_place(
    migrated_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    path = tmp_path_factory.mktemp("place") / "matchmaker.db"
    shutil.copy(migrated_file, path)
    app = make_app(_demonstration(path))
    with app.app_context():
        world, cookies = make_world(), {}
        for role in world.members:
            signed_in = app.test_client(user=world.who(role)).get_cookie("session")
            assert signed_in is not None
            cookies[role] = signed_in.value
        clerk, blank = Clerk(app), sqlite3.connect(":memory:")
        clerk.connection.backup(blank)
        yield Place(app, world, cookies, blank, clerk)
        db.session.remove()
        db.engine.dispose()
        blank.close()


@pytest.fixture
def place(whole_place: Place) -> Place:
    whole_place.restore()  # another test may have changed it
    return whole_place


def _demonstration(path: Path) -> Settings:
    """With demonstration mode on, so that its pages are walked too."""
    return replace(SETTINGS, demonstration=True, database_url=f"sqlite:///{path}")


def _every_request() -> list[tuple[str, str]]:
    app = make_app(replace(_demonstration(Path("/nonexistent/never.db"))))
    return sorted(
        (rule.endpoint, method)
        for rule in rules(app)
        for method in (rule.methods or set()) & METHODS
    )


REQUESTS = _every_request()


def test_every_route_has_a_row_and_every_row_a_route():
    assert {endpoint for endpoint, _ in REQUESTS} == set(MATRIX)


@pytest.mark.parametrize(("endpoint", "method"), REQUESTS)
def test_whoever_may_gets_through_and_nobody_else(
    endpoint: str,
    method: str,
    place: Place,
) -> None:
    row = MATRIX[endpoint]
    rule = next(
        r for r in place.app.url_map.iter_rules(endpoint) if method in r.methods
    )
    for role in ROLES:
        got_through: dict[str, bool] = {}  # by address: many hold nobody's things
        for whose, allowed in ((OWN, row.own), (OTHERS, row.others)):
            url = _address(place, rule, role, whose)
            if url not in got_through:
                got_through[url] = _try(place, rule, method, role, whose)
            expected = role in allowed
            assert got_through[url] is expected, (endpoint, method, role, whose)


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("endpoint", API)
def test_a_key_opens_what_its_scope_and_its_member_may_and_nothing_else(
    endpoint: str,
    scope: Scope,
    place: Place,
) -> None:
    needed, row = API[endpoint]
    rule = next(place.app.url_map.iter_rules(endpoint))
    method = next(iter((rule.methods or set()) & METHODS))
    for role in SIGNED_IN:
        for whose, allowed in ((OWN, row.own), (OTHERS, row.others)):
            key = place.world.api_keys[role, scope][1]
            verdict = _try(place, rule, method, role, whose, key)
            expected = role in allowed and scope.allows(needed)
            assert verdict is expected, (endpoint, scope, role, whose)


def test_every_route_of_the_api_asks_for_a_scope():
    assert {endpoint for endpoint, _ in REQUESTS if endpoint.startswith("api.")} == {
        *API
    }


def test_a_change_that_is_taken_for_looking_is_noticed(place, monkeypatch):
    monkeypatch.setattr(api, "SAFE_METHODS", METHODS)

    with pytest.raises(AssertionError, match=r"api\.come"):
        test_a_key_opens_what_its_scope_and_its_member_may_and_nothing_else(
            "api.come", Scope.READ, place
        )


def _try(
    place: Place,
    rule: Rule,
    method: str,
    role: str,
    whose: str,
    key: str | None = None,
) -> bool:
    """Whether the request gets through: neither asked to sign in nor told of nothing.

    It comes from somebody's browser, or from a program with a key.
    """
    url = _address(place, rule, role, whose)
    client = place.app.test_client() if key else place.browser(role)
    place.restore()
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    response = client.open(url, method=method, headers=headers)
    response.close()  # a file, where it was one
    assert response.status_code < 500, (rule, role, whose)
    to_sign_in = response.location is not None and "/sign-in?" in response.location
    is_through = not to_sign_in and response.status_code not in {401, 403, 404, 405}
    assert is_through or not place.has_changed(), (rule, role, whose)
    return is_through


def _address(place: Place, rule: Rule, role: str, whose: str) -> str:
    with place.app.test_request_context():
        arguments = place.world.arguments(rule, role, whose)
        return place.app.url_for(rule.endpoint, **arguments)


# A browser says where a form was; whoever makes things up says anything, or nothing.
SAID = [
    {},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "http://localhost"},
    {"Origin": "http://evil.example"},
]
SENT = {"name": "Zoe Quill", "bio": "Two words", "do": "yes", "password": "four small"}
KEPT = re.compile(r'<input type="hidden" name="kept" value="([^"]*)">')


def wrongs_to_strangers(
    place: Place, endpoint: str, method: str, said: dict[str, str]
) -> list[str]:
    """What is amiss when somebody who has not signed in sends a form to a page."""
    app = place.app
    rule = next(r for r in app.url_map.iter_rules(endpoint) if method in r.methods)
    url = _address(place, rule, ANONYMOUS, OTHERS)
    answer = place.browser(ANONYMOUS).open(url, method=method, data=SENT, headers=said)
    wrongs = ["changes something"] if place.has_changed() else []
    if answer.status_code == 302:
        is_ours = re.fullmatch(r"/sign-in\?next=/events/\d+", answer.location)
        return wrongs if is_ours else [*wrongs, f"leads to {answer.location}"]
    if answer.status_code != 401:
        wrongs.append(f"answers {answer.status_code}")
    kept = KEPT.search(answer.text)
    if page_to_sign_in(app, is_kept=bool(kept)) != KEPT.sub("", answer.text):
        wrongs.append("is not the page to sign in, and no more")
    from_here = said.get("Sec-Fetch-Site") or said.get("Origin")
    if bool(kept) is not (from_here in {"same-origin", "http://localhost"}):
        wrongs.append("keeps what another site sent, or not what ours did")
    if kept:
        with app.test_request_context():
            form = unpack(kept[1])
        fields = tuple(each for each in SENT.items() if each[0] != "password")
        if form != Kept(url, None, fields, passwords=("password",)):
            wrongs.append(f"keeps {form}")
    return wrongs


def page_to_sign_in(app: Flask, *, is_kept: bool) -> str:
    """The page as it is for everybody, whatever they asked for."""
    with app.test_request_context():
        form = SignInForm(formdata=None)
        kept = "x" if is_kept else None
        page = render_template(
            "security/login_user.html",
            login_user_form=form,
            kept=kept,
        )
    return KEPT.sub("", page)


@pytest.mark.parametrize("said", SAID, ids=str)
def test_who_has_not_signed_in_changes_nothing_and_gets_back_only_what_they_sent(
    place: Place,
    said: dict[str, str],
) -> None:
    closed = [
        (endpoint, method)
        for endpoint, method in REQUESTS
        if method != "GET"
        and ANONYMOUS not in MATRIX[endpoint].others
        and endpoint not in API  # asks for a key, above
    ]
    assert len(closed) > 80

    wrongs = {at: wrongs_to_strangers(place, *at, said) for at in closed}

    assert {at: wrong for at, wrong in wrongs.items() if wrong} == {}


def test_a_page_to_sign_in_that_changes_or_tells_something_is_noticed(
    place, monkeypatch
):
    app = place.app

    def planted(**_: object) -> tuple[str, int]:
        db.session.execute(text("UPDATE space SET blurb = blurb || '.'"))
        db.session.commit()
        return f"{page_to_sign_in(app, is_kept=False)} Ana Duarte", 401

    monkeypatch.setitem(app.view_functions, "keys.make", planted)

    assert wrongs_to_strangers(place, "keys.make", "POST", {}) == [
        "changes something",
        "is not the page to sign in, and no more",
    ]


def test_a_route_without_a_row_is_noticed():
    app = make_app(_demonstration(Path("/nonexistent/never.db")))
    app.add_url_rule("/planted", "planted", lambda: "nobody thought of who may")

    assert {rule.endpoint for rule in rules(app)} - set(MATRIX) == {"planted"}


def test_a_filter_that_lets_everybody_through_is_noticed(place, monkeypatch):
    monkeypatch.setattr(members, "visible_to", lambda _viewer: true())
    rule = next(place.app.url_map.iter_rules("people.show"))

    through = {role for role in ROLES if _try(place, rule, "GET", role, OTHERS)}

    assert through - MATRIX["people.show"].others >= {OTHER, BLOCKED, SUSPENDED}
