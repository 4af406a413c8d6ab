from itertools import product

import pytest

from matchmaker.enums import GainKind, WhyNow
from matchmaker.mail import reasons
from matchmaker.mail.wording import subject, why
from matchmaker.models import Kind, Part
from tests.factories import make_event, make_introduction, make_member, make_space

OFFER, WANT = "bookkeeping for freelancers", "somebody for my VAT"
INDUSTRIES = {"industry": "5911"}, {"industry": "6201"}


def pair(kind, offer=OFFER, want=WANT, profiles=({}, {})):
    """Ana and Ben, and what Ana gains from him."""
    space = make_space()
    members = [
        make_member(name, space=space, profile=profile)
        for name, profile in zip(("Ana", "Ben"), profiles, strict=True)
    ]
    ana, ben = make_introduction(*members).sides
    ana.gains = [
        {
            "giver": ben.member_id,
            "offer": offer,
            "want": want,
            "kind": kind.value,
            "strength": 0.5,
        }
    ]
    return ana, ben


def told(kind, offer=OFFER, want=WANT, **more):
    """The same gain, told to Ana, to Ben and to neither."""
    ana, ben = pair(kind, offer, want, **more)
    return [
        reasons.gain_sentence(ana.gains[0], ana, viewer) for viewer in (ana, ben, None)
    ]


@pytest.mark.parametrize(
    ("kind", "to_ana", "to_ben"),
    [
        (
            GainKind.HELP,
            "Ben can help you with “bookkeeping for freelancers”: you’re looking for "
            "“somebody for my VAT”.",
            "You can help Ana with “bookkeeping for freelancers”: they’re looking for "
            "“somebody for my VAT”.",
        ),
        (
            GainKind.GIVING,
            "You can help: Ben is looking for “bookkeeping for freelancers”, and you "
            "offer “somebody for my VAT”.",
            "Somebody to help: you’re looking for “bookkeeping for freelancers”, and Ana "
            "offers “somebody for my VAT”.",
        ),
        (
            GainKind.SHARED_INTEREST,
            "You have this in common: you wrote “somebody for my VAT”, and Ben wrote "
            "“bookkeeping for freelancers”.",
            "You have this in common: Ana wrote “somebody for my VAT”, and you wrote "
            "“bookkeeping for freelancers”.",
        ),
    ],
)
def test_both_are_told_in_both_peoples_words(app, kind, to_ana, to_ben):
    assert told(kind)[:2] == [to_ana, to_ben]


ONLY_MINE = {
    GainKind.HAS_HELPED,
    GainKind.LANGUAGE,
}
NO_WORDS = {
    GainKind.NOT_MET_YET,
    GainKind.MET_LONG_AGO,
    GainKind.MET_THERE,
    GainKind.CATCH_UP,
    GainKind.SHARED_LANGUAGE,
}
IN_BOTH_WORDS = set(GainKind) - ONLY_MINE - NO_WORDS


@pytest.mark.parametrize("kind", sorted(IN_BOTH_WORDS | ONLY_MINE))
def test_every_kind_is_told_to_everybody_in_whose_words_it_rests(app, kind):
    to_ana, to_ben, to_others = told(kind, "" if kind in ONLY_MINE else OFFER)

    for sentence in (to_ana, to_ben, to_others):
        assert f"“{WANT}”" in sentence
        assert (f"“{OFFER}”" in sentence) is (kind in IN_BOTH_WORDS)
        assert sentence.endswith(".")
        assert "“”" not in sentence
    assert len({to_ana, to_ben, to_others}) == 3
    assert "Ben" in to_ana
    assert "Ana" not in to_ana
    assert "Ben" not in to_ben


@pytest.mark.parametrize("kind", sorted(IN_BOTH_WORDS))
def test_what_both_wrote_is_said_once(app, kind):
    for sentence in told(kind, "Chess", "chess."):
        assert sentence.casefold().count("chess") == 1


def test_a_language_is_named_where_there_is_one(app):
    speaks = [{"languages": ["Português"]}, {"languages": ["Português", "English"]}]
    ana, ben = pair(GainKind.SHARED_LANGUAGE, "", "", speaks)

    assert reasons.gain_sentence(ana.gains[0], ana, ana) == (
        "You and Ben both speak Português, which few people here speak."
    )
    ana.member.profile.languages = ["Português", "English"]
    assert "both speak a language that" in reasons.gain_sentence(ana.gains[0], ana, ben)


def test_who_speaks_a_language_can_help_to_practise_it(app):
    learner, speaker = pair(GainKind.LANGUAGE, "", "improve my Dutch")
    speaker.gains = [
        learner.gains[0]
        | {
            "giver": learner.member_id,
            "offer": "improve my Dutch",
            "want": "",
            "kind": GainKind.GIVING.value,
        }
    ]

    assert reasons.gain_sentence(learner.gains[0], learner, learner) == (
        "You’re looking for “improve my Dutch”, and Ben speaks the language."
    )
    assert reasons.gain_sentence(speaker.gains[0], speaker, speaker) == (
        "You can help: Ana is looking for “improve my Dutch”, and you speak the language."
    )


def test_a_headline_is_no_offer(app):
    ben_is = {"headline": "Illustrator and cartoonist"}
    ana, ben = pair(GainKind.HELP, ben_is["headline"], "a logo", ({}, ben_is))

    assert reasons.gain_sentence(ana.gains[0], ana, ana) == (
        "You’re looking for “a logo”, and Ben describes themselves as “Illustrator and "
        "cartoonist”."
    )
    ben.member.profile.offers = [ben_is["headline"]]
    assert "Ben can help you" in reasons.gain_sentence(ana.gains[0], ana, ana)


def test_somebody_who_has_helped_is_told_of_without_whom(app):
    to_ana, to_ben, _ = told(GainKind.HAS_HELPED, "", WANT)

    assert to_ana == (
        "You’re looking for “somebody for my VAT”. Ben has helped somebody here with "
        "something like it."
    )
    assert "You’ve helped somebody here" in to_ben


def test_a_possible_client_is_no_more_than_possible(app):
    to_ana, to_ben, _ = told(GainKind.BUSINESS, "a new website", "web design")

    assert to_ana == (
        "Ben is looking for “a new website”, and you offer “web design”: a possible "
        "client, or somebody who knows one."
    )
    assert to_ben.endswith("you may be a client, or know one.")


@pytest.mark.parametrize(
    ("mine", "theirs", "to_the_reader", "short"),
    [
        (
            "giving",
            "help",
            "You can help: Ben is looking",
            f"Your help with “{OFFER}”.",
        ),
        ("help", "giving", "Ben can help you", "You’re looking for what Ben offers."),
        ("same goal", "same goal", "You’re after much", "The same goes for Ben."),
    ],
)
def test_a_card_says_the_same_words_once(app, mine, theirs, to_the_reader, short):
    ana, ben = pair(GainKind(mine))
    (gain,) = ana.gains
    ben.gains = [
        gain
        | {
            "giver": ana.member_id,
            "offer": gain["want"],
            "want": gain["offer"],
            "kind": theirs,
        }
    ]

    assert reasons.gain_sentences(ana, ana)[0].startswith(to_the_reader)
    assert reasons.gain_sentences(ben, ana) == [short]
    other = ben.gains[0] | {"want": "something else", "kind": "help"}
    ben.gains = [other, *ben.gains]
    assert "something else" in reasons.gain_sentences(ben, ana)[0]
    assert reasons.gain_sentences(ben, ana)[1:] == ([] if mine == theirs else [short])


@pytest.mark.parametrize(
    ("profiles", "across"),
    [
        (INDUSTRIES, True),
        (INDUSTRIES[:1] * 2, False),
        ((INDUSTRIES[0], {}), False),
    ],
)
def test_notes_are_swapped_from_two_industries_only_where_they_are_two(
    app, profiles, across
):
    to_ana, _, _ = told(GainKind.SAME_CRAFT, profiles=profiles)

    assert ("from two industries" in to_ana) is across


def test_a_lesson_is_given_as_a_lesson(app):
    ana, ben = pair(GainKind.GIVING, "learning to price", "pricing")
    ben.gains = [
        {
            "giver": ana.member_id,
            "offer": "pricing",
            "want": "learning to price",
            "kind": GainKind.MENTORING.value,
            "strength": 0.5,
        }
    ]

    assert reasons.gain_sentence(ana.gains[0], ana, ana) == (
        "You can teach “pricing”: Ben would like to learn about “learning to price”."
    )
    assert subject(ana) == "Ben wants to learn about learning to price"
    ben.gains[0]["kind"] = GainKind.HELP.value
    assert reasons.gain_sentence(ana.gains[0], ana, ana).startswith("You can help: Ben")


def test_every_two_kinds_have_a_subject_a_reason_and_labels(app):
    ana, ben = pair(GainKind.HELP)
    gain = ana.gains[0]
    for mine, theirs in product(GainKind, GainKind):
        ana.gains = [gain | {"kind": mine.value}]
        ben.gains = [gain | {"giver": ana.member_id, "kind": theirs.value}]

        assert 8 < len(subject(ana)) <= 78
        assert why(ana).endswith(".")
        labels = [reasons.gains_label(side, ana) for side in (ana, ben)]
        assert labels[0] in {"For you", "What Ben can give you"}
        assert labels[1] in {"For Ben", "What you can give Ben"}


def test_a_mentor_is_told_so_and_a_mentee_too(app):
    ana, ben = pair(GainKind.GIVING)
    ana.introduction.kind = Kind.MENTORING
    ana.part, ben.part = Part.MENTOR, Part.MENTEE

    assert "share what you’ve learned" in why(ana)
    assert "what others here have done" in why(ben)


@pytest.mark.parametrize(
    ("mine", "theirs", "said"),
    [
        (["morning"], ["evening"], "You prefer mornings, and Ben prefers evenings."),
        (
            ["morning", "lunch"],
            ["evening", "afternoon"],
            "You prefer mornings or lunchtimes, and Ben prefers afternoons or evenings.",
        ),
        (["morning", "lunch"], ["lunch"], ""),
        ([], ["evening"], ""),
    ],
)
def test_hours_that_do_not_go_together_are_said(app, mine, theirs, said):
    ana, _ = pair(GainKind.HELP, profiles=({"times": mine}, {"times": theirs}))

    assert reasons.preferences(ana) == said


def test_ways_to_meet_that_do_not_go_together_are_said_but_not_at_an_event(app):
    profiles = {"formats": ["walk", "coffee"]}, {"formats": ["online"]}
    ana, _ = pair(GainKind.HELP, profiles=profiles)

    assert reasons.preferences(ana) == (
        "You’d rather meet over coffee or on a walk, and Ben online."
    )
    ana.introduction.round.event = make_event(ana.introduction.round.space)
    ana.introduction.round.event_id = ana.introduction.round.event.id
    assert reasons.preferences(ana) == ""


def test_why_now_is_said_if_there_is_something_to_say(app):
    introduction = pair(GainKind.HELP)[0].introduction

    for reason in WhyNow:
        introduction.now, introduction.changed = [reason.value], "tax advice"
        assert bool(reasons.now_sentence(introduction)) is (reason != WhyNow.WAITED)
