"""Make what a test needs. Pass what the test is about; the rest is ordinary."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import select

from matchmaker.enums import GainKind
from matchmaker.extensions import db
from matchmaker.models import (
    Answer,
    ApiKey,
    CalendarSource,
    Concern,
    Consent,
    DecisionKind,
    Encounter,
    Event,
    EventStatus,
    Following,
    Group,
    GroupPicture,
    Introduction,
    Joining,
    JoinRequest,
    Kind,
    Likeness,
    Member,
    MemberSession,
    Membership,
    MembershipStatus,
    Part,
    Picture,
    PossibleTwins,
    Profile,
    Recollection,
    Role,
    Round,
    RoundDecision,
    Rsvp,
    RsvpStatus,
    SafetyReport,
    Scope,
    Side,
    Slot,
    Space,
    SpaceTopic,
    StatedGain,
)
from matchmaker.models.base import digest
from matchmaker.models.block import Block

NOON = datetime(2030, 5, 6, 12, tzinfo=UTC)  # a Monday
ALWAYS = datetime(9000, 1, 1, tzinfo=UTC)
T = TypeVar("T")

_numbers = count(1)


def make_space(slug: str = "", **fields: Any) -> Space:
    slug = slug or f"space-{next(_numbers)}"
    return _save(
        Space(
            **(
                {
                    "slug": slug,
                    "name": "The Old Mill",
                    "timezone": "UTC",
                    "joining": Joining.OPEN,
                }
                | fields
            )
        )
    )


def make_topic(space: Space, **fields: Any) -> SpaceTopic:
    return _save(
        SpaceTopic(
            space_id=space.id, **({"name": "Letterpress", "created_at": NOON} | fields)
        )
    )


def make_member(
    name: str = "Ana",
    *,
    space: Space | None = None,
    role: Role = Role.MEMBER,
    status: MembershipStatus = MembershipStatus.ACTIVE,
    introductions: bool = True,
    membership: dict[str, Any] | None = None,
    profile: dict[str, Any] | None = None,
    offers: Sequence[str] = (),
    wants: Sequence[str] = (),
    interests: Sequence[str] = (),
    **fields: Any,
) -> Member:
    """Make somebody who has joined, and said yes to introductions, if there is a space."""
    member = Member(
        **(
            {
                "name": name,
                "email": f"member{next(_numbers)}@example.org",
                "password": "unusable",
                "confirmed_at": NOON,
                "profile": Profile(
                    **(
                        {
                            "offers": [*offers],
                            "wants": [*wants],
                            "interests": [*interests],
                        }
                        | (profile or {})
                    )
                ),
            }
            | fields
        )
    )
    if space is not None:
        joined = status is not MembershipStatus.INVITED
        says_yes = introductions and joined
        member.memberships.append(
            Membership(
                space=space,
                role=role,
                status=status,
                wants_introductions=says_yes,
                joined_at=NOON if joined else None,
                invited_at=None if joined else NOON,
                consents=[
                    Consent(given=says_yes, wording="Yes.", way="a test", made_at=NOON)
                ]
                if joined
                else [],
                **(membership or {}),
            )
        )
    return _save(member)


def token_of(member: Member) -> str:
    """Give the token in the cookie of the member's browser, see `make_session`."""
    return f"a token of member {member.id}"


def make_session(member: Member, **fields: Any) -> MemberSession:
    """Sign a browser of the member's in, unless it is; it stays so whatever the time."""
    if member.id is None:
        db.session.flush()
    fields = {"digest": digest(token_of(member))} | fields
    there = select(MemberSession).where(MemberSession.digest == fields["digest"])
    return db.session.scalar(there) or _save(
        MemberSession(
            **(
                {
                    "member": member,
                    "made_under": member.fs_uniquifier,
                    "device": "Firefox on Linux",
                    "created_at": NOON,
                    "last_seen_at": NOON,
                    "expires_at": ALWAYS,
                }
                | fields
            )
        )
    )


def make_invited(name: str = "Ivo", *, space: Space, **fields: Any) -> Member:
    """Make somebody who was imported and has not answered the invitation."""
    return make_member(
        name,
        space=space,
        status=MembershipStatus.INVITED,
        **({"password": None, "confirmed_at": None} | fields),
    )


def make_pair(space: Space) -> tuple[Member, Member]:
    """Make two members who could help each other."""
    return (
        make_member("Ana", space=space, offers=["grant writing"], wants=["Postgres"]),
        make_member("Ben", space=space, offers=["Postgres"], wants=["grant writing"]),
    )


def make_round(space: Space, week: str = "2030-W19", **fields: Any) -> Round:
    return _save(
        Round(
            **(
                {"space": space, "week": week, "seed": 1, "value": 1.0, "bound": 1.0}
                | {"is_optimal": True, "made_at": NOON}
                | fields
            )
        )
    )


def make_introduction(
    *members: Member,
    round_: Round | None = None,
    answers: Sequence[Answer | None] = (),
    kind: Kind = Kind.PEERS,
    **fields: Any,
) -> Introduction:
    """Introduce members of one space: each gains what the next one offers."""
    if round_ is None:
        years, week = divmod(next(_numbers), 50)
        round_ = make_round(
            members[0].memberships[0].space, f"{1900 + years}-W{week + 1:02}"
        )
    said = [*answers, *[None] * (len(members) - len(answers))]
    parts = (
        [Part.MENTOR, Part.MENTEE]
        if kind is Kind.MENTORING
        else [Part.PEER] * len(members)
    )
    return _save(
        Introduction(
            **(
                {
                    "round": round_,
                    "kind": kind,
                    "value": 0.5,
                    "industry_distance": 1.0,
                    "made_at": NOON,
                    "ends_at": NOON + timedelta(days=7),
                    "sides": [
                        Side(
                            member=member,
                            part=part,
                            gains=[_gain(member, members[(i + 1) % len(members)])],
                            answer=answer,
                            answered_at=NOON if answer else None,
                        )
                        for i, (member, part, answer) in enumerate(
                            zip(members, parts, said, strict=True)
                        )
                    ],
                }
                | fields
            )
        )
    )


def make_group(space: Space, slug: str = "", **fields: Any) -> Group:
    slug = slug or f"group-{next(_numbers)}"
    return _save(
        Group(
            **(
                {"space": space, "slug": slug, "name": "Potters", "made_at": NOON}
                | fields
            )
        )
    )


def make_following(group: Group, member: Member, **fields: Any) -> Following:
    return _save(
        Following(**({"group": group, "member": member, "made_at": NOON} | fields))
    )


def make_group_picture(group: Group, **fields: Any) -> GroupPicture:
    group.picture = GroupPicture(
        **({"width": 4, "height": 2, "webp": b"RIFF", "made_at": NOON} | fields)
    )
    return _save(group.picture)


def make_event(space: Space | None = None, **fields: Any) -> Event:
    """Make an event that is published and begins a week after NOON, for two hours."""
    starts_at = fields.get("starts_at", NOON + timedelta(days=7))
    return _save(
        Event(
            **(
                {
                    "space": space or make_space(),
                    "title": "Breakfast",
                    "place": "The kitchen",
                    "starts_at": starts_at,
                    "ends_at": starts_at + timedelta(hours=2),
                    "status": EventStatus.PUBLISHED,
                    "made_at": NOON,
                    "changed_at": NOON,
                }
                | fields
            )
        )
    )


def make_rsvp(
    event: Event,
    member: Member | None = None,
    status: RsvpStatus = RsvpStatus.GOING,
    **fields: Any,
) -> Rsvp:
    """Make somebody's RSVP as it stands, whatever the rules would have made of it."""
    return _save(
        Rsvp(
            **(
                {
                    "event": event,
                    "member": member or make_member(space=event.space),
                    "status": status,
                    "number": next(_numbers),
                    "made_at": NOON,
                    "changed_at": NOON,
                }
                | fields
            )
        )
    )


def make_guest(
    event: Event,
    name: str = "Ana",
    status: RsvpStatus = RsvpStatus.GOING,
    **fields: Any,
) -> Rsvp:
    return make_rsvp(event, make_member(name, space=event.space), status, **fields)


def make_host(event: Event, name: str = "Hana") -> Member:
    """Make somebody who runs the event, as a member like others."""
    host = make_member(name, space=event.space)
    event.hosts.append(host)
    db.session.flush()
    return host


def make_picture(event: Event, **fields: Any) -> Picture:
    return _save(
        Picture(
            **(
                {
                    "event": event,
                    "width": 4,
                    "height": 2,
                    "webp": b"RIFF",
                    "made_at": NOON,
                }
                | fields
            )
        )
    )


def make_slot(
    event: Event, mentor: Member, mentee: Member | None = None, **fields: Any
) -> Slot:
    """Make some minutes with a mentor, as many after the event's start as there are."""
    number = next(_numbers)
    return _save(
        Slot(
            **(
                {
                    "event": event,
                    "mentor": mentor,
                    "starts_at": event.starts_at + timedelta(seconds=number),
                    "minutes": 20,
                    "mentee": mentee,
                    "topic": "pricing" if mentee else "",
                    "booked_at": NOON if mentee else None,
                }
                | fields
            )
        )
    )


def make_recollection(event: Event, member: Member, other: Member) -> Recollection:
    """Say that the member met the other at the event, and would again."""
    return _save(
        Recollection(
            event_id=event.id,
            member_id=member.id,
            other_id=other.id,
            met=True,
            see_again=True,
            told_at=NOON,
        )
    )


def make_encounter(
    one: Member, other: Member, space: Space, **fields: Any
) -> Encounter:
    """Say that two have met, as they told us at NOON."""
    first, second = sorted([one.id, other.id])
    return _save(
        Encounter(
            **(
                {
                    "first_id": first,
                    "second_id": second,
                    "space_id": space.id,
                    "told_on": NOON.date(),
                }
                | fields
            )
        )
    )


def make_api_key(
    member: Member, scope: Scope = Scope.RSVP, **fields: Any
) -> tuple[ApiKey, str]:
    """Make a key that counts for long, and give what a program sends."""
    key = ApiKey(
        **(
            {
                "member": member,
                "name": f"Script {next(_numbers)}",
                "scope": scope,
                "made_under": member.fs_uniquifier,
                "made_at": NOON,
                "expires_at": NOON + timedelta(days=36_500),
            }
            | fields
        )
    )
    text = key.give_secret()
    return _save(key), text


def make_source(space: Space, **fields: Any) -> CalendarSource:
    """Make a calendar kept elsewhere that has been read once."""
    return _save(
        CalendarSource(
            **(
                {
                    "space": space,
                    "name": "Meetups",
                    "url": "https://calendar.example/meetups.ics",
                    "made_at": NOON,
                    "read_at": NOON,
                }
                | fields
            )
        )
    )


def make_block(blocker: Member, blocked: Member) -> Block:
    """Block without withdrawing what they already share: the filter must do that."""
    return _save(
        Block(
            blocker_id=blocker.id,
            blocked_id=blocked.id,
            called=blocked.name,
            made_at=NOON,
        )
    )


def make_request(member: Member, space: Space, **fields: Any) -> JoinRequest:
    """Ask to join a space; nobody has answered."""
    return _save(
        JoinRequest(
            **(
                {
                    "member": member,
                    "space": space,
                    "words": "I know Ana.",
                    "made_at": NOON,
                }
                | fields
            )
        )
    )


def make_twins(first: Member, second: Member, **fields: Any) -> tuple[int, int]:
    """Say that two accounts may be one person's; nobody has looked."""
    ids = (first.id, second.id)
    _save(
        PossibleTwins(
            first_id=min(ids),
            second_id=max(ids),
            **({"likeness": Likeness.NAME, "found_at": NOON} | fields),
        )
    )
    return min(ids), max(ids)


def make_report(
    reporter: Member, reported: Member | None = None, **fields: Any
) -> SafetyReport:
    """Report without a letter and without taking apart what brings the two together."""
    return _save(
        SafetyReport(
            **(
                {
                    "space": reporter.memberships[0].space,
                    "reporter": reporter,
                    "reported": reported,
                    "concern": Concern.OTHER,
                    "words": "He would not leave.",
                    "made_at": NOON,
                }
                | fields
            )
        )
    )


def _gain(member: Member, giver: Member) -> StatedGain:
    offers, wants = giver.profile.offers, member.profile.wants
    return {
        "giver": giver.id,
        "offer": offers[0] if offers else "grant writing",
        "want": wants[0] if wants else "getting a first grant",
        "kind": GainKind.HELP.value,
        "strength": 0.5,
    }


def _save(thing: T) -> T:
    db.session.add(thing)
    db.session.flush()
    return thing


def make_round_decision(space: Space, member: Member, **fields: Any) -> RoundDecision:
    """Leave a member out of a week's round, decided by themselves."""
    return _save(
        RoundDecision(
            **{
                "space_id": space.id,
                "kind": DecisionKind.ASIDE,
                "week": "2030-W19",
                "first_id": member.id,
                "made_by_id": member.id,
                "made_at": NOON,
            }
            | fields
        )
    )
