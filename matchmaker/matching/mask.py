"""Who may never be introduced to whom in this round. No later step gets around it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from matchmaker.matching.arrays import Bools, Ints
from matchmaker.matching.profiles import Bits, Profiles
from matchmaker.matching.types import History, Pair, Rules


@dataclass(frozen=True)
class Mask:
    profiles: Profiles
    rules: Rules
    apart: Ints  # sorted keys (see `_key`) of the pairs that nothing brings together
    lately: Ints  # and of those that have met within the cool-down

    def allows(self, first: Ints, second: Ints) -> Bools:
        """Whether first[k] and second[k] may meet, by rank, (pairs,)."""
        people = self.profiles
        allowed = (first != second) & ~self.keeps_apart(first, second)
        if self.rules.colleagues_apart:
            company = people.company[first]
            allowed &= (company != people.company[second]) | (company < 0)
            allowed &= people.manager[first] != second
            allowed &= people.manager[second] != first
        if self.rules.common_hours:
            allowed &= self.available(first, second)
        return np.asarray(allowed)

    def keeps_apart(self, first: Ints, second: Ints) -> Bools:
        """Whether the two are kept apart by what was before, or vetoed."""
        keys = _key(len(self.profiles), first, second)
        apart = np.zeros(len(first), bool)
        for kept in (self.apart, self.lately):
            if len(kept):
                at = np.minimum(np.searchsorted(kept, keys), len(kept) - 1)
                apart |= kept[at] == keys
        return apart

    def available(self, first: Ints, second: Ints) -> Bools:
        """Whether the two have an hour, a way to meet and a language in common."""
        people = self.profiles
        common = np.ones(len(first), bool)
        for chosen in (people.formats, people.times, people.languages):
            common &= (chosen[first] & chosen[second]).any(axis=1)
        return common

    def allows_all(self, ranks: Sequence[int]) -> bool:
        """Whether these people may all meet at once: each two of them, at an hour, in
        a way and in a language that suit all."""
        one, other = np.triu_indices(len(ranks), 1)
        them = np.array(ranks, np.int64)
        people = self.profiles
        together: list[Bits] = [people.formats, people.times, people.languages]
        return bool(self.allows(them[one], them[other]).all()) and not (
            self.rules.common_hours
            and any(
                not np.bitwise_and.reduce(chosen[them], axis=0).any()
                for chosen in together
            )
        )


def mask(
    profiles: Profiles, rules: Rules, history: History, vetoes: Iterable[Pair] = ()
) -> Mask:
    """The mask over the people. Pairs with an id that is not among them are passed
    over, as of somebody met before who has left."""
    return Mask(
        profiles,
        rules,
        apart=_keys(profiles, chain(history.apart, vetoes)),
        lately=_keys(profiles, history.lately if rules.cool_down else ()),
    )


def _keys(profiles: Profiles, pairs: Iterable[Pair]) -> Ints:
    ids = chain.from_iterable(pair for pair in pairs if len(pair) == 2)
    ends = profiles.ranks(ids).reshape(-1, 2)
    ends = ends[(ends >= 0).all(axis=1)]
    return np.unique(_key(len(profiles), *ends.T))


def _key(people: int, first: Ints, second: Ints) -> Ints:
    keys: Ints = np.minimum(first, second) * people + np.maximum(first, second)
    return keys
