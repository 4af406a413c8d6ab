"""Who else could give what is wanted, and how much that takes from somebody's chance.

The more somebody of another kind has to do with a want, the likelier it asks for them:
of one who mends shoes and one who sells them, the want of new soles names the first,
though it is close to both. Somebody of the same kind takes nothing. So a rival counts
less the more alike they are to the giver, as in a softmax over kinds of people
(Luce 1959) whose sum is its greatest term.

Two rivals of each want are known: the one it is closest to, and the one it is closest to
among those unlike the first, so that the first and their kind have a rival as well.
Nobody's rival is weaker than that of the closest, or who is a little like both would
come before them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.arrays import Floats, Ints

Kinship = NDArray[np.uint8]

# What evidence there is for somebody or other in any larger community: it keeps two
# people who are alone with each other from being each other's best.
FLOOR = np.float32(0.4)

# Likeness of all that two people offer, below which nothing makes them one kind and above
# which nothing tells them apart. Colleagues of one occupation of benchmarks/communities.py
# are at 0.7 to 0.95 where they say much, other people at 0.1 to 0.3.
_APART, _SAME = 0.2, 0.6
_STEPS = 256
SHARPNESS = 20  # of the softmax; the slopes of meeting.py's fit are 13 to 17
DISCOUNT = (np.log1p(-np.arange(_STEPS) / _STEPS) / SHARPNESS).astype(np.float32)


@dataclass(frozen=True)
class Rivals:
    """The two of each want, and how much of a kind every giver is with every rival."""

    least: Floats  # (wants,) what speaks for the rival of the closest
    evidence: Floats  # (2, wants)
    who: Ints  # (2, wants) columns of `kinship`
    kinship: Kinship  # (givers, rivals) 0 apart … 255 the same

    def strongest(self, givers: Ints, wants: Ints) -> Floats:
        """What speaks for the strongest rival of givers[k] for wants[k]."""
        found = self.least[wants]
        for evidence, who in zip(self.evidence, self.who, strict=True):
            kin = self.kinship[givers, who[wants]]
            np.maximum(found, evidence[wants] + DISCOUNT[kin], out=found)
        return found


def find_rivals(evidence: Floats, kinship: Kinship) -> tuple[Floats, Floats, Ints]:
    """`least`, `evidence` and `who` of `Rivals`, from what speaks for each of those who
    give something, (rivals, wants), and their kinship, (rivals, rivals). Of equal ones
    the first. Somebody gives something."""
    first = evidence.argmax(axis=0)
    against = DISCOUNT.take(kinship[:, first])
    against += evidence
    second = against.argmax(axis=0)
    who, wants = np.stack([first, second]), np.arange(evidence.shape[1])
    least = np.maximum(against[second, wants], FLOOR)
    return least, evidence[who, wants], who


def kinship(likeness: Floats) -> Kinship:
    """How much two people are of one kind, from the likeness of what they offer."""
    return np.asarray(
        np.minimum(share_of_kind(likeness) * _STEPS, _STEPS - 1), np.uint8
    )


def share_of_kind(likeness: Floats) -> Floats:
    """The same, from 0 to 1."""
    share: Floats = np.clip((likeness - _APART) / (_SAME - _APART), 0, 1)
    return share
