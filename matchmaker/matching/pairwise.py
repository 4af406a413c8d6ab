"""What each two of a few people could give each other: of those in one room."""

from collections.abc import Collection, Sequence

import numpy as np

from matchmaker.matching.arrays import Float64Array
from matchmaker.matching.profiles import Reader, read
from matchmaker.matching.scoring.gains import find_gains
from matchmaker.matching.scoring.pairs import SURPLUS, PairScores, Scorer
from matchmaker.matching.types import Feedback, Person, Rules


def mutual_benefit(
    people: Sequence[Person],
    reader: Reader,
    rules: Rules = Rules(),  # noqa: B008 - frozen
    *,
    feedback: Collection[Feedback] = (),
    scorer: Scorer | None = None,
) -> Float64Array:
    """What each pair is worth, (people, people) in the order given, 0 on the diagonal.

    As in `propose`, but where one side alone gains it counts too: at a table even a
    little is better than nothing. No rule keeps anybody apart.

    Raises ValueError when two people have the same id.
    """
    benefit = np.zeros((len(people), len(people)))
    if len(people) < 2:
        return benefit
    profiles = read(people, reader, feedback)
    ranks = profiles.ranks([person.id for person in people])
    one, other = np.triu_indices(len(people), 1)
    scores = PairScores(find_gains(profiles), rules, ranks[one], ranks[other], scorer)
    least, most = np.minimum(*scores.utility), np.maximum(*scores.utility)
    benefit[one, other] = (least + SURPLUS * most) / (1 + SURPLUS)
    return benefit + benefit.T
