"""What crosses the engine's border: people and rules in, a plan out."""

import enum
from dataclasses import dataclass, fields


class Kind(enum.Enum):
    PEERS = "peers"
    MENTORING = "mentoring"


class Role(enum.Enum):
    PEER = "peer"
    MENTOR = "mentor"
    MENTEE = "mentee"


class Ground(enum.Enum):
    """What a gain rests on, the strongest first."""

    OFFER_MEETS_WANT = "offer meets want"
    MENTORING = "mentoring"
    SHARED_INTEREST = "shared interest"


class Why(enum.Enum):
    """Why somebody has no introduction in this round."""

    NOTHING_WRITTEN = "nothing written"
    NO_ONE_ALLOWED = "no one allowed"  # met lately, blocked, same company, no hour
    BELOW_THRESHOLD = "below threshold"  # nobody for whom both sides gain enough
    ODD_ONE_OUT = "odd one out"  # somebody would have suited; all were better paired


@dataclass(frozen=True)
class Person:
    """Somebody who is due, in their own words. Only `id` is needed.

    Phrases are short and in the order the member gave; the bio may stand among the
    interests. An empty set of formats or times means that any will do.
    """

    id: int
    offers: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    industry: tuple[str, ...] = ()  # ISIC path, section to class; () unknown
    company: str = ""  # normalised by the caller; "" is none
    years: int | None = None  # of experience
    mentor_topics: tuple[str, ...] = ()
    mentor_places: int = 0  # mentees who could still be taken on
    mentee_topics: tuple[str, ...] = ()
    formats: frozenset[str] = frozenset()
    times: frozenset[str] = frozenset()
    weeks_waited: int = 0  # rounds since the last introduction


@dataclass(frozen=True)
class Rules:
    """A space's weights. All but `allow_trios` are shares between 0 and 1.

    The factor on a benefit never falls below 1 - industry_weight - interest_weight,
    so the two together must not exceed 1.
    """

    threshold: float = 0.25  # the least each side must gain, before the soft terms
    industry_weight: float = 0.25  # what meeting one's own class of industry costs
    interest_weight: float = 0.1  # what having no interest in common costs
    interest_ground: float = 0.3  # a shared interest's worth; a perfect offer's is 1
    mentor_ground: float = 0.7  # to a mentor, being asked; to the mentee it is 1
    # Of what one side gains beyond the other. Small, so that it only chooses between
    # pairs in which the lesser gain is much the same: help one way and an interest
    # shared before an interest shared and no help.
    surplus: float = 0.25
    patience: float = 0.05  # added to a pair for each person's week waited, up to four
    allow_trios: bool = True

    def __post_init__(self) -> None:
        for field in fields(self):
            if not 0 <= getattr(self, field.name) <= 1:
                raise ValueError(f"{field.name} must lie between 0 and 1.")
        if self.industry_weight + self.interest_weight > 1:
            raise ValueError("industry_weight and interest_weight exceed 1 together.")


@dataclass(frozen=True)
class Gain:
    """One thing that one side gets from one other person, in both persons' words.

    `offer` is a phrase of the giver's, `want` one of the receiver's. In mentoring
    the mentor gives a topic to the mentee; what the mentee gives the mentor is the
    topic they want to learn, met by one the mentor volunteered to teach.
    """

    giver: int
    offer: str
    want: str
    strength: float  # 0 to 1, after the weight of its ground
    ground: Ground


@dataclass(frozen=True)
class Side:
    person: int
    role: Role
    gains: tuple[Gain, ...]  # at least one, the strongest first


@dataclass(frozen=True)
class Introduction:
    kind: Kind
    sides: tuple[Side, ...]  # two or three, by person id
    value: float  # what the side that gains least gains, 0 to 1
    industry_distance: float  # 0 to 1; of a trio, the mean of its three pairs
    shared: tuple[str, ...] = ()  # interests in common, in the lower id's words


@dataclass(frozen=True)
class Plan:
    """A round: who meets whom, who meets nobody and why.

    `value` and `bound` are of one objective: the sum over the pairs, before anybody
    odd joins them, of the introduction's value, the surplus and the bonus for having
    waited. No
    other choice of pairs among the candidates exceeds `bound`; where `is_optimal`, none
    exceeds `value` either.
    """

    introductions: tuple[Introduction, ...] = ()
    left_out: tuple[tuple[int, Why], ...] = ()  # by person id
    value: float = 0.0
    bound: float = 0.0
    is_optimal: bool = True

    @property
    def gap(self) -> float:
        """How far from the bound, as a share of it."""
        return (self.bound - self.value) / self.bound if self.bound else 0.0
