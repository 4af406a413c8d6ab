"""What a human would call the same matter, and what not."""

import numpy as np
import pytest
from matchmaker.matching.evidence import gather
from matchmaker.matching.evidence.few import with_colleagues
from matchmaker.matching.meeting import meet, probability, shelve, who_can_help
from matchmaker.matching.rivals import DISCOUNT, FLOOR, Rivals, find_rivals, kinship
from matchmaker.matching.vectors import encode

from matchmaker.matching import Rules, meeting

OFFERS = [
    ("logo design", "tax advice", ""),
    (),
    ("bread baking", "building websites"),
    ("🎸",),
    ("tax law", "contract law", "company law", "sailing"),
    ("photography", "photography"),
]
WANTS = [
    ("help with my taxes", "a website"),
    ("a modern logo",),
    (),
    ("baking bread", "photography for social media"),
    ("help",),
    ("🎸", "reviewing a contract"),
]


def chance(offer, want):
    return float(who_can_help([want], [(offer,)], encode)[0, 0])


def meets(offer, want):
    return chance(offer, want) >= meeting.MEET


@pytest.mark.parametrize(
    ("offer", "want"),
    [
        ("EU funding applications", "finding public funding"),
        ("logo design", "a modern logo"),
        ("physiotherapy", "a physiotherapist for back pain"),
        ("building websites", "someone to build our website"),
        ("machine learning", "machine learning engineer for our prototype"),
        ("printing and book binding", "getting my books printed"),
        ("social media marketing", "instagram marketing"),
    ],
)
def test_the_same_matter_meets(offer, want):
    assert meets(offer, want)


@pytest.mark.parametrize(
    ("offer", "want"),
    [
        ("public speaking coaching", "finding public funding"),
        ("building permits", "someone to build our website"),
        ("bookkeeping", "getting my books printed"),
        ("web hosting", "a venue for workshops"),
        ("help with taxes", "help with my garden"),
        ("paper", "illustrations for greeting cards"),
    ],
)
def test_another_matter_with_like_words_does_not(offer, want):
    assert not meets(offer, want)


@pytest.mark.parametrize(
    ("offer", "want"),
    [
        ("social media", "photography for social media"),
        ("privacy law for small websites", "SEO for small websites"),
        ("workshops", "a venue for workshops"),
    ],
)
def test_what_something_is_for_does_not_give_it(offer, want):
    assert chance(offer, want) < Rules().threshold


def test_what_is_offered_in_the_same_words_is_all_but_certain():
    assert chance("logo design", "logo design") > 0.9
    assert chance("photography", "photography for social media") > 0.6


def everybody(offers, wants):
    vectors, (gives, seeks) = shelve([offers, wants], encode)
    givers, seekers = (side.ravel() for side in np.indices((len(offers), len(wants))))
    return vectors, gives, seeks, givers, seekers


def test_every_pair_has_its_likeliest_two_phrases():
    vectors, gives, seeks, givers, seekers = everybody(OFFERS, WANTS)

    found = meet(vectors, gives, seeks, givers, seekers)

    evidence = gather(vectors, gives, seeks)
    for k, (giver, seeker) in enumerate(zip(givers, seekers, strict=True)):
        mine = slice(*gives.starts[giver : giver + 2])
        sought = slice(*seeks.starts[seeker : seeker + 2])
        best = 0.0
        if gives.sizes[giver] and seeks.sizes[seeker]:
            texts = seeks.texts[sought]
            asked = np.full(len(texts), giver), np.arange(sought.start, sought.stop)
            met = probability(
                evidence.found(*asked),
                evidence.strongest_rival(*asked),
                vectors.sizes[texts],
                evidence.givers,
            )
            best = met.max()
        if best < meeting.MEET:
            assert found.strength[k] == 0
            continue
        want = met.argmax()
        single = vectors.table(gives.texts[mine], seeks.texts[sought])
        assert found.strength[k] == best
        assert found.sought[k] == seeks.places[sought][want]
        assert found.given[k] == gives.places[mine][single[:, want].argmax()]
    assert (found.strength > 0).sum() >= 5


def test_in_blocks_or_at_once_the_meetings_are_the_same(monkeypatch):
    asked = everybody(OFFERS, WANTS)
    whole = meet(*asked)
    chances = who_can_help(["help with my taxes", "a logo"], OFFERS, encode)
    monkeypatch.setattr(meeting, "_CHUNK", 2)
    monkeypatch.setattr(meeting, "_TABLE", 1)

    parts = meet(*asked)

    assert (parts.strength == whole.strength).all()
    assert (parts.given == whole.given).all()
    assert (parts.sought == whole.sought).all()
    again = who_can_help(["help with my taxes", "a logo"], OFFERS, encode)
    assert (again == chances).all()


def test_evidence_is_that_of_all_phrases_together():
    vectors, gives, seeks, *_ = everybody([("tax advice", "sailing"), ()], [("taxes",)])

    found = gather(vectors, gives, seeks).found(np.array([0]), np.array([0]))

    together = vectors.table(gives.joined[[0]], seeks.texts)[0, 0]
    assert found == pytest.approx(2**0.5 * together, abs=1e-3)


def test_what_one_left_out_a_colleague_may_have_said():
    own = np.array([[0.1], [0.7], [0.2], [0.6], [0.3]], np.float32)
    alike = np.eye(5, dtype=np.float32)
    alike[0, 1:4] = alike[1:4, 0] = 1, 0.5, 0.5

    found = with_colleagues(own, alike, np.full(5, 3))

    mean = (0.1 + 3 * 0.7 + 0.75 * 0.2 + 0.75 * 0.6) / (1 + 3 + 0.75 + 0.75)
    assert found[0, 0] == pytest.approx(mean, abs=1e-4)
    assert (found[[1, 3, 4]] == own[[1, 3, 4]]).all()  # who knows more loses nothing


@pytest.mark.parametrize("people", [1, 2])
def test_few_have_few_colleagues(people):
    own = np.full((people, 1), 0.4, np.float32)

    alike = np.ones((people, people), np.float32)

    assert (with_colleagues(own, alike, np.full(people, 3)) == own).all()


def test_one_phrase_makes_nobody_a_colleague():
    own, alike = np.array([[0.1], [0.7]], np.float32), np.ones((2, 2), np.float32)

    assert (with_colleagues(own, alike, np.array([1, 5])) == own).all()
    assert (with_colleagues(own, alike, np.array([2, 5])) > own).any()


def test_the_strongest_rival_is_of_another_kind():
    chance = np.random.default_rng(3)
    likeness = chance.random((30, 30), np.float32)
    likeness = np.maximum(likeness, likeness.T)
    np.fill_diagonal(likeness, 1)
    kin, found = kinship(likeness), chance.random((30, 20), np.float32)

    least, evidence, who = find_rivals(found, kin)

    for want in range(20):
        first = found[:, want].argmax()
        second = (found[:, want] + DISCOUNT[kin[:, first]]).argmax()
        assert who[:, want].tolist() == [first, second]
        assert evidence[:, want].tolist() == found[[first, second], want].tolist()
        rival = found[second, want] + DISCOUNT[kin[second, first]]
        assert least[want] == max(rival, FLOOR)


def test_nobody_comes_before_the_one_with_the_most_evidence():
    chance = np.random.default_rng(4)
    found, likeness = chance.random((30, 50), np.float32), chance.random((30, 30))
    kin = kinship(np.maximum(np.maximum(likeness, likeness.T), np.eye(30)))
    rivals = Rivals(*find_rivals(found, kin), kin)
    givers, wants = (side.ravel() for side in np.indices((30, 50)))

    against = rivals.strongest(givers, wants).reshape(30, 50)

    met = probability(found, against, np.full(50, 5), 50)
    assert (met.max(axis=0) == met[found.argmax(axis=0), np.arange(50)]).all()


def test_nothing_is_a_rival_below_the_floor():
    vectors, gives, seeks, *_ = everybody([("sailing",)], [("tax advice",)])

    evidence = gather(vectors, gives, seeks)
    rival = evidence.strongest_rival(np.array([0]), np.array([0]))

    assert rival == FLOOR


def test_a_quoted_phrase_is_the_givers_own():
    offers = [("bookkeeping", "tax returns"), ("bookkeeping", "accounts"), ("yoga",)]
    vectors, gives, seeks, *_ = everybody(offers, [("somebody for my tax returns",)])

    found = meet(vectors, gives, seeks, np.array([0, 1]), np.array([0, 0]))

    assert found.strength[0] > found.strength[1]
    assert found.given[0] == 1


def test_nobody_meets_nobody():
    nobody = np.zeros(0, np.int64)
    vectors, gives, seeks, *_ = everybody([], [])

    assert not len(meet(vectors, gives, seeks, nobody, nobody).strength)
    assert who_can_help([], [], encode).shape == (0, 0)
    assert who_can_help(["logo"], [(), ("",)], encode).tolist() == [[0, 0]]


@pytest.mark.parametrize("words", [0, 1, 5, 20, 400])
def test_the_strength_is_a_probability_that_rises_with_the_lead(words):
    evidence = np.linspace(-2, 4, 100, dtype=np.float32)
    sizes = np.full(100, words)

    rising = probability(evidence, np.full(100, 0.4, np.float32), sizes, 100)
    falling = probability(np.full(100, 0.4, np.float32), evidence, sizes, 100)

    assert (np.diff(rising) >= 0).all()
    assert (np.diff(falling) <= 0).all()
    assert 0 <= rising[0] < 0.01 < 0.99 < rising[-1] <= 1


def test_among_more_people_the_same_evidence_says_less():
    evidence, rival = np.array([[0.9], [0.6]], np.float32)

    by_crowd = [
        float(probability(evidence, rival, np.array([5]), givers)[0])
        for givers in (1, 100, 200, 300, 10**6)
    ]

    assert by_crowd[0] == by_crowd[1] > by_crowd[2] > by_crowd[3] == by_crowd[4] > 0


def chances(want, offers):
    return who_can_help([want], [(offer,) for offer in offers], encode)[0]


def test_what_comes_close_counts_less_where_another_kind_comes_closer():
    far = ["bread baking", "tax advice", "sailing"] * 10

    alone = chances("photography for social media", ["social media", *far])
    among = chances(
        "photography for social media", ["social media", "photography", *far]
    )

    assert alone[0] > 2 * among[0] > 0


def test_nobody_takes_anything_from_who_offers_the_same():
    far = ["bread baking", "tax advice", "sailing"]

    alone = chances("instagram marketing", ["social media marketing", *far])[0]
    among = chances("instagram marketing", ["social media marketing"] * 9 + far)

    assert (among[:9] == alone).all()


def test_the_same_words_are_enough_however_many_offer_them():
    assert (chances("logo design", ["logo design"] * 50) > 0.7).all()


@pytest.mark.parametrize("size", [1, 30, 500])
def test_one_member_more_hardly_moves_anything(size):
    some = ["bread baking", "tax advice", "a choir", "web design", "graphic design"]
    offers = ["logo design", *(some * size)[: size - 1]]

    before = chances("a modern logo", offers)[0]
    after = chances("a modern logo", [*offers, "designing brands and logos"])[0]

    assert abs(after - before) < (0.15 if size == 1 else 0.05)


def test_whoever_can_help_comes_first():
    chances = who_can_help(["help with my taxes", "a logo"], OFFERS, encode)

    assert chances.shape == (2, len(OFFERS))
    assert chances.argmax(axis=1).tolist() == [0, 0]


@pytest.mark.parametrize("words", [12_000, 0])
@pytest.mark.parametrize("compiler", [True, None])
def test_a_large_round_is_answered_in_chunks_of_any_size(monkeypatch, words, compiler):
    monkeypatch.setattr("matchmaker.matching.vectors.EXACT_WORDS", words)
    if not compiler:
        monkeypatch.setattr(meeting, "find_spec", lambda _name: None)
    whole = meet(*everybody(OFFERS * 20, WANTS * 20))
    monkeypatch.setattr(meeting, "_TABLE", 0)
    monkeypatch.setattr(meeting, "_CHUNK", 1000)

    parts = meet(*everybody(OFFERS * 20, WANTS * 20))

    assert np.allclose(parts.strength, whole.strength, atol=2e-3)


def test_compiled_or_not_the_same_words_meet(monkeypatch):
    monkeypatch.setattr("matchmaker.matching.vectors.EXACT_WORDS", 0)
    compiled = meet(*everybody(OFFERS, WANTS))
    monkeypatch.setattr(meeting, "find_spec", lambda _name: None)

    plain = meet(*everybody(OFFERS, WANTS))

    assert np.allclose(compiled.strength, plain.strength, atol=2e-3)
    assert (compiled.strength > 0).sum() >= 5
    some = plain.strength > 0
    assert (compiled.given[some] == plain.given[some]).all()
    assert (compiled.sought[some] == plain.sought[some]).all()
