"""Who takes which part in rounds that are fixed up to names."""

import numpy as np

from matchmaker.matching.arrays import Float64Array, Ints
from matchmaker.matching.seating.annealing import Objective
from matchmaker.matching.seating.tables import meetings

_HOT, _COOL = 0.3, 0.02  # of the best preference: the noise, first and last
_COLD = 0.1  # share of the steps that end without noise


def permute(
    plan: Ints, objective: Objective, steps: int, random: np.random.Generator
) -> Ints:
    """The plan, (rounds, people), with people exchanged for what they are worth.

    Whoever changes parts with another does so in every round, so the plan's repeats
    stay what they are. Each step makes the best exchange under noise that cools down,
    the gains of all (a quadratic assignment, Koopmans and Beckmann 1957) being kept
    up to date; the best arrangement seen is the answer.
    """
    people = plan.shape[1]
    if people < 2 or not len(plan):
        return plan
    meet: Float64Array = (meetings(plan) > 0).astype(np.float64)
    pairs = objective.worth - objective.costs
    part = random.permutation(people)  # of each person
    fitted = pairs @ meet[part]  # what each person would get in each part
    value = best = 0.0
    chosen = part.copy()
    for step in range(steps):
        # As things stand, person i in person j's part.
        instead = fitted[:, part]
        own = instead.diagonal()
        gains = instead + instead.T - own[:, None] - own
        gains += 2 * pairs * meet[part[:, None], part]
        cooled = step / ((1 - _COLD) * steps)
        noise = objective.best * _HOT * (_COOL / _HOT) ** cooled if cooled < 1 else 0.0
        shaken = gains + noise * random.standard_exponential((people, people))
        np.fill_diagonal(shaken, -np.inf)
        one, other = divmod(int(shaken.argmax()), people)
        if noise == 0 and gains[one, other] <= 0:
            break
        value += gains[one, other]
        change = meet[part[other]] - meet[part[one]]
        fitted += np.outer(pairs[:, one] - pairs[:, other], change)
        part[[one, other]] = part[[other, one]]
        if value > best:
            best, chosen = value, part.copy()
    return plan[:, chosen]
