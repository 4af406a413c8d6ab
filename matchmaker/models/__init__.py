"""What the product remembers."""

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
from matchmaker.models.profile import DayPart, Format, Profile
from matchmaker.models.requested_letter import RequestedLetter
from matchmaker.models.room import Seat, Seating, Slot
from matchmaker.models.round import LeftOut, Round
from matchmaker.models.safety import Block, Concern, SafetyReport
from matchmaker.models.safety_visibility import reports_visible_to, shown_to
from matchmaker.models.search import finds
from matchmaker.models.space import Joining, Space
from matchmaker.models.throttle import Throttle
from matchmaker.models.twins import Likeness, PossibleTwins, TwinVerdict
from matchmaker.models.visibility import (
    blocked_between,
    events_run_by,
    events_visible_to,
    finds_out,
    groups_run_by,
    groups_visible_to,
    is_run_by_parted,
    kept_apart,
    pairs_apart,
    parted,
    rsvps_visible_to,
    slots_visible_to,
    takes_part,
    visible_to,
)

__all__ = [
    "AccountRequest",
    "Answer",
    "ApiKey",
    "Base",
    "Block",
    "CalendarSource",
    "Concern",
    "Consent",
    "DayPart",
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
    "Picture",
    "PossibleTwins",
    "Profile",
    "Question",
    "Recollection",
    "RequestedLetter",
    "Role",
    "Round",
    "Rsvp",
    "RsvpStatus",
    "SafetyReport",
    "Scope",
    "Seat",
    "Seating",
    "Series",
    "Side",
    "Slot",
    "Space",
    "StatedGain",
    "Throttle",
    "TimelineEntry",
    "TwinVerdict",
    "Venue",
    "Verdict",
    "Visibility",
    "Wanted",
    "blocked_between",
    "events_run_by",
    "events_visible_to",
    "finds",
    "finds_out",
    "groups_run_by",
    "groups_visible_to",
    "is_run_by_parted",
    "kept_apart",
    "pairs_apart",
    "parted",
    "reports_visible_to",
    "rsvps_visible_to",
    "shown_to",
    "slots_visible_to",
    "takes_part",
    "utcnow",
    "visible_to",
]
