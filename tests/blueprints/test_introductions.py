import itertools

import pytest

from matchmaker.extensions import db
from matchmaker.mail import links
from matchmaker.models import Answer, Encounter, Outcome
from matchmaker.services import safety
from tests.factories import NOON, make_introduction, make_member, make_space

MET = {"met": "yes", "outcome": "stated", "meet_again": "yes", "note": "Good"}


@pytest.fixture
def introduction(app):
    space = make_space()
    ana = make_member("Ana Duarte", space=space, offers=["law"], wants=["tax"])
    ben = make_member("Ben Osei", space=space, offers=["tax"], wants=["law"])
    return make_introduction(ana, ben)


def letter_path(introduction, number, page="answer"):
    side = introduction.sides[number]
    token = links.sign(links.Purpose.SIDE, introduction.id, side.member_id)
    return f"/letters/{token}/{page}"


def test_the_card_says_what_each_gains(as_member, introduction):
    page = as_member(introduction.members[0]).get(f"/introductions/{introduction.id}")

    assert "What Ben can give you" in page.text
    assert "Ben can help you with tax" in page.text or "“tax”" in page.text
    assert "What you can give Ben" in page.text


def test_two_yeses_on_the_page_introduce(as_member, introduction, letters):
    for member in introduction.members:
        answer = as_member(member).post(
            f"/introductions/{introduction.id}/answer",
            data={"answer": "yes"},
            follow_redirects=True,
        )
    assert "You have all said yes" in answer.text
    assert introduction.members[0].email in answer.text
    assert len(letters()) == 2


def test_an_answer_by_letter_needs_no_account_and_gives_none(visitor, introduction):
    path = letter_path(introduction, 0)

    page = visitor.get(f"{path}?answer=yes")
    assert "Ana, would you like to meet Ben?" in page.text
    assert introduction.members[1].email not in page.text
    assert introduction.sides[0].answer is None
    visitor.post(path, data={"answer": "yes"})

    db.session.expire_all()
    assert introduction.sides[0].answer is Answer.YES
    assert visitor.get(f"/introductions/{introduction.id}").status_code == 302


def test_the_button_in_the_letter_is_chosen_on_its_page(visitor, introduction):
    page = visitor.get(f"{letter_path(introduction, 0)}?answer=not-now").text

    tag = next(tag for tag in page.split("<input") if 'value="not now"' in tag)
    assert "checked" in tag


def test_no_answer_is_a_mistake_that_is_explained(visitor, introduction):
    answer = visitor.post(letter_path(introduction, 0), data={})

    assert answer.status_code == 422
    assert "Choose one of the three" in answer.text


def test_a_late_yes_is_told_so_kindly(visitor, introduction):
    introduction.sides[0].answer = Answer.NOT_NOW

    answer = visitor.post(
        letter_path(introduction, 1), data={"answer": "yes"}, follow_redirects=True
    )

    assert "did not come about" in answer.text
    assert "Ana said" not in answer.text


def test_a_token_of_another_kind_opens_nothing(visitor, introduction):
    side = introduction.sides[0]
    other = links.sign(links.Purpose.UNSUBSCRIBE, introduction.id, side.member_id)

    assert visitor.get(f"/letters/{other}/answer").status_code == 404
    assert visitor.get("/letters/nonsense/answer").status_code == 404


def test_after_a_block_the_letters_link_says_no_more_than_after_a_not_now(
    visitor, introduction
):
    ana, ben = introduction.members
    other = make_introduction(*introduction.members, answers=[Answer.NOT_NOW])
    declined = visitor.get(letter_path(other, 1))
    safety.block(ana, ben, NOON)

    for number, page in itertools.product((0, 1), ("answer", "met")):
        blocked = visitor.get(letter_path(introduction, number, page))
        assert blocked.text == declined.text
        assert (
            visitor.post(
                letter_path(introduction, number, page), data={"answer": "yes"} | MET
            ).text
            == declined.text
        )
    assert "Ben" not in declined.text


def test_what_came_of_it_is_told_in_two_presses(visitor, introduction):
    introduction.introduced_at = NOON
    path = letter_path(introduction, 0, "met")
    assert "checked" in visitor.get(f"{path}?met=yes").text

    assert visitor.post(path, data={"met": "yes"}).status_code == 422
    visitor.post(path, data=MET)

    db.session.expire_all()
    side = introduction.sides[0]
    assert (side.met, side.outcome, side.meet_again) == (True, Outcome.STATED, True)
    assert len(db.session.scalars(db.select(Encounter)).all()) == 1


def test_who_has_not_met_needs_to_say_no_more(as_member, introduction):
    introduction.introduced_at = NOON

    answer = as_member(introduction.members[0]).post(
        f"/introductions/{introduction.id}/feedback", data={"met": "no"}
    )

    assert answer.status_code == 302
    assert introduction.sides[0].met is False


def test_feedback_before_an_introduction_is_refused(as_member, visitor, introduction):
    browser = as_member(introduction.members[0])

    answer = browser.post(f"/introductions/{introduction.id}/feedback", data=MET)

    assert answer.status_code == 409
    assert "nothing to tell yet" in answer.text
    page = visitor.get(letter_path(introduction, 0, "met"))
    assert "did not come about" in page.text


def test_three_can_be_introduced(as_member):
    space = make_space()
    members = [make_member(name, space=space) for name in ("Ana", "Ben", "Cem")]
    trio = make_introduction(*members)

    page = as_member(members[0]).get(f"/introductions/{trio.id}")

    assert "Ben" in page.text
    assert "Cem" in page.text
