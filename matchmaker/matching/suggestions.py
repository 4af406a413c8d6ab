"""Which one line more in a profile would bring somebody the most introductions."""

from collections.abc import Sequence

import numpy as np

from matchmaker.matching.arrays import Float32Array
from matchmaker.matching.constraints import Constraints
from matchmaker.matching.profiles import Field, Profiles
from matchmaker.matching.types import Suggestion

EACH = 3  # suggestions a person
_FEWEST = 2  # others for whom a line must matter

# What somebody could add, and where others have written what answers it.
_ANSWERED_BY = {
    Field.OFFERS: (Field.WANTS, Field.MENTEE_TOPICS),
    Field.INTERESTS: (Field.INTERESTS,),
}


def suggest_lines(
    ranks: Sequence[int], barred: Constraints
) -> dict[int, tuple[Suggestion, ...]]:
    """Return by id what each of `ranks` could add, what suits most others first.

    Only people whom they may meet are counted, and no topic that they have written of.
    """
    profiles = barred.profiles
    slugs = profiles.reading.index.slugs
    if not ranks:
        return {}
    asked = {
        field: _topics_of(profiles, *fields) >= 0.5
        for field, fields in _ANSWERED_BY.items()
    }
    written = _topics_of(profiles, *Field) > 0
    everybody = np.arange(len(profiles))
    found = {}
    for rank in ranks:
        may_meet = barred.allows(np.full(len(profiles), rank), everybody)
        choices = [
            Suggestion(field.name.lower(), slugs[topic], int(count))
            for field, topics in asked.items()
            for topic, count in enumerate(topics[may_meet].sum(axis=0))
            if count >= _FEWEST and not written[rank, topic]
        ]
        choices.sort(key=lambda one: (-one.people, one.field, one.topic))
        found[profiles.people[rank].id] = tuple(choices[:EACH])
    return found


def _topics_of(profiles: Profiles, *fields: Field) -> Float32Array:
    """How likely each person writes of each topic in these fields, (people, topics)."""
    rows = profiles.rows(*fields)
    topics = np.zeros((len(profiles), len(profiles.reading.index.slugs)), np.float32)
    likely = profiles.reading.topics[rows].tocoo()
    texts, about = likely.coords
    np.maximum.at(topics, (profiles.owners[rows][texts], about), likely.data)
    return topics
