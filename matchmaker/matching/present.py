"""What each two of a few people could give each other: of those in one room."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from matchmaker.matching.arrays import Values
from matchmaker.matching.benefit import Scorer, weigh
from matchmaker.matching.profiles import read
from matchmaker.matching.sources import ALL_ROLES
from matchmaker.matching.types import Person, Rules, Told
from matchmaker.matching.vectors import Embedding


def mutual_benefit(
    people: Sequence[Person],
    rules: Rules = Rules(),  # noqa: B008 - frozen
    *,
    told: Collection[Told] = (),
    aliases: Mapping[str, str] | None = None,
    scorer: Scorer | None = None,
    embed: Embedding | None = None,
) -> Values:
    """What each pair is worth, (people, people) in the order given, 0 on the diagonal.

    As in `propose`: what the side that gains less gains, in the roles that suit the
    two best, and a share of what the other gains beyond. No threshold: at a table
    even a little is better than nothing. No rule keeps anybody apart.

    Raises ValueError when two people have the same id.
    """
    benefit = np.zeros((len(people), len(people)))
    if len(people) < 2:
        return benefit
    profiles = read(people, aliases, told, embed)
    ranks = profiles.ranks([person.id for person in people])
    one, other = np.triu_indices(len(people), 1)
    found = weigh(profiles, rules, ranks[one], ranks[other], scorer)
    best = found.anything.argmax(axis=0)
    beyond = np.choose(best, [abs(np.subtract(*found.worth[r])) for r in ALL_ROLES])
    values = found.anything.max(axis=0)
    benefit[one, other] = values + rules.surplus * beyond
    return benefit + benefit.T
