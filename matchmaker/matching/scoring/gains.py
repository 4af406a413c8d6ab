"""What each person would gain from each other: the kinds, how likely, in whose words.

A *gain* is directed: one person receives it from another. It rests on two phrases, one of
each, and has the probability that the receiver accepts it as true. Everything here is a
list of (receiver, giver, kind) with the best two phrases of each; pairs without a gain of
at least `MIN_PROBABILITY` do not appear.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matchmaker.matching.arrays import Bools, Float32Array, Ints
from matchmaker.matching.profiles import Field, Profiles
from matchmaker.matching.scoring.relevance import Relation, fitted
from matchmaker.matching.types import Gain, GainKind

# A gain less likely than this is neither stated nor counted.
MIN_PROBABILITY = 0.15

# After so many introductions in a row in which somebody only gave, giving is no reason
# for the next.
MOST_GIVEN = 3

# What an accepted gain is worth to the one who has it. Help is the measure.
WORTH = {
    GainKind.HELP: 1.0,
    GainKind.MENTORING: 1.0,
    GainKind.HAS_HELPED: 0.95,
    GainKind.BUSINESS: 0.9,
    GainKind.SAME_GOAL: 0.9,
    GainKind.SHARED_INTEREST: 0.9,
    GainKind.GIVING: 0.85,
    GainKind.SAME_CRAFT: 0.8,
    GainKind.NOT_MET_YET: 0.2,
}
KINDS = tuple(WORTH)
_WORTH = np.array([WORTH[kind] for kind in KINDS], np.float32)
_CODE = {kind: code for code, kind in enumerate(KINDS)}
_HELPFUL = frozenset(
    {
        GainKind.HELP,
        GainKind.MENTORING,
        GainKind.HAS_HELPED,
        GainKind.BUSINESS,
        GainKind.GIVING,
    }
)
_CHUNK = 4_000_000  # phrase pairs looked at in one go

_SEEKS = (Field.WANTS, Field.MENTEE)
_GIVES = (Field.OFFERS, Field.MENTOR)


@dataclass(frozen=True)
class Matches:
    """Two phrases each that answer one another; rows of the profiles' phrases."""

    one: Ints
    other: Ints
    probability: Float32Array


def find_matches(
    profiles: Profiles,
    relation: Relation,
    one: Ints,
    other: Ints,
) -> Matches:
    """Compare each phrase `one` with each phrase `other` of another person."""
    model, reading = fitted()[relation], profiles.reading
    step = max(1, _CHUNK // max(len(other), 1))
    found = []
    given = reading[other]
    for start in range(0, len(one), step):
        asked = one[start : start + step]
        probability = model.probability(reading[asked], given)
        probability[profiles.owners[asked][:, None] == profiles.owners[other]] = 0
        row, column = np.nonzero(probability >= MIN_PROBABILITY)
        found.append((asked[row], other[column], probability[row, column]))
    if not found:
        nothing = np.empty(0, np.int64)
        return Matches(nothing, nothing, np.empty(0, np.float32))
    return Matches(*(np.concatenate(column) for column in zip(*found, strict=True)))


@dataclass(frozen=True)
class Gains:
    """Every gain, by receiver and giver, the most valuable of the two first.

    `receiver` and `giver` are ranks, `mine` and `theirs` rows of the profiles' phrases:
    the receiver's and the giver's.
    """

    profiles: Profiles
    receiver: Ints
    giver: Ints
    kind: Ints  # codes, as in `KINDS`
    probability: Float32Array
    mine: Ints
    theirs: Ints

    def __len__(self) -> int:
        return len(self.receiver)

    @cached_property
    def worth(self) -> Float32Array:
        """What each gain is worth to its receiver, (gains,)."""
        return np.asarray(_WORTH[self.kind] * self.probability, np.float32)

    @cached_property
    def _keys(self) -> Ints:
        return self.receiver * len(self.profiles) + self.giver

    def find(self, receiver: Ints, giver: Ints) -> tuple[Ints, Ints]:
        """Return where the gains of each pair begin and end, (pairs,) each."""
        keys = receiver * len(self.profiles) + giver
        return (
            np.searchsorted(self._keys, keys, "left"),
            np.searchsorted(self._keys, keys, "right"),
        )

    def best(self, receiver: Ints, giver: Ints) -> Ints:
        """Return the place of the most valuable gain of each pair, -1 without one."""
        start, end = self.find(receiver, giver)
        return np.where(end > start, start, -1)

    def probability_of(
        self, kinds: frozenset[GainKind], receiver: Ints, giver: Ints
    ) -> Float32Array:
        """Return the best chance of a gain of these kinds for each pair, 0 without."""
        start, end = self.find(receiver, giver)
        wanted = np.isin(self.kind, [_CODE[kind] for kind in kinds])
        chance = np.where(wanted, self.probability, 0)
        best = np.zeros(len(start), np.float32)
        for step in range(int((end - start).max(initial=0))):
            at = start + step
            some = at < end
            best[some] = np.maximum(best[some], chance[at[some]])
        return best

    def told(self, receiver: int, giver: int) -> tuple[Gain, ...]:
        """Return what may be said to the receiver of the giver, the best first."""
        start, end = self.find(np.array([receiver]), np.array([giver]))
        return tuple(self._gain(at) for at in range(int(start[0]), int(end[0])))

    def _gain(self, at: int) -> Gain:
        people, phrases = self.profiles.people, self.profiles.phrases
        mine, theirs = int(self.mine[at]), int(self.theirs[at])
        kind = KINDS[int(self.kind[at])]
        is_quoted = kind is not GainKind.HAS_HELPED
        return Gain(
            giver=people[int(self.giver[at])].id,
            offer=phrases[theirs].text if theirs >= 0 and is_quoted else "",
            want=phrases[mine].text if mine >= 0 else "",
            strength=float(self.worth[at]),
            kind=kind,
        )


def find_gains(
    profiles: Profiles,
    matches: Callable[[Profiles, Relation, Ints, Ints], Matches] = find_matches,
    only: int | None = None,
) -> Gains:
    """Find everything that anybody would gain from anybody else.

    With `only`, a rank, what that person would gain from the others, and they from them.
    `matches` compares phrases; of thousands of people it looks at the likely ones alone.
    """
    rows = profiles.rows
    parts = []

    def add(
        kind: GainKind, receivers: Ints, givers: Ints, chance: Float32Array, some: Bools
    ) -> None:
        codes = np.full(int(some.sum()), _CODE[kind], np.int64)
        parts.append((codes, receivers[some], givers[some], chance[some]))

    def compare(relation: Relation, one: Ints, other: Ints) -> Matches:
        if only is None:
            return matches(profiles, relation, one, other)
        ours, theirs = (profiles.owners[side] == only for side in (one, other))
        found = [
            matches(profiles, relation, one[ours], other),
            matches(profiles, relation, one[~ours], other[theirs]),
        ]
        return Matches(
            *(
                np.concatenate([getattr(part, name) for part in found])
                for name in ("one", "other", "probability")
            )
        )

    field = profiles.fields
    # The mentor's topics and the offers of somebody who has a mentee's place left.
    lessons = profiles.teaches[profiles.owners] & np.isin(field, _GIVES)
    help_ = compare(Relation.HELP, rows(*_SEEKS), rows(*_GIVES, Field.HELPED))
    asks = field[help_.one] == Field.MENTEE
    helped = field[help_.other] == Field.HELPED
    taught = (
        asks
        & lessons[help_.other]
        & ~profiles.fewer_years(
            profiles.owners[help_.other], profiles.owners[help_.one]
        )
    )
    chance = help_.probability
    add(GainKind.MENTORING, help_.one, help_.other, chance, taught)
    add(GainKind.HELP, help_.one, help_.other, chance, ~taught & ~helped)
    add(GainKind.HAS_HELPED, help_.one, help_.other, chance, helped)
    add(GainKind.GIVING, help_.other, help_.one, chance, ~helped)
    business = chance * profiles.seeks_clients[profiles.owners[help_.other]]
    is_business = ~helped & (business >= MIN_PROBABILITY)
    add(GainKind.BUSINESS, help_.other, help_.one, business, is_business)

    both = Field.INTERESTS, Field.WANTS
    for kind, relation, fields in (
        (GainKind.SAME_GOAL, Relation.GOAL, _SEEKS),
        (GainKind.SAME_CRAFT, Relation.CRAFT, _GIVES),
        (GainKind.SHARED_INTEREST, Relation.INTEREST, both),
    ):
        found = compare(relation, rows(*fields), rows(*fields))
        some = np.ones(len(found.one), bool)
        if kind is GainKind.SHARED_INTEREST:
            some = (field[found.one] == Field.INTERESTS) | (
                field[found.other] == Field.INTERESTS
            )
        add(kind, found.one, found.other, found.probability, some)
        if only is not None:  # they were compared one way
            add(kind, found.other, found.one, found.probability, some)

    return _arranged(
        profiles, *(np.concatenate(column) for column in zip(*parts, strict=True))
    )


def _arranged(
    profiles: Profiles, kind: Ints, mine: Ints, theirs: Ints, probability: Float32Array
) -> Gains:
    """Order by receiver, giver and value, and keep the best of each kind; and none that
    its receiver does not want to be introduced for."""
    choosy = profiles.only_help[profiles.owners[mine]]
    welcome = ~choosy | np.isin(kind, [_CODE[each] for each in _HELPFUL])
    generous = profiles.gave_in_a_row[profiles.owners[mine]] >= MOST_GIVEN
    welcome &= ~generous | (kind != _CODE[GainKind.GIVING])
    kind, mine, theirs, probability = (
        column[welcome] for column in (kind, mine, theirs, probability)
    )
    receiver, giver = profiles.owners[mine], profiles.owners[theirs]
    keys = (receiver * len(profiles) + giver) * len(KINDS) + kind
    # Of equally likely phrases the first that was written, on both sides.
    order = np.lexsort([theirs, mine, -probability, keys])
    first = np.diff(keys[order], prepend=-1) > 0
    order = order[first]
    worth = _WORTH[kind[order]] * probability[order]
    pairs = keys[order] // len(KINDS)
    order = order[np.lexsort([kind[order], -worth, pairs])]
    return Gains(
        profiles,
        receiver[order],
        giver[order],
        kind[order],
        probability[order].astype(np.float32),
        mine[order],
        theirs[order],
    )
