import pytest

from matchmaker.enums import GainKind
from matchmaker.mail import brief
from matchmaker.models import Kind
from tests.factories import make_introduction, make_member, make_space


def introduction(*industries, shared=(), kind=Kind.PEERS):
    space = make_space()
    members = [
        make_member(name, space=space, profile={"industry": code})
        for name, code in zip(("Ana", "Ben", "Cleo"), industries, strict=False)
    ]
    return make_introduction(*members, shared=[*shared], kind=kind)


@pytest.mark.parametrize("kind", list(GainKind))
@pytest.mark.parametrize("how", list(Kind))
@pytest.mark.parametrize(
    "industries", [("5911", "6201"), ("", ""), ("6201", "6201", "")]
)
def test_three_different_questions_are_ready_for_every_kind_of_introduction(
    app, kind, how, industries
):
    if how is Kind.MENTORING and len(industries) == 3:
        return
    proposed = introduction(*industries, shared=["chess"], kind=how)
    for side in proposed.sides:
        side.gains = [dict(gain, kind=kind.value) for gain in side.gains]

    for side in proposed.sides:
        asked = brief.questions(side)
        assert len({question.text for question in asked}) == 3
        assert all(str(question).endswith("?") for question in asked)
        assert brief.to_bring(side)


def test_the_questions_are_about_what_they_offer_what_they_want_and_what_is_different(
    app,
):
    ana, _ben = introduction("5911", "6201").sides

    offer, want, different = (str(question) for question in brief.questions(ana))

    assert "grant writing" in offer
    assert "getting a first grant" in want
    assert brief.trade(ana) in different


def test_among_three_a_question_says_whom_it_is_for(app):
    side = introduction("5911", "6201", "3100").sides[0]

    assert {question.of for question in brief.questions(side)} <= {"Ben", "Cleo"}
    assert all(question.of for question in brief.questions(side))


@pytest.mark.parametrize(
    ("industries", "shared", "said"),
    [
        (("5911", "6201"), [], "Ben comes from software development; you come from "),
        (("6201", "6201"), [], "You both work in software development."),
        (("", "6201"), ["chess"], "You both care about chess."),
        (("", ""), [], ""),
    ],
)
def test_what_is_different_is_said_in_a_line(app, industries, shared, said):
    side = introduction(*industries, shared=shared).sides[0]

    told = brief.difference(side)

    assert told.startswith(said)
    assert bool(told) == bool(said)
