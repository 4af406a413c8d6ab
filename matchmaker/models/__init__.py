"""What the product remembers."""

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
from matchmaker.models.group import Following, Group
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
from matchmaker.models.letter import Letter, LetterStatus
from matchmaker.models.member import (
    Block,
    Consent,
    Member,
    Membership,
    MembershipStatus,
    Role,
)
from matchmaker.models.profile import DayPart, Format, Profile
from matchmaker.models.room import Seat, Seating, Slot
from matchmaker.models.round import LeftOut, Round
from matchmaker.models.space import Joining, Space
from matchmaker.models.visibility import (
    blocked_between,
    events_run_by,
    events_visible_to,
    rsvps_visible_to,
    visible_to,
)

__all__ = [
    "Answer",
    "Base",
    "Block",
    "CalendarSource",
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
    "Introduction",
    "Joining",
    "Kind",
    "LeftOut",
    "Letter",
    "LetterStatus",
    "Member",
    "Membership",
    "MembershipStatus",
    "Outcome",
    "Part",
    "Picture",
    "Profile",
    "Question",
    "Recollection",
    "Role",
    "Round",
    "Rsvp",
    "RsvpStatus",
    "Seat",
    "Seating",
    "Series",
    "Side",
    "Slot",
    "Space",
    "StatedGain",
    "TimelineEntry",
    "Venue",
    "Verdict",
    "Visibility",
    "blocked_between",
    "events_run_by",
    "events_visible_to",
    "rsvps_visible_to",
    "utcnow",
    "visible_to",
]
