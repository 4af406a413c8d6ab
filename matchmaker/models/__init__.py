"""What the product remembers."""

import matchmaker.models.block  # noqa: F401  (its table: who asks of it says so)
from matchmaker.models.account_request import AccountRequest, Wanted
from matchmaker.models.api_key import ApiKey, Scope
from matchmaker.models.base import Base, utcnow
from matchmaker.models.event import (
    CalendarSource,
    Event,
    EventHost,
    EventKind,
    EventStatus,
    Picture,
    Question,
    Recollection,
    Rsvp,
    RsvpStatus,
    Series,
    TimelineEntry,
    Venue,
    Verdict,
    Visibility,
)
from matchmaker.models.group import Following, Group, GroupPicture
from matchmaker.models.introduction import (
    Answer,
    Encounter,
    Introduction,
    Kind,
    Outcome,
    Part,
    Side,
    SideState,
    StatedGain,
)
from matchmaker.models.job_failure import JobFailure
from matchmaker.models.joining import JoinRequest
from matchmaker.models.letter import Letter, LetterStatus
from matchmaker.models.member import (
    Consent,
    Member,
    Membership,
    MembershipStatus,
    Role,
)
from matchmaker.models.member_session import MemberSession
from matchmaker.models.outbox import Outbox
from matchmaker.models.profile import Choosiness, DayPart, Format, Profile
from matchmaker.models.reading import PhraseField, PhraseReading
from matchmaker.models.requested_letter import RequestedLetter
from matchmaker.models.room import Seat, Seating, Slot
from matchmaker.models.round import LeftOut, Round, SuggestedLine
from matchmaker.models.round_decision import DecisionKind, RoundDecision
from matchmaker.models.safety import Concern, SafetyReport
from matchmaker.models.space import Joining, Space
from matchmaker.models.space_topic import SpaceTopic
from matchmaker.models.throttle import Throttle
from matchmaker.models.twins import Likeness, PossibleTwins, TwinVerdict

__all__ = [
    "AccountRequest",
    "Answer",
    "ApiKey",
    "Base",
    "CalendarSource",
    "Choosiness",
    "Concern",
    "Consent",
    "DayPart",
    "DecisionKind",
    "Encounter",
    "Event",
    "EventHost",
    "EventKind",
    "EventStatus",
    "Following",
    "Format",
    "Group",
    "GroupPicture",
    "Introduction",
    "JobFailure",
    "JoinRequest",
    "Joining",
    "Kind",
    "LeftOut",
    "Letter",
    "LetterStatus",
    "Likeness",
    "Member",
    "MemberSession",
    "Membership",
    "MembershipStatus",
    "Outbox",
    "Outcome",
    "Part",
    "PhraseField",
    "PhraseReading",
    "Picture",
    "PossibleTwins",
    "Profile",
    "Question",
    "Recollection",
    "RequestedLetter",
    "Role",
    "Round",
    "RoundDecision",
    "Rsvp",
    "RsvpStatus",
    "SafetyReport",
    "Scope",
    "Seat",
    "Seating",
    "Series",
    "Side",
    "SideState",
    "Slot",
    "Space",
    "SpaceTopic",
    "StatedGain",
    "SuggestedLine",
    "Throttle",
    "TimelineEntry",
    "TwinVerdict",
    "Venue",
    "Verdict",
    "Visibility",
    "Wanted",
    "utcnow",
]
