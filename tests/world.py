"""One small community with somebody of every kind in it, for the tests of the whole.

Everything that is not a role's own belongs to Ana.
"""

import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from matchmaker.extensions import db
from matchmaker.mail import letters, links
from matchmaker.models import (
    Answer,
    ApiKey,
    Introduction,
    Letter,
    Member,
    MembershipStatus,
    Role,
    Scope,
    Space,
    utcnow,
)
from matchmaker.services.events.calendars.ics import reader
from tests.factories import (
    NOON,
    make_api_key,
    make_block,
    make_event,
    make_following,
    make_group,
    make_group_picture,
    make_introduction,
    make_invited,
    make_member,
    make_picture,
    make_report,
    make_request,
    make_round,
    make_round_decision,
    make_rsvp,
    make_session,
    make_slot,
    make_source,
    make_space,
    make_topic,
    make_twins,
)

ANONYMOUS = "anonymous"
MEMBER = "member"  # introduced to Ana
OTHER = "other member"  # of the same space, not introduced to her
BLOCKED = "blocked member"  # was introduced to Ana, who then blocked him
HOST = "host"
ORGANISER = "organiser"
ELSEWHERE = "organiser of another space"
OPERATOR = "operator"
SUSPENDED = "suspended"
ROLES = (
    ANONYMOUS,
    MEMBER,
    OTHER,
    BLOCKED,
    HOST,
    ORGANISER,
    ELSEWHERE,
    OPERATOR,
    SUSPENDED,
)
WEEK = "2030-W18"
OWN, OTHERS = "their own", "others'"


@dataclass(frozen=True)
class World:
    """The numbers of what there is; rows are looked up where they are needed."""

    ana: int
    members: dict[str, int]
    own_introductions: dict[str, int]
    own_invitations: dict[str, int]
    # Everybody of a space goes to its one event; the mill's is run by its host.
    mill_event: int
    loft_event: int
    # Of both events, by their number: the key, and a picture.
    keys: dict[int, str]
    pictures: dict[int, int]
    # Minutes with a mentor: what a role has booked, and Ana or nobody, by event.
    own_slots: dict[str, int]
    slots: dict[int, int]
    # By role and scope: a key's number, and the key.
    api_keys: dict[tuple[str, Scope], tuple[int, str]]
    # By role: the number of the session under which their browser is signed in.
    sessions: dict[str, int]
    # Two accounts of each space that may be one person's.
    twins: dict[str, tuple[int, int]]
    # Somebody asks to join each space.
    requests: dict[str, int]
    # A topic of each space's own, by its slug.
    topics: dict[str, int]
    decisions: dict[str, int]
    # A report in each space, of one member of it about another.
    reports: dict[str, int]
    # A calendar of each space, by its slug; somebody has yet to look at it.
    sources: dict[str, int]
    # A group of each space, by its slug; the mill's is run by its host.
    groups: dict[str, int]
    anas_introduction: int
    anas_invitation: int
    letter: int

    def who(self, role: str) -> Member | None:
        id_ = self.members.get(role)
        return db.session.get_one(Member, id_) if id_ else None

    def arguments(self, rule: Rule, role: str, whose: str) -> dict[str, Any]:
        """Fill in a rule's arguments with what is the role's own, or Ana's."""
        own = whose == OWN
        id_ = self.members.get(role, self.ana) if own else self.ana
        introduction = (
            self.own_introductions.get(role, self.anas_introduction)
            if own
            else self.anas_introduction
        )
        if rule.endpoint == "organiser.decide_twins":
            slug = "loft" if own == (role == ELSEWHERE) else "mill"
            first, second = self.twins[slug]
            return {"slug": slug, "id_": first, "other_id": second}
        if rule.endpoint.startswith("mailbox."):
            introduction = self.letter
        event = self.loft_event if own == (role == ELSEWHERE) else self.mill_event
        people = rule.endpoint.startswith(("people.", "safety.", "organiser."))
        slug = "loft" if own == (role == ELSEWHERE) else "mill"
        values = {
            "id_": id_ if people else introduction,
            "event_id": event,
            "key": self.keys[event],
            "picture_id": self.pictures[event],
            "slot_id": (self.own_slots if own else {}).get(role, self.slots[event]),
            "member_id": id_,
            "written": "csv",
            "group": "potters",
            "slug": slug,
            "key_id": self.api_keys[role if own else "Ana", Scope.READ][0],
            "session_id": self.sessions[role if own else "Ana"],
            "source_id": self.sources[slug],
            "report_id": self.reports[slug],
            "request_id": self.requests[slug],
            "topic_id": self.topics[slug],
            "decision_id": self.decisions[slug],
            "week": WEEK,
            "year_month": "2030-05",
            "token": self._token(rule, id_, introduction, role if own else ""),
            "filename": "app.css",
        }
        return {name: values[name] for name in rule.arguments}

    def _token(self, rule: Rule, id_: int, introduction: int, role: str) -> str:
        invitation = self.own_invitations.get(role, self.anas_invitation)
        if rule.endpoint == "accounts.invitation":
            return links.sign(links.Purpose.INVITATION, invitation)
        if rule.endpoint == "memberships.come_back":
            member = db.session.get_one(Member, id_)
            return links.sign(
                links.Purpose.COME_BACK, *(m.id for m in member.memberships[:1])
            )
        if rule.endpoint.startswith("unsubscribe."):
            return links.sign(links.Purpose.UNSUBSCRIBE, invitation)
        if rule.endpoint == "groups.by_letter":
            group = self.groups["loft" if role == ELSEWHERE else "mill"]
            return links.sign(links.Purpose.GROUP_LETTERS, group, id_)
        if rule.endpoint.startswith("calendars."):
            return links.sign(links.Purpose.CALENDAR, id_, 0)
        if rule.endpoint in {"door.ticket", "feedback.by_letter"}:
            event = self.loft_event if role == ELSEWHERE else self.mill_event
            is_code = rule.endpoint == "door.ticket"
            purpose = links.Purpose.CHECK_IN if is_code else links.Purpose.RSVP
            return links.sign(purpose, event, id_)
        if rule.endpoint.startswith("events."):
            event = self.loft_event if role == ELSEWHERE else self.mill_event
            stops = rule.endpoint == "events.stop_messages"
            purpose = links.Purpose.EVENT_MESSAGES if stops else links.Purpose.RSVP
            return links.sign(purpose, event, id_)
        return links.sign(links.Purpose.SIDE, introduction, id_)


def make_world() -> World:
    mill = make_space("mill", name="The Old Mill")
    loft = make_space("loft", name="The Loft")
    ana = make_member("Ana Duarte", space=mill, offers=["grant writing"])
    partner = make_member("Pat Ito", space=mill)
    partner_elsewhere = make_member("Lou Kern", space=loft)
    people = {
        MEMBER: make_member("Ben Osei", space=mill),
        OTHER: make_member("Nora Lind", space=mill),
        BLOCKED: make_member("Bo Quist", space=mill),
        HOST: make_member("Hana Sato", space=mill, role=Role.HOST),
        ORGANISER: make_member("Olga Berg", space=mill, role=Role.ORGANISER),
        ELSEWHERE: make_member("Otto Blum", space=loft, role=Role.ORGANISER),
        OPERATOR: make_member("Opal Reyes", is_operator=True),
        SUSPENDED: make_member(
            "Sue Vance", space=mill, status=MembershipStatus.SUSPENDED
        ),
    }
    for space in (mill, loft):
        make_round(space, WEEK)
    met = make_introduced(people[MEMBER], ana)
    make_introduced(people[BLOCKED], ana)
    make_block(ana, people[BLOCKED])
    invited = {
        role: make_invited(f"Ivo {role}", space=_space_of(role, mill, loft))
        for role in ROLES
    }
    letter = letters.introduction(met.sides[0], NOON)
    mill_group, loft_group = (make_group(space, "potters") for space in (mill, loft))
    make_following(mill_group, people[HOST], is_host=True)
    make_following(mill_group, ana, wants_letters=True)
    for group in (mill_group, loft_group):
        make_group_picture(group)
    mill_event, loft_event = (
        make_event(group.space, group=group) for group in (mill_group, loft_group)
    )
    mill_event.hosts.append(people[HOST])
    loft_event.hosts.append(partner_elsewhere)
    make_rsvp(mill_event, ana)
    for role, member in people.items():
        if role != OPERATOR:
            make_rsvp(loft_event if role == ELSEWHERE else mill_event, member)
    world = World(
        ana=ana.id,
        members={role: member.id for role, member in people.items()},
        own_introductions={
            role: make_introduced(
                member, partner_elsewhere if role == ELSEWHERE else partner
            ).id
            for role, member in people.items()
            if role != OPERATOR
        },
        own_invitations={
            role: member.memberships[0].id for role, member in invited.items()
        },
        mill_event=mill_event.id,
        loft_event=loft_event.id,
        keys={event.id: event.key for event in (mill_event, loft_event)},
        pictures={
            event.id: make_picture(event, is_cover=True).id
            for event in (mill_event, loft_event)
        },
        own_slots={
            role: (
                make_slot(loft_event, partner_elsewhere, member)
                if role == ELSEWHERE
                else make_slot(mill_event, partner, member)
            ).id
            for role, member in people.items()
            if role != OPERATOR
        },
        slots={
            mill_event.id: make_slot(mill_event, partner, ana).id,
            loft_event.id: make_slot(loft_event, partner_elsewhere).id,
        },
        api_keys={
            (role, scope): _numbered(make_api_key(member, scope))
            for role, member in {**people, "Ana": ana, ANONYMOUS: ana}.items()
            for scope in Scope
        },
        sessions={
            role: make_session(member).id
            for role, member in {**people, "Ana": ana, ANONYMOUS: ana}.items()
        },
        sources={
            space.slug: make_source(space, url=None, pending=reading_of_a_talk()).id
            for space in (mill, loft)
        },
        twins={
            space.slug: make_twins(
                make_member("Tia Two", space=space), make_member("Tia Two", space=space)
            )
            for space in (mill, loft)
        },
        requests={
            space.slug: make_request(make_member("Nia New"), space).id
            for space in (mill, loft)
        },
        topics={space.slug: make_topic(space).id for space in (mill, loft)},
        decisions={
            space.slug: make_round_decision(space, each).id
            for space, each in ((mill, ana), (loft, partner_elsewhere))
        },
        reports={
            "mill": make_report(people[OTHER], people[MEMBER]).id,
            "loft": make_report(partner_elsewhere, event=loft_event).id,
        },
        groups={"mill": mill_group.id, "loft": loft_group.id},
        anas_introduction=make_introduced(ana, partner).id,
        anas_invitation=make_invited("Ida", space=mill).memberships[0].id,
        letter=_id_of(letter),
    )
    db.session.commit()
    return world


class Clerk:
    """Somebody who looks at nothing but whether others have written anything."""

    def __init__(self, app: Flask) -> None:
        path = app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///")
        self.connection = sqlite3.connect(path)
        self.before = self._version()

    def __del__(self) -> None:
        self.connection.close()

    def has_seen_a_change(self) -> bool:
        """Whether another connection has committed one since the last time."""
        before, self.before = self.before, self._version()
        return self.before != before

    def _version(self) -> int:
        (version,) = self.connection.execute("PRAGMA data_version").fetchone()
        return int(version)


def _numbered(made: tuple[ApiKey, str]) -> tuple[int, str]:
    key, text = made
    return key.id, text


def make_introduced(*members: Member) -> Introduction:
    return make_introduction(
        *members, answers=[Answer.YES] * len(members), introduced_at=NOON
    )


def calendar_of_a_talk() -> str:
    """One talk, a month from today."""
    starts = f"DTSTART:{utcnow() + timedelta(days=30):%Y%m%dT%H0000Z}"
    entry = ["BEGIN:VEVENT", "UID:1@example.org", starts, "SUMMARY:Talk", "END:VEVENT"]
    return "\r\n".join(["BEGIN:VCALENDAR", *entry, "END:VCALENDAR"])


def reading_of_a_talk() -> str:
    """What is kept of that calendar, until somebody has looked at it."""
    return json.dumps(reader.read(calendar_of_a_talk().encode(), UTC, utcnow()))


def _space_of(role: str, mill: Space, loft: Space) -> Space:
    return loft if role == ELSEWHERE else mill


def _id_of(letter: Letter) -> int:
    db.session.flush()
    return letter.id


def rules(app: Flask, *methods: str) -> list[Rule]:
    return [
        rule
        for rule in app.url_map.iter_rules()
        if not methods or (rule.methods and rule.methods & {*methods})
    ]
