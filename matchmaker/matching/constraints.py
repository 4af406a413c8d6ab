"""Who may never be introduced to whom in this round. No later step gets around it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from matchmaker.matching.arrays import Bools, Ints
from matchmaker.matching.profiles import Bits, Profiles
from matchmaker.matching.types import History, Pair, Rules


@dataclass(frozen=True)
class Constraints:
    profiles: Profiles
    rules: Rules
    forbidden: Ints  # sorted keys (`_key`) of pairs that nothing brings together
    recent: Ints  # and of those that have met within the cool-down

    def allows(self, first: Ints, second: Ints) -> Bools:
        """Whether first[k] and second[k] may meet, by rank, (pairs,)."""
        people = self.profiles
        allowed = (first != second) & ~self.keeps_apart(first, second)
        if self.rules.colleagues_apart:
            company = people.company[first]
            allowed &= (company != people.company[second]) | (company < 0)
            allowed &= people.manager[first] != second
            allowed &= people.manager[second] != first
        if self.rules.common_language:
            allowed &= self.can_talk(first, second)
        return np.asarray(allowed)

    def keeps_apart(self, first: Ints, second: Ints) -> Bools:
        """Whether the two are kept apart by what was before, or vetoed."""
        keys = _key(len(self.profiles), first, second)
        apart = np.zeros(len(first), bool)
        for kept in (self.forbidden, self.recent):
            if len(kept):
                at = np.minimum(np.searchsorted(kept, keys), len(kept) - 1)
                apart |= kept[at] == keys
        return apart

    def can_talk(self, first: Ints, second: Ints) -> Bools:
        """Whether the two have a language in common."""
        languages = self.profiles.languages
        return np.asarray((languages[first] & languages[second]).any(axis=1))

    def allows_all(self, ranks: Sequence[int]) -> bool:
        """Whether these people may all meet at once: each two of them, in a language that
        all speak."""
        one, other = np.triu_indices(len(ranks), 1)
        them = np.array(ranks, np.int64)
        spoken: Bits = np.bitwise_and.reduce(self.profiles.languages[them], axis=0)
        return bool(self.allows(them[one], them[other]).all()) and bool(
            spoken.any() or not self.rules.common_language
        )


def constraints(
    profiles: Profiles, rules: Rules, history: History, vetoes: Iterable[Pair] = ()
) -> Constraints:
    """Return who may never meet. Pairs with an id that is not among them are passed
    over, as of somebody met before who has left."""
    return Constraints(
        profiles,
        rules,
        forbidden=_keys(profiles, chain(history.forbidden, vetoes)),
        recent=_keys(profiles, history.recent if rules.cool_down else ()),
    )


def _keys(profiles: Profiles, pairs: Iterable[Pair]) -> Ints:
    ids = chain.from_iterable(pair for pair in pairs if len(pair) == 2)
    ends = profiles.ranks(ids).reshape(-1, 2)
    ends = ends[(ends >= 0).all(axis=1)]
    return np.unique(_key(len(profiles), *ends.T))


def _key(people: int, first: Ints, second: Ints) -> Ints:
    keys: Ints = np.minimum(first, second) * people + np.maximum(first, second)
    return keys
