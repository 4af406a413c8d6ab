"""Made-up members, and the questions every test asks of a plan."""

from hypothesis import strategies as st

from matchmaker.matching import Person

INDUSTRIES = (
    (),
    ("J",),
    ("J", "62", "620", "6201"),
    ("J", "62", "620", "6202"),
    ("M", "74", "741", "7410"),
)

phrases = st.lists(
    st.sampled_from(
        [
            "logo design",
            "brand identity and logos",
            "grant writing",
            "finding grants",
            "Python programming",
            "learning Python",
            "tax advice",
            "help with my taxes",
            "chess",
            "photography",
            "SEO",
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
        industry=st.sampled_from(INDUSTRIES),
        company=st.sampled_from(["", "", "", "Acme", "Foo"]),
        years=st.none() | st.integers(0, 3),
        mentor_topics=phrases,
        mentor_places=st.integers(0, 2),
        mentee_topics=phrases,
        formats=st.frozensets(st.sampled_from(["coffee", "walk", "online"])),
        times=st.frozensets(st.sampled_from(["morning", "noon", "evening"])),
        weeks_waited=st.integers(0, 6),
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
