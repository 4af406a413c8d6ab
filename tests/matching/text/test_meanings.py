"""Words that are alike and mean different things, and the other way round.

None of them is taken from the communities that anything was fitted to.
"""

import pytest

from matchmaker.matching.scoring.relevance import Relation, fitted
from matchmaker.matching.text.encoders import encode
from matchmaker.services.topics import shipped_index

STATED = 0.3


@pytest.fixture(scope="module")
def index():
    return shipped_index()


@pytest.fixture(scope="module")
def help_with(index):
    def probability(want, offer):
        one = index.read(encode([want]), ["wants"])
        other = index.read(encode([offer]), ["offers"])
        return fitted()[Relation.HELP].probability(one, other)[0, 0]

    return probability


def first(index, text, field="wants"):
    read = index.read(encode([text]), [field])
    return index.slugs[int(read.probabilities[0].argmax())]


@pytest.mark.parametrize(
    ("want", "offer"),
    [
        ("learning Go", "machine learning models"),
        ("someone to do my books", "editing books"),
        ("an accountant", "carbon footprint calculations"),
        ("company for a marathon", "I run a marketing company"),
        ("a drummer", "drum brakes and gearboxes"),
        ("Kerzen gießen", "kersenbomen snoeien"),
        ("a logo", "logopedie voor kinderen"),
        ("Gift im Haus", "gift wrapping"),
        ("yoga at lunch", "lunch catering"),
        ("a stand-up desk", "stand-up comedy"),
        ("spring cleaning", "Java and Spring"),
        ("wedding photographer", "wedding cakes"),
        ("somebody who repairs shoes", "running shoes and marathons"),
    ],
)
def test_what_only_looks_alike_is_not_stated_as_help(help_with, want, offer):
    assert help_with(want, offer) < STATED


@pytest.mark.parametrize(
    ("want", "offer"),
    [
        ("a nanny for Wednesdays", "babysitting"),
        ("someone to do my books", "boekhouding voor kleine bedrijven"),
        ("un comptable", "bookkeeping for freelancers"),
        ("ik zoek iemand die mijn site kan vernieuwen", "création de sites WordPress"),
        ("Steuererklärung", "déclaration d'impôts pour indépendants"),
        ("a photographer for a wedding", "huwelijksfotografie"),
        ("someone to translate a contract", "traducteur juré"),
        ("aide pour une demande de subside", "writing grant applications"),
        ("headhunter", "personeel werven"),
    ],
)
def test_what_means_the_same_is_stated_in_whatever_language(help_with, want, offer):
    assert help_with(want, offer) >= STATED


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("nanny", "childcare"),
        ("sheet metal and welding", "metalwork"),
        ("luthier", "instrument-making"),
        ("je cherche une sage-femme", "perinatal-care"),
        ("hulp bij mijn btw-aangifte", "vat"),
        ("hilfe mit meinem WLAN", "office-it"),
        ("clases de guitarra", "music-lessons"),
        ("quelqu'un pour relire mon contrat", "freelance-contracts"),
        ("a room to rehearse with the orchestra", "rehearsal-space"),
        ("ik wil leren programmeren", "learning-to-code"),
    ],
)
def test_a_phrase_is_read_in_each_language(index, text, topic):
    assert first(index, text) == topic


@pytest.mark.parametrize(
    ("text", "liked", "offered"),
    [
        ("films", "film-cinema", "video-production"),
        ("theatre", "theatre", "performing-arts"),
    ],
)
def test_the_field_tells_what_is_liked_from_what_is_offered(
    index, text, liked, offered
):
    one, other = index.slugs.index(liked), index.slugs.index(offered)
    likes = index.read(encode([text]), ["interests"]).probabilities[0]
    offers = index.read(encode([text]), ["offers"]).probabilities[0]

    assert likes[one] / likes[other] > offers[one] / offers[other]


def test_ten_thousand_phrases_are_read_in_blocks_as_each_alone(index):
    vectors = encode(["bookkeeping", "hardlopen", "un logo"])

    many = index.read(vectors[[0, 1, 2] * 500])

    assert abs(many.scores[-3:] - index.read(vectors).scores).max() < 1e-3
