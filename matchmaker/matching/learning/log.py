"""What was proposed in earlier rounds, how likely that was, and what came of it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.arrays import Float64Array, Ints
from matchmaker.matching.types import Arm, RandomisedBlock


@dataclass(frozen=True)
class Log:
    """One row for each direction of each introduction: what the receiver gains.

    A pair has two rows; of three people each has two, one for each of the others. The
    rounds are closed ones, in which everybody was asked: no answer then counts as not
    valued where introductions are counted, and teaches nothing where models learn.

    Raises ValueError where lengths differ, a number lies outside its range, or a
    block's introductions are not among the rows with the propensity the block gives.
    """

    names: tuple[str, ...]  # of the features, in order
    rounds: Ints  # (rows,) a later round has a higher number
    introductions: Ints  # (rows,) its number
    receivers: Ints  # (rows,) person ids
    givers: Ints
    features: Float64Array  # (rows, names), as known when proposed; NaN where unknown
    outcomes: Float64Array  # (rows,) 1 they got what was stated, 0 not, NaN unknown
    propensities: Float64Array  # (rows,) of the introduction in its arm, (0, 1]
    arms: tuple[Arm, ...]  # (rows,)
    blocks: tuple[RandomisedBlock, ...] = ()
    strength: str = "strength"  # the feature that is the cold scorer's probability

    def __post_init__(self) -> None:
        rows = len(self.rounds)
        columns = (
            self.introductions,
            self.receivers,
            self.givers,
            self.outcomes,
            self.propensities,
            self.arms,
        )
        if any(len(column) != rows for column in columns):
            raise ValueError("All columns of a log have the same length.")
        if self.features.shape != (rows, len(self.names)):
            raise ValueError("A log has one feature for each row and name.")
        if self.strength not in self.names:
            raise ValueError(f"There is no feature named {self.strength}.")
        if not np.isin(self.outcomes[~np.isnan(self.outcomes)], (0, 1)).all():
            raise ValueError("An outcome is 0, 1 or NaN.")
        if not ((self.propensities > 0) & (self.propensities <= 1)).all():
            raise ValueError("A propensity lies above 0 and is at most 1.")
        self._check_blocks()

    def _check_blocks(self) -> None:
        logged = dict(
            zip(self.introductions.tolist(), self.propensities.tolist(), strict=True)
        )
        for block in self.blocks:
            chances = block.propensities[list(block.choices[block.chosen])]
            for number, chance in zip(block.introductions, chances, strict=True):
                # Not logged at all is NaN, which is near to nothing.
                if not abs(logged.get(number, np.nan) - chance) < 1e-6:
                    raise ValueError(f"Introduction {number} is not as its block says.")

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which rows somebody has told the outcome of, (rows,)."""
        return ~np.isnan(self.outcomes)

    @property
    def column(self) -> int:
        """Where the cold strength stands among the features."""
        return self.names.index(self.strength)

    def before(self, round_: int) -> "Log":
        """What was known when that round was planned."""
        rows = self.rounds < round_
        numbers = set(self.introductions[rows].tolist())
        return replace(
            self,
            rounds=self.rounds[rows],
            introductions=self.introductions[rows],
            receivers=self.receivers[rows],
            givers=self.givers[rows],
            features=self.features[rows],
            outcomes=self.outcomes[rows],
            propensities=self.propensities[rows],
            arms=tuple(arm for arm, kept in zip(self.arms, rows, strict=True) if kept),
            blocks=tuple(
                block for block in self.blocks if block.introductions[0] in numbers
            ),
        )

    def valued(self) -> tuple[Ints, Float64Array]:
        """The numbers of the introductions, ascending, and for each 1 where everybody
        in it says that they got something, else 0. Silence is not a yes."""
        numbers, row = np.unique(self.introductions, return_inverse=True)
        sides, side = np.unique(
            np.stack([row, self.receivers]), axis=1, return_inverse=True
        )
        got = np.zeros(sides.shape[1])
        np.maximum.at(got, side, self.outcomes == 1)
        valued = np.ones(len(numbers))
        np.minimum.at(valued, sides[0], got)
        return numbers, valued
