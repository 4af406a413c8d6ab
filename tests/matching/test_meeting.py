"""What a human would call the same matter, and what not."""

import numpy as np
import pytest

from matchmaker.matching import meeting
from matchmaker.matching.meeting import (
    Standing,
    meet,
    probability,
    shelve,
    standing,
    who_can_help,
)
from matchmaker.matching.vectors import encode

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
    assert chance(offer, want) < 0.25


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

    usual = standing(vectors, gives, seeks)
    for k, (giver, seeker) in enumerate(zip(givers, seekers, strict=True)):
        mine = slice(*gives.starts[giver : giver + 2])
        sought = slice(*seeks.starts[seeker : seeker + 2])
        best = 0.0
        if gives.sizes[giver] and seeks.sizes[seeker]:
            single = vectors.table(gives.texts[mine], seeks.texts[sought])
            together = vectors.table(gives.joined[[giver]], seeks.texts[sought])[0]
            size = gives.sizes[[giver]]
            evidence = meeting.evidence(single.max(axis=0), together, size)
            met = probability(evidence, usual, seeks.texts[sought])
            best = met.max()
        if best < meeting.MEET:
            assert found.strength[k] == 0
            continue
        want = met.argmax()
        assert found.strength[k] == best
        assert found.sought[k] == seeks.places[sought][want]
        assert found.given[k] == gives.places[mine][single[:, want].argmax()]
    assert (found.strength > 0).sum() >= 5


@pytest.mark.parametrize("setting", [{"_TABLE": 9, "_CHUNK": 2}, {"_TABLE": 0}])
def test_in_blocks_or_singly_the_meetings_are_the_same(monkeypatch, setting):
    asked = everybody(OFFERS, WANTS)
    whole = meet(*asked)
    for name, value in setting.items():
        monkeypatch.setattr(meeting, name, value)

    parts = meet(*asked)

    assert np.allclose(parts.strength, whole.strength, atol=2e-3)
    assert (parts.given == whole.given).all()
    assert (parts.sought == whole.sought).all()


def test_nobody_meets_nobody():
    nobody = np.zeros(0, np.int64)
    vectors, gives, seeks, *_ = everybody([], [])

    assert not len(meet(vectors, gives, seeks, nobody, nobody).strength)
    assert who_can_help([], [], encode).shape == (0, 0)
    assert who_can_help(["logo"], [(), ("",)], encode).tolist() == [[0, 0]]


@pytest.mark.parametrize("spread", [0.05, 0.2, 0.4])
def test_the_strength_is_a_probability_that_rises_with_the_evidence(spread):
    usual = Standing(*np.array([[0.3], [spread]], np.float32))
    evidence = np.linspace(-2, 4, 100, dtype=np.float32)

    strengths = probability(evidence, usual, np.zeros(100, np.int64))

    assert (np.diff(strengths) >= 0).all()
    assert strengths[0] >= 0
    assert strengths[-1] <= 1


def chances(want, offers):
    return who_can_help([want], [(offer,) for offer in offers], encode)[0]


def test_what_comes_close_counts_less_where_others_come_as_close():
    close = ["social media marketing", "marketing for start-ups", "marketing strategy"]
    far = ["bread baking", "tax advice", "sailing"]

    among_far = chances("instagram marketing", [close[0], *far * 10])[0]
    among_close = chances("instagram marketing", [close[0], *close * 10])[0]

    assert among_far > 2 * among_close > 0


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
