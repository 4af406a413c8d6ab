import pytest

from matchmaker.enums import GainKind
from matchmaker.matching import Field, Gain, Introduction, Kind, Phrase, Role, Side
from matchmaker.services import engine, readings
from tests.factories import NOON, make_member, make_space, make_topic


def test_nothing_is_left_to_chance_among_few(app):
    space = make_space(explore_share=0.05, control_share=0.1)

    few, many = (engine.rules(space, people) for people in (499, 500))

    assert (few.explore, few.control) == (0, 0)
    assert (many.explore, many.control) == (0.05, 0.1)


def test_what_a_member_says_of_a_phrase_is_certain(any_database):
    space = make_space()
    ana = make_member(space=space, offers=["go", "chess"], wants=["padel"])
    own = make_topic(space, name="Falconry")
    readings.refresh([ana], NOON)
    for text, slugs in (("go", ["go-game"]), ("chess", [])):
        readings.confirm(ana.memberships[0], "offers", text, slugs)
    readings.confirm(ana.memberships[0], "wants", "padel", [own.slug])
    own.encoder = ""  # its names were changed, and have yet to be encoded

    read = engine.reader(space)(
        [
            Phrase(ana.id, field, text)
            for field, text in (
                (Field.OFFERS, "go"),
                (Field.OFFERS, "chess"),
                (Field.WANTS, "padel"),
                (Field.INTERESTS, "chess"),
            )
        ]
    )

    likely = [read.index.slugs[at] for at in read.probabilities.argmax(axis=1)]
    assert read.is_confirmed.tolist() == [True, True, False, False]
    assert likely[0] == "go-game"
    assert read.probabilities[1].max() == 0
    assert likely[2:] == ["padel", "chess"]


def told(*gains, role=Role.PEER):
    """What is kept of these gains of one side."""
    one = Side(person=1, role=role, gains=gains)
    other = Side(person=2, role=Role.PEER, gains=gains[:1])
    proposal = Introduction(Kind.PEERS, (one, other), value=0.5, industry_distance=0.5)
    side, _ = engine.kept(proposal, NOON, NOON).sides
    return [(gain["kind"], gain["offer"]) for gain in side.gains]


def gain(kind, offer, want, strength=0.5, giver=2):
    return Gain(giver=giver, offer=offer, want=want, strength=strength, kind=kind)


HELP = gain(GainKind.HELP, "copywriting", "Dutch texts", 0.6)
GIVING = gain(GainKind.GIVING, "a logo", "design", 0.7)


@pytest.mark.parametrize(
    ("second", "is_told"),
    [
        (gain(GainKind.SHARED_INTEREST, "chess", "go", 0.31), True),
        (gain(GainKind.SHARED_INTEREST, "chess", "go", 0.29), False),  # too weak
        (gain(GainKind.LANGUAGE, "", "Dutch texts"), False),  # the same words
        (gain(GainKind.SHARED_LANGUAGE, "", ""), True),
        (GIVING, False),
    ],
)
def test_what_is_weak_or_said_already_is_not_told_beside_the_first(second, is_told):
    kept = told(HELP, second)

    assert kept[0] == ("help", "copywriting")
    assert len(kept) == 1 + is_told


def test_to_help_is_told_where_there_is_nothing_else(app):
    weak = gain(GainKind.SHARED_INTEREST, "chess", "go", 0.2)

    assert told(GIVING, HELP) == [("help", "copywriting")]
    assert told(GIVING, weak) == [("giving", "a logo")]


def test_a_lesson_is_no_business(app):
    business = gain(GainKind.BUSINESS, "learning to code", "coding")
    giving = gain(GainKind.GIVING, "learning to code", "coding")

    assert told(business, giving, role=Role.MENTOR) == [("giving", "learning to code")]
    assert told(business, giving) == [("business", "learning to code")]
    assert told(business, role=Role.MENTOR) == [("business", "learning to code")]


def test_of_each_of_two_others_one_thing_is_told(app):
    of_the_third = gain(GainKind.SAME_GOAL, "clients", "more clients", giver=3)
    chess = gain(GainKind.SHARED_INTEREST, "chess", "go")

    assert [kind for kind, _ in told(HELP, chess, of_the_third)] == [
        "help",
        "same goal",
    ]
