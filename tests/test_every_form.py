"""What must hold of every form that there is or will be: it is found, not listed."""

import io
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from matchmaker.extensions import db
from matchmaker.models import Event, utcnow
from tests.conftest import SETTINGS, make_app
from tests.factories import make_event, make_rsvp
from tests.forms import PICKED, Control, Reader, Sent
from tests.world import ANONYMOUS, HOST, MEMBER, ORGANISER, OWN, make_world, rules

NONSENSE = "nonsense é"
# Buttons and ticks beside each other, of which what is unknown is passed over.
NOT_FILLED_IN = re.compile(
    r"person-\d+|slot|event|do|apart|again|twin|back|away|csrf_token"
)


# The library tells of the first thing that is wrong, and of a sign-in not what it is.
FIRST_ONE = ("/sign-in", "/change-password")
# Whatever was typed there is answered alike.
ALIKE = ("/reset-password", "/confirm")


@pytest.fixture(scope="module")
def place(migrated_file, tmp_path_factory):
    """The world, which no nonsense changes, and the forms that were tried in it."""
    path = tmp_path_factory.mktemp("place") / "matchmaker.db"
    shutil.copy(migrated_file, path)
    settings = replace(SETTINGS, demonstration=True, database_url=f"sqlite:///{path}")
    app = make_app(settings, WTF_CSRF_ENABLED=True)
    with app.app_context():
        world = make_world()
        mill = db.session.get_one(Event, world.mill_event).space
        begun = utcnow() - timedelta(days=1)
        over = make_event(mill, starts_at=begun, hosts=[world.who(HOST)])
        for role in (MEMBER, HOST):
            make_rsvp(over, world.who(role), checked_in_at=begun)
        db.session.commit()
        yield app, world, over.id, set()
        db.session.remove()
        db.engine.dispose()


def pages(app, world, role, over) -> Iterator[str]:
    for rule in rules(app, "GET"):
        with app.test_request_context():
            arguments = world.arguments(rule, role, OWN)
            yield app.url_for(rule.endpoint, **arguments)
            if "event_id" in arguments:
                yield app.url_for(rule.endpoint, **arguments | {"event_id": over})


def forms_on(browser, url) -> Iterator[Sent]:
    """The forms of a page in which something is typed or chosen."""
    answer = browser.get(url)
    answer.close()
    if not answer.content_type.startswith("text/html") or "/html" in url:
        return
    for form in Reader(url, answer.text).forms:
        if form.method == "post" and any(map(nonsense_for, form.controls)):
            yield form


def nonsense_for(control: Control) -> str:
    """What nobody can mean; "": nothing is filled in here."""
    if not control.name or NOT_FILLED_IN.fullmatch(control.name):
        return ""
    if "readonly" in control.attributes or "hidden" in control.attributes:
        return ""
    if control.takes_words:
        if control.kind == "password":
            return "short"
        return NONSENSE * (int(control.attributes.get("maxlength", 20_000)) // 10 + 1)
    return NONSENSE if control.kind in PICKED | {"select", "radio", "file"} else ""


def send(browser, form: Sent, wrong: list[Control]):
    data = form.filled()
    for control in wrong:
        said = nonsense_for(control)
        is_file = control.kind == "file"
        data[control.name] = (
            [(io.BytesIO(said.encode()), "a.txt")] if is_file else [said]
        )
    files = any(control.kind == "file" for control in form.controls)
    kind = "multipart/form-data" if files else "application/x-www-form-urlencoded"
    return browser.post(form.action, data=data, content_type=kind)


def faults(answer, form: Sent, wrong: list[Control]) -> Iterator[str]:
    """What is amiss with a page that answers nonsense."""
    if answer.status_code != 422:
        yield f"answers {answer.status_code}"
        return
    page = Reader(form.action, answer.text)
    if not page.title.startswith("Error: "):
        yield f"is titled {page.title}"
    if page.focused != ["problems"] or page.hidden_focus:
        yield f"has the focus at {page.focused}"
    summary = answer.text.split('id="problems"')[-1].split("</ul>")[0]
    if "There is a problem" not in summary:
        yield "does not say that there is a problem"
    for id_ in re.findall(r'href="#([^"]*)"', summary):
        if id_ not in page.ids:
            yield f"leads to #{id_}, which is not there"
    for control in wrong:
        if not is_marked(control, page) and not form.action.startswith(FIRST_ONE):
            yield f"does not mark {control.name}"
        if not is_kept(control, page):
            yield f"has lost {control.name}"


def is_marked(control: Control, page: Reader) -> bool:
    """Whether it is told to be wrong, and why, to who cannot see it."""
    for at in page.all:
        if control.name in (at.get("name"), at.get("id")):  # or the fieldset around it
            described = {*at.get("aria-describedby", "").split()} & page.ids.keys()
            if any(id_.endswith("-error") for id_ in described):
                return True
    return False


def is_kept(control: Control, page: Reader) -> bool:
    if control.kind in {"password", "file", "select", "radio"}:
        return True  # a browser does not take these back, or never had them
    values = [c.value for f in page.forms for c in f.controls if c.name == control.name]
    return nonsense_for(control).split() in [(value or "").split() for value in values]


@pytest.mark.parametrize("role", [ANONYMOUS, MEMBER, HOST, ORGANISER])
def test_nonsense_is_told_at_its_field_and_nothing_typed_is_lost(place, role):
    app, world, over, tried = place
    browser = app.test_client(user=world.who(role))
    faulty, found = [], set()
    for url in pages(app, world, role, over):
        for form in forms_on(browser, url):
            if form.action in found or form.action in ALIKE:
                continue
            found.add(form.action)
            by_name = {c.name: c for c in form.controls if nonsense_for(c)}
            if (form.action, *by_name) in tried:  # another role has the same form
                continue
            tried.add((form.action, *by_name))
            words = [
                c for c in by_name.values() if c.kind != "file"
            ]  # are looked at last
            alone = [[control] for control in by_name.values() if [control] != words]
            for wrong in [words, *alone]:
                names = ", ".join(control.name for control in wrong)
                answer = send(browser, form, wrong)
                faulty += [
                    f"{form.action} with {names} wrong {fault}"
                    for fault in faults(answer, form, wrong)
                ]
    assert not faulty, "\n".join(faulty)
    assert len(found) >= 3
