"""How much more often than was to be expected somebody gives, or gets, something."""

from dataclasses import dataclass

import numpy as np

from matchmaker.matching.arrays import Float64Array, Ints
from matchmaker.matching.learning.log import Log

# Answers after which one's own rate counts as much as the prior: the variance of a
# single answer (a quarter) over that between people, whose rates differ by about 0.2.
PRIOR = 6

# Sums are of whole numbers, 2**-20 each: exact, so that nobody's rate feels anybody
# else's outcomes, not even by rounding.
_WHOLE = 2**20


@dataclass(frozen=True)
class PersonEffects:
    """What is known of everybody at one moment. Rates are probabilities beyond the
    cold strength, between -1 and 1; 0 of somebody of whom nothing is known."""

    gives: tuple[Ints, Float64Array]  # person ids, ascending, and the rate of each
    gets: tuple[Ints, Float64Array]

    def of(self, receivers: Ints, givers: Ints) -> Float64Array:
        """(rows, 2): the giver's rate of giving, the receiver's rate of getting."""
        return np.stack(
            [_look_up(givers, *self.gives), _look_up(receivers, *self.gets)], axis=1
        )


def _look_up(people: Ints, ids: Ints, found: Float64Array) -> Float64Array:
    if not len(ids):
        return np.zeros(len(people))
    place = np.minimum(np.searchsorted(ids, people), len(ids) - 1)
    return np.where(ids[place] == people, found[place], 0.0)


def earlier_effects(log: Log) -> Float64Array:
    """The same two rates for each row, from rounds before its own only, (rows, 2).

    A rate is Σ (outcome - strength - m) / (answers + `PRIOR`), m being the mean of
    outcome - strength over everybody: the posterior mean of a person's effect in the
    normal model (Efron & Morris 1975), shrunk to what the cold scorer said.
    """
    _, round_ = np.unique(log.rounds, return_inverse=True)
    beyond, known = _beyond(log)
    everybody = _earlier(np.zeros_like(round_), round_, beyond, known)
    return np.stack(
        [
            _shrunk(*_earlier(people, round_, beyond, known), *everybody)
            for people in (log.givers, log.receivers)
        ],
        axis=1,
    )


def person_effects(log: Log) -> PersonEffects:
    """Everybody's rates after all of the log."""
    beyond, known = _beyond(log)

    def after(people: Ints) -> tuple[Ints, Float64Array]:
        ids, row = np.unique(people, return_inverse=True)
        sums, answers = np.zeros((2, len(ids)), np.int64)
        np.add.at(sums, row, beyond)
        np.add.at(answers, row, known)
        return ids, _shrunk(sums, answers, beyond.sum(), known.sum())

    return PersonEffects(after(log.givers), after(log.receivers))


def _beyond(log: Log) -> tuple[Ints, Ints]:
    strengths = np.nan_to_num(log.features[:, log.column])
    beyond = np.nan_to_num(log.outcomes - strengths)
    return np.round(beyond * _WHOLE).astype(np.int64), log.known.astype(np.int64)


def _earlier(
    people: Ints, round_: Ints, beyond: Ints, known: Ints
) -> tuple[Ints, Ints]:
    """For each row, the sum over the same person's rows of earlier rounds."""
    keys, group = np.unique(np.stack([people, round_]), axis=1, return_inverse=True)
    begins = np.searchsorted(keys[0], keys[0])  # the person's first group
    found = []
    for column in (beyond, known):
        sums = np.zeros(keys.shape[1], np.int64)
        np.add.at(sums, group, column)
        earlier = np.cumsum(sums) - sums
        found.append((earlier - earlier[begins])[group])
    return found[0], found[1]


def _shrunk(
    sums: Ints, answers: Ints, all_sums: Ints | np.int64, all_answers: Ints | np.int64
) -> Float64Array:
    mean = all_sums / np.maximum(all_answers, 1)
    shrunk: Float64Array = (sums - answers * mean) / _WHOLE / (answers + PRIOR)
    return shrunk
