"""Made-up members, a made-up reader of what they write, and questions to a plan."""

import zlib

import numpy as np
from hypothesis import strategies as st

from matchmaker.matching import Choosiness, Person, Reading, TopicIndex
from matchmaker.matching.text.alias_vectors import DIRECTIONS

# What a phrase may name; one that names none of these is about itself.
TOPICS = (
    "chess",
    "clients",
    "dutch",
    "gardens",
    "grants",
    "logos",
    "photos",
    "python",
    "sailing",
    "taxes",
)
_KNOWN = 60

INDUSTRIES = (
    (),
    ("J",),
    ("J", "62", "620", "6201"),
    ("J", "62", "620", "6202"),
    ("M", "74", "741", "7410"),
)


def make_reader(blur=0.0):
    """A reader to whom two phrases mean the same that name the same of `TOPICS`, or are
    the same, and nothing in common otherwise.

    With `blur` each phrase means a little of its own as well, so that hardly two pairs
    are worth the same.
    """

    def read(phrases):
        rows = [_row(phrase.text, blur) for phrase in phrases]
        places = np.array(rows, np.float32).reshape(-1, DIRECTIONS)
        closeness = places @ _INDEX.aliases.T
        spread = np.maximum(closeness.std(axis=1, keepdims=True), 1e-6)
        scores = (closeness - closeness.mean(axis=1, keepdims=True)) / spread
        return Reading(places, scores, _INDEX)

    return read


def _row(text, blur):
    words = text.lower().split()
    named = [at for at, topic in enumerate(TOPICS) if topic in words]
    number = zlib.crc32(text.encode(errors="replace"))
    row = np.zeros(DIRECTIONS)
    row[named or [len(TOPICS) + number % (_KNOWN - len(TOPICS))]] = 1
    row[:_KNOWN] += blur / 10 * np.random.default_rng(number).normal(size=_KNOWN)
    return row / np.linalg.norm(row)


_INDEX = TopicIndex(
    slugs=(*TOPICS, *(f"another {k}" for k in range(_KNOWN - len(TOPICS)))),
    aliases=np.eye(_KNOWN, DIRECTIONS, dtype=np.float32),
    starts=np.arange(_KNOWN),
    near=np.eye(_KNOWN, dtype=np.float32),
    pastime=np.zeros(_KNOWN, np.float32),
    clients=np.array([TOPICS.index("clients")]),
    languages={"nl": TOPICS.index("dutch")},
)
read = make_reader()

phrases = st.lists(
    st.sampled_from(
        [
            "logos",
            "logos and brands",
            "grants",
            "finding grants",
            "python",
            "learning python",
            "taxes",
            "help with my taxes",
            "chess",
            "photos",
            "finding clients",
            "practising dutch",
            "مرحبا بالعالم",
            "🎸",
            "",
        ]
    ),
    max_size=3,
    unique=True,
).map(tuple)


def member(id_):
    return st.builds(
        Person,
        id=st.just(id_),
        offers=phrases,
        wants=phrases,
        interests=phrases,
        headline=st.sampled_from(["", "", "I do taxes", "python for a living"]),
        industry=st.sampled_from(INDUSTRIES),
        company=st.sampled_from(["", "", "", "Acme", "Foo"]),
        manager=st.sampled_from([None, None, None, 1, 404]),
        years=st.none() | st.integers(0, 3),
        mentor_topics=phrases,
        mentor_places=st.integers(0, 2),
        mentee_topics=phrases,
        formats=st.frozensets(st.sampled_from(["coffee", "walk", "online"])),
        times=st.frozensets(st.sampled_from(["morning", "noon", "evening"])),
        languages=st.sampled_from(
            [frozenset(), frozenset({"nl"}), frozenset({"nl", "en"}), frozenset({"en"})]
        ),
        unlike=st.sampled_from([-1.0, 0.0, 0.0, 0.5]),
        introductions=st.sampled_from([0, 1, 1, 1, 1, 2]),
        choosiness=st.sampled_from(Choosiness),
        cadence=st.sampled_from([1, 1, 2, 4]),
        due_in=st.sampled_from([0, 0, 0, 0, 1, 3]),
        rounds_waited=st.integers(0, 6),
        gave_in_a_row=st.integers(0, 4),
        weeks_unchanged=st.none() | st.integers(0, 80),
    )


crowds = st.integers(0, 9).flatmap(lambda n: st.tuples(*map(member, range(1, n + 1))))


def kept_apart(people):
    """Some of the pairs, as the history and the blocks have them."""
    ids = [person.id for person in people]
    pairs = [frozenset((a, b)) for a in ids for b in ids if a < b]
    return st.sets(st.sampled_from(pairs)) if pairs else st.just(set())


worlds = crowds.flatmap(lambda people: st.tuples(st.just(people), kept_apart(people)))


def groups(plan):
    """Who meets whom, by id."""
    return [tuple(side.person for side in intro.sides) for intro in plan.introductions]


def gains_of(plan, id_):
    """What somebody is told, over all their introductions."""
    return [
        gain
        for intro in plan.introductions
        for side in intro.sides
        if side.person == id_
        for gain in side.gains
    ]
