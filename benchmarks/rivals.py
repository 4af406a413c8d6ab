"""How others decide who meets: their published rules, in our words and code.

Each way gets what ours gets, the people's profiles and who met whom in which week, and
answers with pairs of ids. Where a rule asks for the greatest sum, it is given an exact
solver and the encoder of our own engine, so that what is compared is the rule. People of
a round are few; a score is a matrix of people by people, symmetric.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import numpy as np
import rustworkx
from matchmaker.matching.vectors import encode
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from matchmaker.matching import Person
from matchmaker.matching.words import essence

COOL_DOWN = 12  # weeks: Curated Connections' default, three months

Pair = tuple[int, int]
History = Sequence[Collection[Pair]]  # the pairs that met in week 0, 1, …
Way = Callable[[Sequence[Person], History, int, int], list[Pair]]
Field = Callable[[Person], Collection[str]]  # answers to one question of a form
Scores = NDArray[np.float64]
Allowed = NDArray[np.bool_]

_EDGES = 60  # of the highest scores of each person, beyond which no solver looks
_LOT = 1e-6  # what chance adds to a score, so that ties are broken by lot


def icebreaker(
    people: Sequence[Person], _: History, week: int, seed: int
) -> list[Pair]:
    """Microsoft Teams' Icebreaker: everybody shuffled, neighbours meet, whoever met
    before (github.com/OfficeDev/microsoft-teams-apps-icebreaker)."""
    order = np.random.default_rng((seed, week)).permutation([p.id for p in people])
    return _pairs(zip(order[::2].tolist(), order[1::2].tolist(), strict=False))


def beans(
    people: Sequence[Person], history: History, week: int, seed: int
) -> list[Pair]:
    """Yelp's Beans: as many pairs as there can be, every pair as good as another, of
    those that did not meet during the cool-down (github.com/Yelp/beans)."""
    fresh = ~_met(people, history[max(week - COOL_DOWN, 0) : week])
    return _best(people, np.ones(fresh.shape), fresh, (seed, week))


def curated_connections(
    people: Sequence[Person], history: History, week: int, seed: int
) -> list[Pair]:
    """Curated Connections: like-minded, that is the pair with the most answers in
    common first, then the next; three months until a rematch (its help pages)."""
    shared = (
        _shared(people, lambda p: p.interests)
        + _shared(people, lambda p: _words(p.offers))
        + _shared(people, lambda p: _words(p.wants))
        + _shared(people, lambda p: p.industry[:1])
    )
    allowed = _allowed(people, history, week)
    return _greedy(people, shared, allowed & (shared > 0), (seed, week))


def together(
    people: Sequence[Person], history: History, week: int, seed: int
) -> list[Pair]:
    """Together: ten, five, three or one point for each answer that overlaps, by how much
    the question matters, then the best assignment; no past match again (its help pages:
    pairing criteria, automatching). What one wants and the other offers matters most."""
    wanted = _shared(people, lambda p: _words(p.offers), lambda p: _words(p.wants))
    taught = _shared(
        people, lambda p: _words(p.mentor_topics), lambda p: _words(p.mentee_topics)
    )
    points = (
        10 * (wanted + wanted.T)
        + 5 * (taught + taught.T)
        + 3 * _shared(people, lambda p: p.interests)
        + _shared(people, lambda p: p.industry[:1])
    )
    allowed = _allowed(people, history, week) & ~_met(people, history)
    return _best(people, points, allowed & (points > 0), (seed, week))


def mentor_match(
    people: Sequence[Person], history: History, week: int, seed: int
) -> list[Pair]:
    """mentor-match 7.0.1 of PyPI: mentors by mentees, the assignment of the most points
    (four for the same field, three for the higher grade: its README's weights), where
    whoever was matched before is worth nothing and, if assigned all the same, is left
    alone. It has no peers: whoever is neither mentor nor mentee meets nobody."""
    mentors = [row for row, p in enumerate(people) if p.mentor_places]
    mentees = [row for row, p in enumerate(people) if p.mentee_topics]
    field = _shared(
        people, lambda p: _words(p.mentor_topics), lambda p: _words(p.mentee_topics)
    )
    years = np.array([p.years or 0 for p in people])
    points = 4 * (field > 0) + 3 * (years[:, None] > years)
    barred = _met(people, history)
    chance = np.random.default_rng((seed, week))
    points = np.where(barred, 0, points)[np.ix_(mentors, mentees)]
    lots = _LOT * chance.random(points.shape)
    assigned = zip(*linear_sum_assignment(points + lots, maximize=True), strict=True)
    chosen = ((mentors[row], mentees[column]) for row, column in assigned)
    return _pairs((people[a].id, people[b].id) for a, b in chosen if not barred[a, b])


def merged_cosine(
    people: Sequence[Person], history: History, week: int, seed: int
) -> list[Pair]:
    """What most open-source bots do with embeddings: one vector of all that somebody
    wrote, and networkx' max_weight_matching of the cosines (solved here by rustworkx,
    which finds the same sum sooner)."""
    written = [" ".join((*p.offers, *p.wants, *p.interests)) for p in people]
    alike = _alike(written, written)
    return _best(people, alike, _allowed(people, history, week), (seed, week))


def likes_with_likes(
    people: Sequence[Person], history: History, week: int, seed: int
) -> list[Pair]:
    """The most interests in common, over all pairs."""
    shared = _shared(people, lambda p: p.interests)
    allowed = _allowed(people, history, week) & (shared > 0)
    return _best(people, shared, allowed, (seed, week))


def mean_of_gains(
    people: Sequence[Person], history: History, week: int, seed: int
) -> list[Pair]:
    """What one offers against what the other wants, the mean of both directions."""
    gains = _gains(people)
    allowed = _allowed(people, history, week)
    return _best(people, (gains + gains.T) / 2, allowed, (seed, week))


def lesser_gain(
    people: Sequence[Person], history: History, week: int, seed: int
) -> list[Pair]:
    """The same gains, and of the two directions the lesser: no rival, but what the
    objective alone is worth, without the rest of our engine."""
    gains = _gains(people)
    allowed = _allowed(people, history, week)
    return _best(people, np.minimum(gains, gains.T), allowed, (seed, week))


def random_acceptable(
    people: Sequence[Person], history: History, week: int, seed: int
) -> list[Pair]:
    """Anybody with an hour and a format in common who was not met lately."""
    allowed = _allowed(people, history, week)
    return _greedy(people, np.zeros(allowed.shape), allowed, (seed, week))


RIVALS: Mapping[str, Way] = {
    "Icebreaker": icebreaker,
    "Beans": beans,
    "Curated Connections": curated_connections,
    "Together": together,
    "mentor-match": mentor_match,
    "cosine of merged vectors": merged_cosine,
    "likes with likes": likes_with_likes,
    "mean of both gains": mean_of_gains,
    "lesser of the same gains": lesser_gain,
    "random acceptable": random_acceptable,
}


def _pairs(pairs: Iterable[Pair]) -> list[Pair]:
    return sorted((min(pair), max(pair)) for pair in pairs)


def _met(people: Sequence[Person], weeks: History) -> Allowed:
    """Who met whom in these weeks; and everybody has met themselves."""
    row = {person.id: k for k, person in enumerate(people)}
    met = np.eye(len(people), dtype=bool)
    for one, other in (pair for pairs in weeks for pair in pairs):
        met[row[one], row[other]] = met[row[other], row[one]] = True
    return met


def _allowed(people: Sequence[Person], history: History, week: int) -> Allowed:
    """Pairs that did not meet during the cool-down, with a format and a time in common
    and not of one company: our hard rules, for the rivals that have such rules."""
    allowed = ~_met(people, history[max(week - COOL_DOWN, 0) : week])
    fields: tuple[Field, ...] = (lambda p: p.formats, lambda p: p.times)
    for field in fields:
        some = _shared(people, field) > 0
        any_ = np.array([not field(person) for person in people])
        allowed &= some | any_ | any_[:, None]
    colleagues = _shared(people, lambda p: {p.company} - {""}) > 0
    return np.asarray(allowed & ~colleagues)


def _shared(
    people: Sequence[Person],
    field: Field,
    others: Field | None = None,
) -> Scores:
    """How many answers of row's field are among column's (others') answers."""
    columns = {name: k for k, name in enumerate(sorted({*_all(people, field)}))}

    def marked(of: Field) -> Scores:
        marks = np.zeros((len(people), len(columns)))
        for row, person in enumerate(people):
            marks[row, [columns[name] for name in of(person) if name in columns]] = 1
        return marks

    shared: Scores = marked(field) @ marked(others or field).T
    return shared


def _all(people: Sequence[Person], field: Field) -> Iterable[str]:
    return (name for person in people for name in field(person))


def _words(phrases: Iterable[str]) -> Collection[str]:
    """The words of phrases that name a subject, as a form's tags would."""
    return {word for text in phrases for word in essence(text).split() if len(word) > 3}


def _gains(people: Sequence[Person]) -> Scores:
    """What row gains from column: the likeness of the want that column's offers, taken
    together, meet best."""
    offers = [" ".join(person.offers) for person in people]
    wants = [(k, want) for k, person in enumerate(people) for want in person.wants]
    gains = np.zeros((len(people), len(people)))
    if wants:
        alike = _alike([want for _, want in wants], offers)
        np.maximum.at(gains, [k for k, _ in wants], alike)
    return gains


def _alike(texts: Sequence[str], others: Sequence[str]) -> Scores:
    """The likeness of each text to each other text, by our own encoder; none below 0."""
    vectors = encode([essence(text) for text in (*texts, *others)])
    rows = np.arange(len(texts))
    columns = np.arange(len(texts), len(texts) + len(others))
    return np.maximum(vectors.table(rows, columns).astype(np.float64), 0)


def _greedy(
    people: Sequence[Person], scores: Scores, allowed: Allowed, seed: Pair
) -> list[Pair]:
    """The best pair first, then the best of the rest, ties by lot."""
    one, other = np.nonzero(np.triu(allowed, 1))
    lots = np.random.default_rng(seed).random(len(one))
    free = np.ones(len(people), bool)
    chosen = []
    for k in np.lexsort((lots, -scores[one, other])).tolist():
        a, b = one[k], other[k]
        if free[a] and free[b]:
            free[a] = free[b] = False
            chosen.append((people[a].id, people[b].id))
    return _pairs(chosen)


def _best(
    people: Sequence[Person], scores: Scores, allowed: Allowed, seed: Pair
) -> list[Pair]:
    """Pairs of the greatest sum of scores, ties by lot: exact on each person's `_EDGES`
    best, that is on all pairs of small communities."""
    lots = np.random.default_rng(seed).random(scores.shape)
    worth = np.where(allowed, scores + _LOT * (lots + lots.T), -1.0)
    each = min(_EDGES, len(people) - 1)
    best = np.argpartition(-worth, each, axis=1)[:, :each]
    rows = np.repeat(np.arange(len(people)), each)
    edges = {
        (min(a, b), max(a, b))
        for a, b in zip(rows.tolist(), best.ravel().tolist(), strict=True)
        if worth[a, b] > 0
    }
    graph = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(len(people)))
    graph.add_edges_from([(a, b, worth[a, b]) for a, b in sorted(edges)])
    matched = rustworkx.max_weight_matching(graph, weight_fn=lambda w: int(w * 2**30))
    return _pairs((people[a].id, people[b].id) for a, b in matched)
