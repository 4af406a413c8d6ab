"""What the product remembers."""

from matchmaker.models.base import Base, utcnow
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
from matchmaker.models.round import LeftOut, Round
from matchmaker.models.space import Joining, Space
from matchmaker.models.visibility import blocked_between, visible_to

__all__ = [
    "Answer",
    "Base",
    "Block",
    "Consent",
    "DayPart",
    "Encounter",
    "Format",
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
    "Profile",
    "Role",
    "Round",
    "Side",
    "Space",
    "StatedGain",
    "blocked_between",
    "utcnow",
    "visible_to",
]
