"""What each person would gain from each other: the kinds, how likely, in whose words.

A *gain* is directed: one person receives it from another. It rests on two phrases, one of
each, and has the probability that the receiver accepts it as true. Everything here is a
list of (receiver, giver, kind) with the best two phrases of each; pairs without a gain of
at least `MIN_PROBABILITY` do not appear.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from matchmaker.enums import GainKind
from matchmaker.matching.arrays import Bools, Float32Array, Ints
from matchmaker.matching.profiles import Field, Profiles
from matchmaker.matching.scoring.relevance import Relation, fitted
from matchmaker.matching.types import Gain

# A gain less likely than this is neither stated nor counted.
MIN_PROBABILITY = 0.2

# After so many introductions in a row in which somebody only gave, giving is no reason
# for the next.
MOST_GIVEN = 3

# What an accepted gain is worth to the one who has it. Help is the measure.
WORTH = {
    GainKind.HELP: 1.0,
    GainKind.MENTORING: 1.0,
    GainKind.HAS_HELPED: 0.95,
    GainKind.BUSINESS: 0.9,
    GainKind.GIVING: 0.85,
    GainKind.SAME_GOAL: 0.75,
    GainKind.SHARED_INTEREST: 0.65,
    GainKind.SAME_CRAFT: 0.6,
    GainKind.LANGUAGE: 0.45,
    GainKind.CATCH_UP: 0.4,
    GainKind.SHARED_LANGUAGE: 0.35,
    GainKind.NOT_MET_YET: 0.32,  # above the reserve, whatever the soft terms take off
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
        GainKind.LANGUAGE,
    }
)
# A headline says what somebody is and not what they offer: it must answer a want so
# plainly, and then counts so much of what an offer would.
_PLAIN = 0.5
_HEADLINE = 0.75
_CHUNK = 4_000_000  # phrase pairs looked at in one go
_DIGITS = 4  # of a probability

_SEEKS = (Field.WANTS, Field.MENTEE_TOPICS)
_GIVES = (Field.OFFERS, Field.MENTOR_TOPICS)


@dataclass(frozen=True)
class Matches:
    """Two phrases each that answer one another; rows of the profiles' phrases."""

    one: Ints
    other: Ints
    probability: Float32Array

    def __getitem__(self, some: Bools | Ints) -> "Matches":
        return Matches(self.one[some], self.other[some], self.probability[some])

    def reversed(self) -> "Matches":
        return Matches(self.other, self.one, self.probability)


def find_matches(
    profiles: Profiles,
    relation: Relation,
    one: Ints,
    other: Ints,
) -> Matches:
    """Compare each phrase `one` with each phrase `other` of another person."""
    model, reading = fitted()[relation], profiles.reading
    step = max(1, _CHUNK // max(len(other), 1))
    given = reading[other]
    found = []
    for start in range(0, len(one), step):
        asked = one[start : start + step]
        row, column, probability = model.matches(reading[asked], given, MIN_PROBABILITY)
        mine, theirs = asked[row], other[column]
        apart = profiles.owners[mine] != profiles.owners[theirs]
        found.append((mine[apart], theirs[apart], probability[apart]))
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

    def probabilities(self, receiver: Ints, giver: Ints) -> Float32Array:
        """Return the chance of each kind of gain for each pair, (pairs, len(KINDS)),
        0 for a kind that there is not."""
        start, end = self.find(receiver, giver)
        chance = np.zeros((len(start), len(KINDS)), np.float32)
        for step in range(int((end - start).max(initial=0))):
            (some,) = np.nonzero(start + step < end)
            at = start[some] + step
            chance[some, self.kind[at]] = self.probability[at]
        return chance

    def told(self, receiver: Ints, giver: Ints) -> list[tuple[Gain, ...]]:
        """Return for each pair what may be said to the receiver of the giver, the best
        first."""
        starts, ends = self.find(receiver, giver)
        return [
            tuple(map(self._gain, range(start, end)))
            for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
        ]

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


def find_gains(profiles: Profiles, only: int | None = None) -> Gains:
    """Find everything that anybody would gain from anybody else.

    With `only`, a rank, what that person would gain from the others, and they from them.
    """
    found = _Found(profiles, only)
    found.help()
    found.headlines()
    found.in_common()
    found.languages()
    return found.arranged()


class _Found:
    """Gains as they are found, each kind by itself."""

    def __init__(self, profiles: Profiles, only: int | None = None) -> None:
        self.profiles, self.only = profiles, only
        self.parts: list[tuple[Ints, ...]] = []

    def help(self) -> None:
        """Offers for wants, seen from both sides."""
        profiles, field = self.profiles, self.profiles.fields
        found = self._compare(Relation.HELP, _SEEKS, (*_GIVES, Field.HELPED))
        seeker, helper = profiles.owners[found.one], profiles.owners[found.other]
        helped = field[found.other] == Field.HELPED
        taught = (
            (field[found.one] == Field.MENTEE_TOPICS)
            & ~helped
            & profiles.teaches[helper]
            & ~profiles.fewer_years(helper, seeker)
        )
        self._add(GainKind.MENTORING, found[taught])
        self._add(GainKind.HELP, found[~taught & ~helped])
        self._add(GainKind.HAS_HELPED, found[helped])
        self._give(found[~helped])

    def headlines(self) -> None:
        """What people say they are, for wants: read as an offer where it is plain."""
        found = self._compare(Relation.HELP, _SEEKS, (Field.HEADLINE,))
        found = found[found.probability >= _PLAIN]
        found = replace(found, probability=found.probability * np.float32(_HEADLINE))
        self._add(GainKind.HELP, found)
        self._give(found)

    def in_common(self) -> None:
        """What two both look for, do or like."""
        goals = self._compare(Relation.GOAL, _SEEKS, _SEEKS)
        self._add_both(GainKind.SAME_GOAL, goals)
        crafts = self._compare(Relation.CRAFT, _GIVES, _GIVES)
        self._add_both(GainKind.SAME_CRAFT, crafts)
        # One of the two may be looking for company in it.
        for field in (Field.INTERESTS, Field.WANTS):
            liked = self._compare(Relation.INTEREST, (Field.INTERESTS,), (field,))
            self._add_both(GainKind.SHARED_INTEREST, liked)

    def languages(self) -> None:
        """A language that one would like to practise and the other speaks, and one that
        hardly anybody else here has in common with them."""
        profiles = self.profiles
        rows = profiles.rows(*_SEEKS)
        for code, likely in profiles.reading[rows].about_languages.items():
            speakers = profiles.speakers(code)
            asked = rows[likely >= MIN_PROBABILITY]
            chance = likely[likely >= MIN_PROBABILITY]
            learners = profiles.owners[asked]
            one, other = np.repeat(asked, len(speakers)), np.tile(speakers, len(asked))
            learner, chance = (
                np.repeat(learners, len(speakers)),
                np.repeat(chance, len(speakers)),
            )
            apart = learner != other
            nothing = np.full(int(apart.sum()), -1)
            ends = learner[apart], other[apart]
            self._append(GainKind.LANGUAGE, *ends, chance[apart], one[apart], nothing)
            talked = chance[apart] * np.float32(WORTH[GainKind.LANGUAGE])
            self._append(GainKind.GIVING, *ends[::-1], talked, nothing, one[apart])
        for speakers in profiles.uncommon_languages:
            one, other = np.nonzero(~np.eye(len(speakers), dtype=bool))
            nothing = np.full(len(one), -1)
            sure = np.ones(len(one), np.float32)
            ends = speakers[one], speakers[other]
            self._append(GainKind.SHARED_LANGUAGE, *ends, sure, nothing, nothing)

    def _give(self, found: Matches) -> None:
        """Help, to the one who helps: a client where they look for some."""
        back = found.reversed()
        self._add(GainKind.GIVING, back)
        seeks = self.profiles.seeks_clients[self.profiles.owners[back.one]]
        chance = back.probability * seeks
        back = replace(back, probability=chance)
        self._add(GainKind.BUSINESS, back[chance >= MIN_PROBABILITY])

    def _compare(
        self, relation: Relation, one: Sequence[Field], other: Sequence[Field]
    ) -> Matches:
        rows = self.profiles.rows(*one), self.profiles.rows(*other)
        if self.only is None:
            return find_matches(self.profiles, relation, *rows)
        mine, theirs = (self.profiles.owners[side] == self.only for side in rows)
        found = [find_matches(self.profiles, relation, rows[0][mine], rows[1])]
        if one != other:  # else both directions are the same
            rest = rows[0][~mine], rows[1][theirs]
            found.append(find_matches(self.profiles, relation, *rest))
        return Matches(
            *(
                np.concatenate([getattr(part, name) for part in found])
                for name in ("one", "other", "probability")
            )
        )

    def _add(self, kind: GainKind, found: Matches) -> None:
        owners = self.profiles.owners
        self._append(
            kind,
            owners[found.one],
            owners[found.other],
            found.probability,
            found.one,
            found.other,
        )

    def _add_both(self, kind: GainKind, found: Matches) -> None:
        self._add(kind, found)
        self._add(kind, found.reversed())

    def _append(self, kind: GainKind, receiver: Ints, *columns: Any) -> None:
        self.parts.append((np.full(len(receiver), _CODE[kind]), receiver, *columns))

    def arranged(self) -> Gains:
        """Order by receiver, giver and value, and keep the best of each kind; and none
        that its receiver does not want to be introduced for."""
        kind, receiver, giver, probability, mine, theirs = (
            np.concatenate(column) for column in zip(*self.parts, strict=True)
        )
        # The last digits depend on how many phrases were compared at once: they must not
        # decide between equals. Whole numbers sort quickest.
        chance = np.round(probability * 10**_DIGITS).astype(np.int64)
        worth = np.round(_WORTH[kind] * 10**2).astype(np.int64) * chance
        profiles = self.profiles
        helpful = np.isin(kind, [_CODE[each] for each in _HELPFUL])
        generous = profiles.gave_in_a_row[receiver] >= MOST_GIVEN
        welcome = np.flatnonzero(
            (helpful | ~profiles.only_help[receiver])
            & ~(generous & (kind == _CODE[GainKind.GIVING]))
        )
        pairs = receiver * len(profiles) + giver
        # Of equally likely phrases the first that was written, on both sides.
        keys = pairs * len(KINDS) + kind
        likeliest = keys * 10**_DIGITS + (10**_DIGITS - chance)
        phrases = mine * len(profiles.phrases) + theirs
        order = welcome[np.lexsort([phrases[welcome], likeliest[welcome]])]
        order = order[np.diff(keys[order], prepend=-1) > 0]
        most = 10 ** (_DIGITS + 2)
        best = (pairs * most + most - worth) * len(KINDS) + kind
        order = order[np.argsort(best[order])]
        return Gains(
            profiles,
            receiver[order],
            giver[order],
            kind[order],
            np.asarray(chance[order] / 10**_DIGITS, np.float32),
            mine[order],
            theirs[order],
        )
