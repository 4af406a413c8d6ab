"""At events nobody meets, sees, reads of or counts whom a block parts from them.

A community goes to an event that is over, one that goes on and one to come; they are
seated, introduced, book hours, tell how it was and are written to. Some were parted
before all that, some after, and some without anything being cleared away, so that only
the filters stand between. Then everybody opens every page, feed and file there is.
"""

import io
import itertools
import re
import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from itsdangerous import TimestampSigner
from sqlalchemy import delete, or_, select, update

from matchmaker.extensions import db
from matchmaker.mail import arrangements, event_changes, links
from matchmaker.mail.message import message
from matchmaker.mail.recheck import why_not
from matchmaker.models import (
    Encounter,
    Event,
    EventKind,
    Introduction,
    LeftOut,
    Letter,
    Member,
    Recollection,
    Role,
    Rsvp,
    RsvpStatus,
    Seat,
    Side,
    Slot,
    TimelineEntry,
    Verdict,
    utcnow,
)
from matchmaker.models.block import Block
from matchmaker.queries.visibility import events_visible_to
from matchmaker.refusal import Refusal
from matchmaker.services import safety
from matchmaker.services.events import places, reminders
from matchmaker.services.events.afterwards import feedback, thanks
from matchmaker.services.events.room import (
    door,
    introducing,
    mentor_hours,
    present,
    seating,
)
from matchmaker.services.events.running import messages
from tests.conftest import SETTINGS, make_app
from tests.factories import (
    make_api_key,
    make_block,
    make_event,
    make_following,
    make_group,
    make_member,
    make_space,
)
from tests.letters import read as read_letter
from tests.world import rules

PEOPLE = 8
ORGANISERS = (6, 7)
LOOKING = (1, 5, 6)  # a host, a member and an organiser
FIELDS = (
    "name",
    "headline",
    "company",
    "bio",
    "offer",
    "want",
    "answer",
    "note",
    "topic",
    "email",
    "bio",
    "interest",
)
# Which link of a letter opens which pages.
TOKENS = {
    "events.by_letter": links.Purpose.RSVP,
    "events.stop_messages": links.Purpose.EVENT_MESSAGES,
    "feedback.by_letter": links.Purpose.RSVP,
    "door.ticket": links.Purpose.CHECK_IN,
    "calendars.mine": links.Purpose.CALENDAR,
    "calendars.everything": links.Purpose.CALENDAR,
}
# Names to pick or to edit in a form can hold no link; the others on the page do.
CHOICES = re.compile(
    r"<option.*?</option>|<textarea.*?</textarea>|<input[^>]*>", re.DOTALL
)
# Pages that name people without a link to block or report them, and why.
UNLINKED = (
    r"^/people/\d+/safety",  # that page itself
    r"/badges$",  # printed
    r"/tables$",  # printed
)
# What a spreadsheet holds is read as such; everything else is text.
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def canary(number, field):
    """A word of one member's own. The name sorts nobody before the others."""
    return f"Zq{number}x{FIELDS.index(field):x}"


def canaries(number):
    return {canary(number, field).lower() for field in FIELDS}


@dataclass
class Community:
    members: list[int]
    programs: list[str]  # the keys of the members' programs
    events: dict[str, int]
    keys: list[str]

    def member(self, number):
        return db.session.get_one(Member, self.members[number])

    def event(self, name):
        return db.session.get_one(Event, self.events[name])

    def parted_from(self, number):
        """The numbers of those whom a block parts from one, whoever made it."""
        id_ = self.members[number]
        pairs = db.session.execute(select(Block.blocker_id, Block.blocked_id)).all()
        return {
            self.members.index(other)
            for pair in pairs
            for one, other in (pair, pair[::-1])
            if one == id_
        }

    def blocked_by(self, number):
        blocks = select(Block.blocked_id).where(
            Block.blocker_id == self.members[number]
        )
        return set(db.session.scalars(blocks))


@pytest.fixture(scope="module")
def gathered(migrated_file, tmp_path_factory):
    """A file with the community in it, who they are, and the moment that it is."""
    path = tmp_path_factory.mktemp("community") / "matchmaker.db"
    shutil.copy(migrated_file, path)
    now = utcnow()
    app = make_app(replace(SETTINGS, database_url=f"sqlite:///{path}"))
    with pytest.MonkeyPatch.context() as monkeypatch, app.app_context():
        stop_the_clock(monkeypatch, now)
        community = gather(now)
        db.session.remove()
        db.engine.dispose()
    return path, community, now


@pytest.fixture
def community(gathered, settings, app, monkeypatch):
    """The community, in a file of the test's own."""
    path, community, now = gathered
    shutil.copy(path, settings.database_url.removeprefix("sqlite:///"))
    stop_the_clock(monkeypatch, now)
    return community


def gather(now):
    space = make_space("mill", timezone="Europe/Brussels")
    people = [_member(number, space) for number in range(PEOPLE)]
    group = make_group(space, "potters")
    for number, member in enumerate(people):
        make_following(group, member, is_host=number == 3)
    events = {
        "over": _event(space, group, now - timedelta(hours=30), people[0]),
        "on": _event(space, None, now - timedelta(minutes=30), people[1]),
        "soon": _event(space, group, now + timedelta(days=3), people[2]),
        "nobody's": _event(space, None, now + timedelta(days=5)),
    }
    community = Community(
        [member.id for member in people],
        [make_api_key(member)[1] for member in people],
        {name: event.id for name, event in events.items()},
        [event.key for event in events.values()],
    )
    before, after, raw = _blocks(people)
    for blocker, blocked in before:
        safety.block(blocker, blocked, now)
    for name in events:
        _come(community, name)
    _happen(community, now)
    for blocker, blocked in after:
        safety.block(blocker, blocked, now)
    for blocker, blocked in raw:
        make_block(blocker, blocked)
    db.session.commit()
    return community


def stop_the_clock(monkeypatch, now):
    """Let every page be opened at one moment, however long it takes to look at all.

    Two that say the time, or that have a link which holds it, are then the same.
    """
    for name, module in list(sys.modules.items()):
        if name.startswith("matchmaker.") and vars(module).get("utcnow") is utcnow:
            monkeypatch.setattr(module, "utcnow", lambda: now)
    second = int(now.timestamp())
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _signer: second)


def _member(number, space):
    said = {field: canary(number, field) for field in FIELDS}
    return make_member(
        said["name"],
        space=space,
        role=Role.ORGANISER if number in ORGANISERS else Role.MEMBER,
        email=f"{said['email'].lower()}@example.org",
        profile={
            "headline": said["headline"],
            "company": said["company"],
            "bio": said["bio"],
            "mentor_topics": ["grant writing"],
        },
        offers=[said["offer"], "grant writing"],
        wants=[said["want"], "grant writing"],
    )


def _event(space, group, starts_at, *hosts):
    return make_event(
        space,
        title="Breakfast",
        group=group,
        starts_at=starts_at,
        kind=EventKind.SPEED_NETWORKING,
        guests_each=2,
        hosts=list(hosts),
        questions=[{"id": "q", "text": "Diet?", "options": [], "required": False}],
    )


def _blocks(people):
    """Some before, some after, and some that nobody clears up behind."""
    pairs = (
        ((0, 5), (6, 3), (1, 4)),
        ((2, 6), (7, 0), (3, 5)),
        ((7, 4), (5, 2), (1, 7)),
    )
    return tuple([(people[a], people[b]) for a, b in each] for each in pairs)


def _come(community, name):
    """Everybody who finds the event signs up, each with words and guests of their own."""
    event = community.event(name)
    for number in range(PEOPLE):
        member = community.member(number)
        finds = select(Event.id).where(Event.id == event.id, events_visible_to(member))
        if db.session.scalar(finds) is None:
            continue
        wishes = places.Wishes(
            guests=number % 3,
            answers={"q": canary(number, "answer")},
            is_shown=number % 4 != 3,
            wants_introductions=True,
        )
        places.sign_up(event, member, event.starts_at - timedelta(days=2), wishes)
    if name in {"soon", "nobody's"}:  # some wait, and nobody is let in for that
        last = max(event.rsvps, key=lambda rsvp: rsvp.number)
        last.status = RsvpStatus.WAITING


def _happen(community, now):
    for name in ("over", "on"):
        event = community.event(name)
        during = event.starts_at + timedelta(minutes=10)
        for rsvp in list(event.rsvps)[:-1]:
            door.check_in(event, rsvp.member, during, during, event.hosts[0])
        introducing.introduce(event, present.Who.ARRIVED, during, event.hosts[0])
        seating.make(event, present.Who.ARRIVED, 2, 3, 10, during, event.hosts[0])
        seating.start_round(event, 1, during)
        rsvp = event.rsvps[-2]
        door.undo(event, rsvp.member, during, during, event.hosts[0])
    _tell(community.event("over"))
    _book(community.event("soon"), community, now)
    for name in ("on", "soon", "over", "nobody's"):
        event = community.event(name)
        for sender in [*event.hosts, community.member(ORGANISERS[0])]:
            with suppress(Refusal):
                messages.send(event, sender, messages.To.ALL, "News", "Bread.", now)
    for rsvp in thanks.due(now):
        thanks.thank(rsvp, now)
    soon = community.event("soon")
    an_hour_before = soon.starts_at - timedelta(hours=1)
    for rsvp in soon.rsvps:
        reminders.remind(rsvp, an_hour_before)
    before = arrangements.of_event(soon)
    event_changes.changed(soon, list(soon.rsvps), before, now)


def _tell(event):
    later = event.ends_at + timedelta(hours=2)
    for rsvp in event.rsvps:
        if rsvp.has_arrived:
            number = event.rsvps.index(rsvp)
            feedback.tell_verdict(rsvp, list(Verdict)[number % 3], later)
            feedback.tell_come_again(rsvp, True, later)
            said = rsvp.answers["q"].split("x")[0]
            feedback.tell_note(rsvp, f"{said}x{FIELDS.index('note')}", later)
            others = [other.member_id for other in event.rsvps if other is not rsvp]
            again = dict.fromkeys(others, feedback.Wish.AGAIN)
            feedback.tell_of(rsvp, again, later)


def _book(event, community, now):
    """Two mentors offer hours, and everybody books what they find."""
    for mentor in (4, 5):
        mentor_hours.open_hours(
            event,
            community.member(mentor),
            event.starts_at,
            event.ends_at,
            30,
            now,
            event.hosts[0],
        )
    for number in range(PEOPLE):
        member = community.member(number)
        for slot in mentor_hours.open_to(event, member, now)[:1]:
            with suppress(Refusal):
                mentor_hours.book(slot, member, canary(number, "topic"), now)


def addresses(app, community, number):
    """Every address there is for one member to open, with every number in it.

    But for what names to a member those whom they have blocked, and to nobody else.
    """
    member = community.member(number)
    own_blocks = {f"/people/{id_}/safety" for id_ in community.blocked_by(number)}
    own_blocks.add("/profile/blocked")
    introductions = db.session.scalars(select(Introduction.id)).all()
    known = {
        "slug": ["mill"],
        "group": ["potters"],
        "year_month": sorted({f"{event.starts_at:%Y-%m}" for event in _all(community)}),
        "week": ["2030-W19"],
        "event_id": sorted(community.events.values()),
        "key": community.keys,
    }
    for rule in rules(app, "GET"):
        is_about_accounts = rule.endpoint.startswith(("security.", "accounts."))
        if rule.endpoint == "static" or is_about_accounts:
            continue
        is_person = rule.endpoint.startswith(("people.", "safety."))
        tried = known | {
            "id_": community.members if is_person else introductions,
            "token": list(_tokens(community, member, rule.endpoint)),
        }
        names = sorted(rule.arguments)
        for given in itertools.product(*(tried.get(name, [1]) for name in names)):
            with app.test_request_context():
                address = app.url_for(
                    rule.endpoint, **dict(zip(names, given, strict=True))
                )
            if address not in own_blocks:
                yield address
    runs = f"/organise/mill/events/{community.events['on']}"
    yield from (f"{runs}?find=Zq", f"{runs}?q=Zq", "/organise/mill/members?q=Zq")
    yield "/organise/mill/events/new/hosts?q=Zq"


def _all(community):
    return [community.event(name) for name in community.events]


def _tokens(community, member, endpoint):
    """Every link that letters could bring this member, and nobody else's."""
    purpose = TOKENS.get(endpoint)
    if purpose is links.Purpose.CALENDAR:
        yield links.sign(purpose, member.id, member.calendar_version)
    elif purpose is not None:
        for event_id in community.events.values():
            yield links.sign(purpose, event_id, member.id)


def files(community):
    """What is not opened but asked for: exports, and the letter before it goes."""
    for event_id in community.events.values():
        page = f"/organise/mill/events/{event_id}"
        yield f"{page}/people.csv", {}
        yield f"{page}/people.xlsx", {}
        message = {"to": "all", "subject": "News", "words": "Bread."}
        yield f"{page}/message/look", message


def asked_by_programs(community):
    """What a member's program asks for."""
    yield from ("/api/v1/events", "/api/v1/rsvps", "/api/v1/events?group=potters")
    for event_id in community.events.values():
        yield f"/api/v1/events/{event_id}"


def read(response):
    """What a response says, whatever it is written in."""
    if response.mimetype == XLSX:
        sheet = openpyxl.load_workbook(io.BytesIO(response.data)).active
        return "\n".join(str(row) for row in sheet.values)
    if response.mimetype.startswith("image/"):
        return ""
    # Calendars break their lines wherever they like.
    return response.get_data(as_text=True).replace("\r\n ", "")


def everything(app, as_member, community, number, known=None):
    """All that one member is shown, by address; `known` are the addresses to open."""
    browser = as_member(community.member(number))
    shown = {}
    for address in known or list(addresses(app, community, number)):
        response = browser.get(address)
        assert response.status_code < 500, address
        shown[address] = read(response)
    key = {"Authorization": f"Bearer {community.programs[number]}"}
    for address in asked_by_programs(community):
        response = app.test_client().get(address, headers=key)
        assert response.status_code in {200, 404}, address
        # Beside what a browser is told there, which is nothing.
        shown[f"{address} with a key"] = response.get_data(as_text=True)
    for address, form in files(community):
        response = browser.post(address, data=form)
        assert response.status_code < 500, address
        shown[address] = read(response)
    return shown


def without_a_way_to_block(shown, community, others):
    """Where somebody is named on a page that has no way to block or report them, or
    leads to one that isn't theirs."""
    found = []
    for address, text in shown.items():
        is_page = text.startswith("<!doctype html>")
        if not is_page or re.search("|".join(UNLINKED), address):
            continue
        for number in others:
            name, id_ = canary(number, "name"), community.members[number]
            if name not in CHOICES.sub("", text):
                continue
            linked = f'href="/people/{id_}/safety' in text
            if not linked or name not in shown[f"/people/{id_}/safety"]:
                found.append((address, name))
    return found


def test_a_name_without_a_way_to_block_is_noticed(community):
    id_, name = community.members[3], canary(3, "name")
    link = f'<!doctype html>{name} <a href="/people/{id_}/safety">'
    own = {f"/people/{id_}/safety": name}

    assert not without_a_way_to_block({"/events/1": link} | own, community, {3})
    for page in ({"/events/1": f"<!doctype html>{name}"}, {"/events/1": link}):
        nobody = {f"/people/{id_}/safety": "nothing here"}
        shown = (own if page["/events/1"] != link else nobody) | page
        assert without_a_way_to_block(shown, community, {3})


def test_nobody_is_shown_a_word_of_whom_a_block_parts(app, as_member, community):
    seen_of_others, unlinked = 0, []
    for number in range(PEOPLE):
        shown = everything(app, as_member, community, number)
        parted = community.parted_from(number)
        for address, text in shown.items():
            said = text.lower()
            for other in parted:
                leaked = {word for word in canaries(other) if word in said}
                assert not leaked, (number, other, address, leaked)
        said = "\n".join(shown.values()).lower()
        others = {*range(PEOPLE)} - parted - {number}
        seen_of_others += sum(canary(n, "name").lower() in said for n in others)
        unlinked += without_a_way_to_block(shown, community, others)
    assert seen_of_others > PEOPLE  # they do see one another, where nothing parts them
    assert not unlinked, sorted({address for address, _ in unlinked})


def test_no_letter_that_would_go_speaks_of_whom_a_block_parts(community):
    letters = db.session.scalars(select(Letter)).all()
    going = [letter for letter in letters if not why_not(letter, utcnow())]
    assert {letter.kind for letter in going} >= {"event_message", "event_going"}
    spoken_of, told = 0, set()

    for letter in going:
        number = community.members.index(letter.member_id)
        written = read_letter(letter, utcnow()).said
        parcel = message(letter, written, utcnow())
        said = " ".join(
            [str(parcel), written.text, written.html, written.calendar]
        ).lower()
        for other in community.parted_from(number):
            pair = frozenset({letter.member_id, community.members[other]})
            leaked = {word for word in canaries(other) if word in said}
            if leaked and pair in _parted_by_the_rules(community):
                told.add((letter.kind, number, other))
        spoken_of += any(canary(n, "name").lower() in said for n in range(PEOPLE))
    assert not told
    assert spoken_of


def test_nobody_is_sent_to_whom_a_block_parts_from_them(community):
    """Neither at the tables to come, nor at an hour, nor by an introduction."""
    going_on = community.event("on")
    coming = select(Seat).where(Seat.event_id == going_on.id, Seat.round > 1)
    seats = db.session.scalars(coming).all()
    together = {
        frozenset({one.member_id, other.member_id})
        for one, other in itertools.combinations(seats, 2)
        if (one.round, one.table) == (other.round, other.table)
    }
    introduced = {
        frozenset(side.member_id for side in introduction.sides)
        for introduction in db.session.scalars(select(Introduction))
        if introduction.withdrawn_at is None
    }
    hours = {
        frozenset({slot.mentor_id, slot.mentee_id})
        for slot in db.session.scalars(select(Slot).where(Slot.mentee_id.is_not(None)))
    }
    assert together
    assert introduced
    assert hours

    assert not (together | introduced | hours) & _parted_by_the_rules(community)


def _parted_by_the_rules(community):
    """Those whom somebody parted as people do; what they shared was cleared away."""
    before, after, _ = _blocks(community.members)
    return {frozenset(pair) for pair in [*before, *after]}


def test_for_whom_a_block_parts_the_other_might_as_well_not_have_come(
    app, as_member, community, settings, tmp_path
):
    """No number anywhere changes when those are taken away whom one must not see.

    This is the test of every count that there is: what is shown to one member is the
    same to the letter whether those parted from them are at the events or not.
    """
    kept = tmp_path / "kept.db"
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    _copy(path, kept)
    for number in LOOKING:
        parted = [community.members[n] for n in community.parted_from(number)]
        assert parted
        known = list(addresses(app, community, number))
        with_them = everything(app, as_member, community, number, known)
        _copy(kept, path)
        _never_came(parted)
        without = everything(app, as_member, community, number, known)
        _copy(kept, path)
        told = [
            address
            for address, text in with_them.items()
            if _plain(text) != _plain(without[address])
        ]
        assert not told, (number, told)


def test_a_number_that_gives_somebody_away_is_noticed(
    app, as_member, community, settings, tmp_path, monkeypatch
):
    """The twin of the test above: with a page that counts everybody it must fail."""

    def planted(event_id):
        event = db.session.get_one(Event, event_id)
        return f"{len(event.rsvps)} people"

    monkeypatch.setitem(app.view_functions, "room.clock", planted)
    monkeypatch.setattr("tests.test_event_canaries.rules", _only_planted)

    with pytest.raises(AssertionError, match=r"/clock\.json"):
        test_for_whom_a_block_parts_the_other_might_as_well_not_have_come(
            app, as_member, community, settings, tmp_path
        )


def _only_planted(app, *methods):
    return list(app.url_map.iter_rules("room.clock"))


def _copy(source, target):
    """A database file as it is now; SQLite's log is written into it first."""
    db.session.commit()
    with db.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.session.remove()
    db.engine.dispose()
    shutil.copy(source, target)


def _never_came(ids):
    """Take members out of everything that happened at events.

    But the hours that they booked stay booked: an hour is somebody's or it is free, and
    there is no third.
    """
    theirs = select(Side.introduction_id).where(Side.member_id.in_(ids))
    introductions = list(db.session.scalars(theirs))
    for rows in (
        *(
            update(kept)
            .where(kept.introduction_id.in_(introductions))
            .values(introduction_id=None)
            for kept in (Letter, Encounter)
        ),
        delete(Side).where(Side.introduction_id.in_(introductions)),
        delete(Introduction).where(Introduction.id.in_(introductions)),
        delete(LeftOut).where(LeftOut.member_id.in_(ids)),
        delete(Seat).where(Seat.member_id.in_(ids)),
        delete(Recollection).where(
            or_(Recollection.member_id.in_(ids), Recollection.other_id.in_(ids))
        ),
        delete(TimelineEntry).where(
            or_(TimelineEntry.member_id.in_(ids), TimelineEntry.about_id.in_(ids))
        ),
        delete(Rsvp).where(Rsvp.member_id.in_(ids)),
    ):
        db.session.execute(rows.execution_options(synchronize_session=False))
    db.session.commit()


def _plain(text):
    """Without what differs from one request to the next: secrets.

    And without the part of the room's console that says how many have somebody to look
    for: as with hours, they have or they have not, whoever it is.
    """
    text = re.sub(
        r'<section[^>]* id="introductions">.*?</section>', "", text, flags=re.S
    )
    for pattern in (
        r'name="csrf_token"[^>]*>',
        r'"?csrf[-_a-z]*"?[:=]\s*"[^"]*"',
        r"[?&]v=[0-9a-f]+",
        r'"token":"[^"]*"',
    ):
        text = re.sub(pattern, "", text)
    return text
