"""The API, as a program meets it: with a key and nothing else."""

import json
from datetime import timedelta

import pytest

from matchmaker.extensions import db, limiter
from matchmaker.models import (
    EventStatus,
    MembershipStatus,
    Rsvp,
    RsvpStatus,
    Scope,
    Visibility,
    utcnow,
)
from matchmaker.services.events import places
from tests.blueprints.test_events import QUESTION, past, soon
from tests.conftest import make_app
from tests.factories import (
    NOON,
    make_api_key,
    make_block,
    make_event,
    make_following,
    make_group,
    make_member,
    make_rsvp,
    make_space,
)

EVENTS = "/api/v1/events"


class Program:
    """It acts for a member, and is told in JSON."""

    def __init__(self, app, member, scope=Scope.RSVP):
        self.client = app.test_client()
        self.key, text = make_api_key(member, scope)
        self.headers = {"Authorization": f"Bearer {text}"}

    def ask(self, method, address, body=None, **headers):
        return self.client.open(
            address, method=method, json=body, headers=self.headers | headers
        )

    def get(self, address=EVENTS):
        answer = self.ask("GET", address)
        assert answer.status_code == 200, answer.text
        return answer.json

    def titles(self, address=EVENTS):
        return [event["title"] for event in self.get(address)["events"]]

    def come(self, event, **body):
        return self.ask("PUT", f"{EVENTS}/{event.id}/rsvp", body or None)

    def decline(self, event):
        return self.ask("DELETE", f"{EVENTS}/{event.id}/rsvp")


@pytest.fixture
def space(app):
    return make_space("mill", timezone="Europe/Brussels")


@pytest.fixture
def ana(space):
    return make_member("Ana", space=space)


@pytest.fixture
def program(app, ana):
    return Program(app, ana)


def is_problem(answer, status):
    said = json.loads(answer.text)
    assert answer.status_code == said["status"] == status, answer.text
    assert answer.mimetype == "application/problem+json"
    assert said["title"]
    assert said["detail"].endswith((".", "?"))
    return said


# Who may.


def test_without_a_key_one_is_told_where_to_make_one(visitor):
    answer = visitor.get(EVENTS)

    assert "Keys for programs" in is_problem(answer, 401)["detail"]
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_no_cookie_counts(as_member, ana, space):
    event = soon(space=space)
    browser = as_member(ana)
    assert browser.get(f"/events/{event.id}").status_code == 200

    is_problem(browser.get(EVENTS), 401)
    is_problem(browser.put(f"{EVENTS}/{event.id}/rsvp"), 401)
    assert places.of(event, ana) is None


def test_with_a_cookie_of_one_and_a_key_of_another_the_key_says_who(app, ana, space):
    event, bo = soon(space=space), make_member("Bo", space=space)
    key = Program(app, bo).headers
    db.session.commit()

    app.test_client(user=ana).put(f"{EVENTS}/{event.id}/rsvp", headers=key)

    assert places.of(event, bo).is_going
    assert places.of(event, ana) is None


def test_a_key_needs_no_form_token(settings, space):
    """CSRF protection is on: a program has no page to read a token from."""
    db.session.commit()
    app = make_app(settings, WTF_CSRF_ENABLED=True)
    with app.app_context():
        event = soon(space=make_space("loft"))
        program = Program(app, make_member(space=event.space))

        assert program.come(event).status_code == 200
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("where", ["?key=", "?access_token=", "?auth_token="])
def test_a_key_in_an_address_does_not_count(program, where):
    secret = program.headers["Authorization"].removeprefix("Bearer ")

    is_problem(program.client.get(EVENTS + where + secret), 401)


@pytest.mark.parametrize("kind", ["Basic ", "Token ", "bearer", ""])
def test_a_key_counts_only_as_a_bearer_key(program, kind):
    secret = program.headers["Authorization"].removeprefix("Bearer ")

    is_problem(program.ask("GET", EVENTS, Authorization=kind + secret), 401)


def test_a_key_to_look_with_changes_nothing(app, ana, space):
    event = soon(space=space)
    program = Program(app, ana, Scope.READ)

    answer = program.come(event)

    assert "events:rsvp" in is_problem(answer, 403)["detail"]
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
    is_problem(program.decline(event), 403)
    assert program.titles() == ["Breakfast"]
    assert places.of(event, ana) is None


def test_an_answer_is_kept_by_nobody_on_the_way_and_sets_no_cookie(program):
    answer = program.ask("GET", EVENTS)

    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_a_change_is_noted_and_looking_is_not(program, space):
    event = soon(space=space)
    program.get()
    assert program.key.last_changed_on is None

    program.come(event)

    assert program.key.last_changed_on == utcnow().date()


def test_each_key_may_ask_so_often_and_is_told_when_again(settings, space):
    db.session.commit()
    app = make_app(settings, RATELIMIT_ENABLED=True)
    with app.app_context():
        space = make_space("loft")
        one, other = (Program(app, make_member(space=space)) for _ in range(2))
        try:
            answers = [one.ask("GET", EVENTS) for _ in range(121)]

            assert {answer.status_code for answer in answers[:120]} == {200}
            is_problem(answers[120], 429)
            assert 0 < int(answers[120].headers["Retry-After"]) <= 60
            assert other.ask("GET", EVENTS).status_code == 200
        finally:
            limiter.reset()
            db.session.remove()
            db.engine.dispose()


# What there is.


def test_the_list_has_what_the_member_may_see_soonest_first(program, ana, space):
    later = utcnow() + timedelta(days=8)
    group = make_group(space, "potters")
    make_event(space, starts_at=later, title="Ours")
    soon(space=space, title="Sooner")
    soon(space=space, title="Followers", visibility=Visibility.GROUP, group=group)
    soon(space=space, title="Link", visibility=Visibility.LINK)
    soon(space=space, title="Draft", status=EventStatus.DRAFT)
    soon(title="Elsewhere")
    soon(title="Open to all", visibility=Visibility.PUBLIC)
    past(space=space, title="Over")

    assert program.titles() == ["Sooner", "Open to all", "Ours"]

    make_following(group, ana)
    assert program.titles() == ["Sooner", "Followers", "Open to all", "Ours"]
    assert program.titles(f"{EVENTS}?space=mill") == ["Sooner", "Followers", "Ours"]
    assert program.titles(f"{EVENTS}?group=potters") == ["Followers"]
    assert program.titles(f"{EVENTS}?space=nowhere") == []


def test_whoever_goes_on_gets_everything_once(any_database):
    space = make_space()
    program = Program(any_database, make_member(space=space))
    moment = utcnow() + timedelta(days=3)
    for number in range(5):  # three at the same time
        starts_at = moment + timedelta(days=max(0, number - 2))
        make_event(space, title=str(number), starts_at=starts_at)
    seen, address = [], f"{EVENTS}?limit=2"

    while address:
        page = program.get(address)
        seen += [event["title"] for event in page["events"]]
        after = page["next"]
        address = f"{EVENTS}?limit=2&after={after}" if after else None

    assert seen == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(
    "query",
    [
        "limit=101",
        "limit=0",
        "limit=many",
        "after=yesterday",
        "after=",
        "after=1893456000000000-9999999999",
        "after=\uff11\uff18-1",
        "grup=potters",
    ],
)
def test_a_question_that_cannot_be_is_refused_by_name(program, query):
    said = is_problem(program.ask("GET", f"{EVENTS}?{query}"), 422)

    assert query.split("=")[0] in said["errors"]["query"]


def test_my_rsvps_are_those_events_of_which_i_have_spoken(program, ana, space):
    make_rsvp(soon(space=space, title="Going"), ana)
    make_rsvp(soon(space=space, title="Not"), ana, RsvpStatus.DECLINED)
    make_rsvp(soon(space=space, title="Others go"))

    events = program.get("/api/v1/rsvps")["events"]

    said = {event["title"]: event["my_rsvp"]["status"] for event in events}
    assert said == {"Going": "going", "Not": "declined"}


def test_an_event_says_what_its_page_says_and_names_nobody(program, ana, space):
    event = soon(
        space=space,
        capacity=10,
        description="*Bread*",
        online_url="https://meet.example.org/room",
        questions=[QUESTION],
        hosts=[make_member("Hana Sato", space=space)],
    )
    make_rsvp(event, make_member("Bo Quist", space=space), is_shown=True, guests=1)
    make_rsvp(event, make_member("Cy Dahl", space=space))
    hidden = make_member("Di Eze", space=space)
    make_rsvp(event, hidden, is_shown=True)
    make_block(hidden, ana)

    answer = program.ask("GET", f"{EVENTS}/{event.id}")

    said = answer.json
    assert said["others_coming"] == 3  # Bo, the guest and Cy; Di is not counted
    assert said["places"] == "Places free"
    assert said["description"] == "*Bread*"
    assert said["questions"] == [QUESTION]
    assert said["online_url"] is None
    assert said["my_rsvp"] is None
    assert said["url"] == f"http://localhost/events/{event.id}"
    assert said["timezone"] == "Europe/Brussels"
    assert not {"capacity", "hosts", "rsvps"} & said.keys()
    for name in ("Bo", "Cy", "Di", "Hana"):
        assert name not in answer.text


def test_how_to_get_in_online_is_for_those_who_go(program, ana, space):
    event = soon(space=space, online_url="https://meet.example.org/room")
    make_rsvp(event, ana)

    said = program.get(f"{EVENTS}/{event.id}")

    assert said["online_url"] == "https://meet.example.org/room"


def test_whoever_does_not_take_part_is_told_of_no_company(app, space):
    event = soon(space=space, visibility=Visibility.PUBLIC)
    make_rsvp(event)
    stranger = Program(app, make_member("Sy", space=make_space("loft")))

    assert stranger.get(f"{EVENTS}/{event.id}")["others_coming"] is None


@pytest.mark.parametrize(
    ("method", "tail"), [("GET", ""), ("PUT", "/rsvp"), ("DELETE", "/rsvp")]
)
def test_an_event_that_is_not_for_one_answers_like_one_that_is_not_there(
    program, ana, space, method, tail
):
    host = make_member("Bo", space=space)
    make_block(host, ana)
    hidden = [
        soon(title="Elsewhere"),
        soon(space=space, status=EventStatus.DRAFT),
        soon(space=space, visibility=Visibility.LINK),
        soon(space=space, hosts=[host]),
    ]

    nothing = program.ask(method, f"{EVENTS}/999999{tail}")

    is_problem(nothing, 404)
    for event in hidden:
        answer = program.ask(method, f"{EVENTS}/{event.id}{tail}")
        assert (answer.status_code, answer.data) == (nothing.status_code, nothing.data)
        assert places.of(event, ana) is None


# Coming.


def test_the_same_twice_is_the_same_place_and_the_same_answer(program, ana, space):
    event = soon(space=space, capacity=2, guests_each=1, questions=[QUESTION])
    wishes = {"guests": 1, "answers": {"food": "Bread"}, "is_shown": True}

    first = program.come(event, **wishes)
    number = places.of(event, ana).number
    second = program.come(event, **wishes)

    assert first.status_code == second.status_code == 200
    assert first.json == second.json
    assert first.json["status"] == "going"
    assert first.json["answers"] == {"food": "Bread"}
    assert places.of(event, ana).number == number
    assert event.places_taken == 2


def test_an_answer_that_is_left_out_stays_and_an_empty_one_takes_it_back(
    program, ana, space
):
    drink = dict(QUESTION, id="drink", required=False)
    food = dict(QUESTION, id="food", required=False)
    event = soon(space=space, questions=[food, drink])
    program.come(event, answers={"food": "Bread"})

    both = program.come(event, answers={"drink": "Tea"})
    one = program.come(event, answers={"food": ""})

    assert both.json["answers"] == {"food": "Bread", "drink": "Tea"}
    assert one.json["answers"] == {"drink": "Tea"}


def test_what_is_left_out_stays_as_it_was(program, ana, space):
    event = soon(space=space, guests_each=2)
    program.come(event, guests=2, is_shown=True, remind_hours=72, wants_messages=False)

    said = program.come(event, is_shown=False, guests=2.0).json

    assert said["guests"] == 2
    assert said["remind_hours"] == 72
    assert said["is_shown"] is said["wants_messages"] is False
    assert program.come(event, remind_hours=None).json["remind_hours"] is None


def test_a_full_event_gives_a_place_in_the_queue_and_a_freed_one_is_passed_on(
    app, program, ana, space
):
    event, bo = soon(space=space, capacity=1), make_member("Bo", space=space)
    make_rsvp(event, bo)

    said = program.come(event).json
    assert (said["status"], said["position"]) == ("waiting", 1)

    answer = Program(app, bo).decline(event)
    assert (answer.status_code, answer.data) == (204, b"")
    assert places.of(event, ana).is_going


def test_to_come_takes_the_place_that_is_held(program, ana, space):
    event = soon(space=space, capacity=1, claim_hours=24)
    until = utcnow() + timedelta(hours=3)
    make_rsvp(event, ana, RsvpStatus.OFFERED, offered_until=until)
    assert program.get(f"{EVENTS}/{event.id}")["my_rsvp"]["offered_until"]

    assert program.come(event).json["status"] == "going"


def test_declining_twice_is_declining(program, ana, space):
    event = soon(space=space)
    program.come(event)

    assert [program.decline(event).status_code for _ in range(2)] == [204, 204]
    assert places.of(event, ana).status is RsvpStatus.DECLINED
    assert program.get(f"{EVENTS}/{event.id}")["my_rsvp"]["status"] == "declined"


@pytest.mark.parametrize(
    ("fields", "body", "sentence"),
    [
        ({"guests_each": 1}, {"guests": 2}, "Each may bring 1 at most."),
        ({"questions": [QUESTION]}, {}, "Answer this first"),
        ({}, {"answers": {"nobody asked": "x"}}, "does not ask all of that"),
        ({"status": EventStatus.CANCELLED}, {}, "does not take place"),
    ],
)
def test_a_rule_that_says_no_says_it_in_its_sentence(
    program, ana, space, fields, body, sentence
):
    event = soon(space=space, **fields)

    assert sentence in is_problem(program.come(event, **body), 409)["detail"]
    assert places.of(event, ana) is None


def test_whoever_does_not_take_part_is_told_to_join(app, space):
    event = soon(space=space, visibility=Visibility.PUBLIC)
    stranger = Program(app, make_member("Sy"))

    assert "Join" in is_problem(stranger.come(event), 409)["detail"]


def test_a_suspended_member_does_not_come(app, space):
    event = soon(space=space, visibility=Visibility.PUBLIC)
    sue = make_member("Sue", space=space, status=MembershipStatus.SUSPENDED)

    is_problem(Program(app, sue).come(event), 409)


def test_when_signing_up_is_over_only_what_is_ones_own_changes(program, ana, space):
    event = soon(space=space, guests_each=1, rsvp_closes_at=utcnow())
    make_rsvp(event, ana)

    assert program.come(event, is_shown=True).json["is_shown"] is True
    said = is_problem(program.come(event, guests=1, is_shown=False), 409)
    assert "guests and answers stay" in said["detail"]
    assert places.of(event, ana).is_shown


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"guests": "2"}, "guests"),
        ({"guests": -1}, "guests"),
        ({"guests": 1.5}, "guests"),
        ({"guests": True}, "guests"),
        ({"guests": 10**30}, "guests"),
        ({"guests": None}, "guests"),
        ({"is_shown": "yes"}, "is_shown"),
        ({"is_shown": 1}, "is_shown"),
        ({"remind_hours": 0}, "remind_hours"),
        ({"answers": {"food": "x" * 501}}, "answers"),
        ({"answers": {"food": "a\0b"}}, "answers"),
        ({"answers": {"food": "a\ud800b"}}, "answers"),
        ({"answers": ["x"]}, "answers"),
        ({"status": "going"}, "status"),
        ([], "_schema"),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_done(
    program, ana, space, body, named
):
    event = soon(space=space, guests_each=2, questions=[QUESTION | {"required": False}])

    answer = program.ask("PUT", f"{EVENTS}/{event.id}/rsvp", body)

    assert named in is_problem(answer, 422)["errors"]["json"]
    assert places.of(event, ana) is None


@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [
        (b"guests=2", "application/x-www-form-urlencoded", 415),
        (b'{"guests": 2}', "text/plain", 415),
        (b"{", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'"' + b"x" * 2_000_000 + b'"', "application/json", 413),
    ],
)
def test_what_cannot_be_read_does_not_count_as_a_press(
    program, ana, space, data, content_type, status
):
    event = soon(space=space)

    answer = program.client.put(
        f"{EVENTS}/{event.id}/rsvp",
        data=data,
        headers=program.headers | {"Content-Type": content_type},
    )

    is_problem(answer, status)
    assert places.of(event, ana) is None


def test_whoever_came_second_is_told_so(program, monkeypatch, space):
    event = soon(space=space)
    taken = make_rsvp(event)
    same = {"event_id": event.id, "number": taken.number, "made_at": NOON}

    def twice(_event, member, *_args, **_kwargs):
        db.session.add(
            Rsvp(member=member, status=RsvpStatus.GOING, changed_at=NOON, **same)
        )
        db.session.flush()

    monkeypatch.setattr(places, "put_down", twice)

    assert is_problem(program.come(event), 409)


# Where nothing is found, and where something breaks.


def test_an_address_that_is_none_is_answered_as_to_a_program(program):
    for address in ("/api/v1/nowhere", "/api/v2/events", f"{EVENTS}/4294967296"):
        is_problem(program.ask("GET", address), 404)


def test_a_method_that_is_none_says_which_are(program):
    answer = program.ask("POST", f"{EVENTS}/1/rsvp")

    is_problem(answer, 405)
    assert {"PUT", "DELETE"} <= {*answer.headers["Allow"].split(", ")}


def test_a_fault_of_ours_tells_no_secrets(program, monkeypatch):
    monkeypatch.setattr("matchmaker.services.events.agenda.in_order", lambda: 1 / 0)

    answer = program.ask("GET", EVENTS)

    assert "Traceback" not in answer.text
    assert "our fault" in is_problem(answer, 500)["detail"]


# What is said of it.


def test_the_document_names_every_route_and_its_scope(app, visitor):
    document = visitor.get("/api/v1/openapi.json").json

    assert document["openapi"].startswith("3.1")
    routes = {
        (rule.rule.replace("<int:event_id>", "{event_id}"), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods & {"GET", "PUT", "DELETE", "POST"}
        if rule.endpoint.startswith("api.")
    }
    described = {
        (path, method): operation["security"]
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method != "parameters"
    }
    assert described.keys() == routes
    for (_, method), security in described.items():
        needed = Scope.READ if method == "get" else Scope.RSVP
        assert security == [{"key": [needed.value]}]


def test_the_page_explains_every_route_field_and_refusal(visitor):
    document = visitor.get("/api/v1/openapi.json").json
    page = visitor.get("/api").text

    assert "curl -H" in page
    for path, operations in document["paths"].items():
        for method in operations.keys() - {"parameters"}:
            assert f"{method.upper()} {path}" in page
    for schema in document["components"]["schemas"].values():
        for name in schema["properties"]:
            assert f"<code>{name}</code>" in page


def test_answers_are_as_the_document_says(program, ana, space):
    """Every field that is promised comes, and no other."""
    event = soon(space=space, group=make_group(space), questions=[QUESTION])
    make_rsvp(event, ana)
    schemas = program.client.get("/api/v1/openapi.json").json["components"]["schemas"]

    listed = program.get()["events"][0]
    full = program.get(f"{EVENTS}/{event.id}")

    assert listed.keys() == schemas["ListedEvent"]["properties"].keys()
    assert full.keys() == schemas["Event"]["properties"].keys()
    assert full["my_rsvp"].keys() == schemas["MyRsvp"]["properties"].keys()
