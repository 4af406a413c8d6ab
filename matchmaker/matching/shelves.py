"""The phrases of everybody's profile, field by field, as rows of the vectors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np

from matchmaker.matching.arrays import Floats, Ints
from matchmaker.matching.lexicon import bags
from matchmaker.matching.sketch import Sketch
from matchmaker.matching.vectors import Vectors
from matchmaker.matching.words import essence

Phrases = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Shelf:
    """One field of everybody's profile: the phrases of person p are those from
    starts[p] to starts[p + 1]. Two shelves are never equal."""

    starts: Ints  # (people + 1,)
    texts: Ints  # (phrases,) row of the phrase's essence in the vectors
    places: Ints  # (phrases,) where it stands among what the person wrote
    joined: Ints  # (people,) row of all the phrases together
    # What each has helped with, and (people,) the row of their phrases and that
    # together; without any, as joined.
    proven: Ints
    helped: "Shelf | None" = None
    # Of a phrase, by where it is in `texts`: the rows of all that each of those offers
    # who met its owner because of it and could not help.
    tried: dict[int, list[int]] = field(default_factory=dict, repr=False)
    # What speaks for those who give what another shelf holds (evidence/).
    evidence: dict["Shelf", Any] = field(default_factory=dict, repr=False)

    @property
    def sizes(self) -> Ints:
        """How many phrases each wrote that name a subject, (people,)."""
        sizes: Ints = np.diff(self.starts)
        return sizes

    def note_tried(self, person: int, place: int, offered: int) -> None:
        """Note with what somebody wrote at a place, if it names a subject, the row of
        what another offers who could not help with it."""
        begin, end = self.starts[person : person + 2].tolist()
        for at in range(begin, end):
            if self.places[at] == place:
                self.tried.setdefault(at, []).append(offered)


def shelve(
    fields: Sequence[Sequence[Phrases]],
    encode: Callable[[Sequence[str]], Vectors],
) -> tuple[Vectors | Sketch, list[Shelf]]:
    """Encode fields of everybody's profile, each a sequence over people.

    `encode` is asked once, for the distinct essences of all phrases; what a person's
    phrases say together is the sum of theirs.
    """
    known: dict[str, str] = {}
    essences = [
        [[known.get(p) or known.setdefault(p, essence(p)) for p in of] for of in of_all]
        for of_all in fields
    ]
    # Sorted, so that the order of the people leaves no trace in any sum.
    texts = sorted({"", *known.values()})
    row = {text: index for index, text in enumerate(texts)}
    shelves = []
    kept = [
        [[(k, row[text]) for k, text in enumerate(of) if text] for of in of_all]
        for of_all in essences
    ]
    sums = [[tuple(sorted(text for _, text in of)) for of in of_all] for of_all in kept]
    groups = sorted({*chain(*sums)})
    at = {group: len(texts) + k for k, group in enumerate(groups)}
    for of_all, together in zip(kept, sums, strict=True):
        flat = [pair for of in of_all for pair in of]
        joined = np.array([at[group] for group in together], np.int64)
        shelves.append(
            Shelf(
                starts=np.cumsum([0, *map(len, of_all)], dtype=np.int64),
                texts=np.array([text for _, text in flat], np.int64),
                places=np.array([place for place, _ in flat], np.int64),
                joined=joined,
                proven=joined.copy(),
            )
        )
    return encode(texts).with_sums(bags(groups, len(texts))), shelves


def spread(starts: Ints, people: Ints) -> tuple[Ints, Ints]:
    """Where the phrases of each of the people are, one after the other, and which of
    the people each is of."""
    sizes = starts[people + 1] - starts[people]
    of = np.repeat(np.arange(len(people)), sizes)
    begins = np.cumsum(sizes) - sizes
    at: Ints = starts[people][of] + np.arange(len(of)) - begins[of]
    return at, of


def greatest(rows: Floats, row: Ints, shelf: Shelf, people: Ints) -> Floats:
    """Of people who wrote something, (people, columns): the greatest in each column of
    the rows of their phrases, which are rows[row[k]] for texts[k] of the shelf."""
    begins, sizes = shelf.starts[people], shelf.sizes[people]
    found = rows[row[begins]]
    for step in range(1, int(sizes.max())):  # far quicker than maximum.reduceat
        more = np.flatnonzero(sizes > step)
        found[more] = np.maximum(found[more], rows[row[begins[more] + step]])
    return found
