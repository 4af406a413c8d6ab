"""What evidence is, whether of few people or of many."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from matchmaker.matching.arrays import Floats, Ints
from matchmaker.matching.rivals import Rivals

# A phrase among n that have nothing in common is 1 / sqrt(n) of what they say together.
# Beyond three, phrases of one person tend to be about one matter.
PHRASES = 3


@dataclass(frozen=True)
class Evidence:
    """Between those who give what one shelf holds and the wants that another holds.

    Phrases are known by where they are in the texts of their shelf.
    """

    found: Callable[[Ints, Ints], Floats]  # of people givers[k] and phrases asked[k]
    # What is left of a chance after others of the giver's kind could not help.
    left: Callable[[Ints, Ints], Floats]
    giver: Ints  # (people,) row of the rivals' kinship
    want: Ints  # (phrases,) column of the rivals
    rivals: Rivals
    givers: int  # how many people give anything
    # What was found, (rows, columns) as `giver` and `want` have them, of few people.
    table: Floats | None = None

    def strongest_rival(self, givers: Ints, asked: Ints) -> Floats:
        """What speaks for somebody else, of givers[k] and asked[k]."""
        return self.rivals.strongest(self.giver[givers], self.want[asked])


def own_evidence(likeness: Floats, phrases: Ints) -> Floats:
    """From the want's likeness to all the giver's phrases together, of which there are so
    many; of any shapes that go together. By the likeness to the one phrase that is likest
    fewer tasks find their occupation (0.44 instead of 0.58 of them, by wordllama)."""
    wide = np.sqrt(np.minimum(phrases, PHRASES)).astype(np.float32)
    return rounded(wide * likeness)


def rounded(evidence: Floats) -> Floats:
    """So that noise in a sum decides nothing."""
    return np.asarray(np.round(evidence, 4), np.float32)
