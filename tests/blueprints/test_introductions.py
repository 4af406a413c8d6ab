import itertools
from datetime import timedelta

import pytest

from matchmaker.extensions import db
from matchmaker.mail import links
from matchmaker.models import Answer, Encounter, Outcome, SideState, utcnow
from matchmaker.services import introductions, profiles, safety
from tests.factories import NOON, make_introduction, make_member, make_space

YES = {"answer": "yes"}
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
    assert "You’ve all said yes" in answer.text
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


@pytest.mark.parametrize(
    ("chosen", "first"),
    [
        ("not-now", "Not now"),
        ("let-go", "Let it go"),
        ("we-know-each-other", "We already know each other"),
        ("yes", "Yes, introduce us"),
        ("nonsense", "Yes, introduce us"),
    ],
)
def test_the_button_in_the_letter_is_the_first_on_its_page(
    visitor, introduction, chosen, first
):
    page = visitor.get(f"{letter_path(introduction, 0)}?answer={chosen}").text

    primary = next(tag for tag in page.split("<button") if "btn-primary" in tag)
    assert first in primary
    assert introduction.sides[0].answer is None


@pytest.mark.parametrize("answer", [{}, {"answer": ""}, {"answer": "perhaps"}])
def test_no_answer_is_a_mistake_that_is_explained(
    visitor, as_member, introduction, answer
):
    ana = as_member(introduction.members[0])

    for browser, path in (
        (visitor, letter_path(introduction, 0)),
        (ana, f"/introductions/{introduction.id}/answer"),
    ):
        page = browser.post(path, data=answer)
        assert page.status_code == 422
        assert "There is a problem" in page.text


@pytest.mark.parametrize("by_letter", [False, True])
def test_an_answer_can_be_undone_explained_and_changed(
    visitor, as_member, introduction, by_letter
):
    side = introduction.sides[0]
    browser = visitor if by_letter else as_member(introduction.members[0])
    start = letter_path(introduction, 0, "")
    if not by_letter:
        start = f"/introductions/{introduction.id}/"

    page = browser.post(
        f"{start}answer", data={"answer": "not now"}, follow_redirects=True
    )
    assert "Undo" in page.text
    assert "Ben isn’t told that" in page.text
    page = browser.post(
        f"{start}reason", data={"reason": "A full month"}, follow_redirects=True
    )
    assert "A full month" in page.text
    db.session.expire_all()
    assert (side.answer, side.reason) == (Answer.NOT_NOW, "A full month")
    browser.post(f"{start}undo")
    db.session.expire_all()
    assert side.answer is None
    assert (
        "Yes, introduce us" in browser.get(f"{start}answer".rsplit("/", 1)[0]).text
        or by_letter
    )
    too_long = browser.post(f"{start}reason", data={"reason": "x" * 1001})
    assert too_long.status_code == 422


def test_an_answer_after_the_end_is_told_so_kindly(visitor, as_member, introduction):
    ana, ben = introduction.members
    introductions.end(introduction, introduction.ends_at)
    db.session.commit()

    for number, page in ((0, "answer"), (1, "answer")):
        answer = visitor.post(letter_path(introduction, number, page), data=YES)
        assert "This introduction is over" in answer.text
    answer = as_member(ben).post(f"/introductions/{introduction.id}/answer", data=YES)
    assert answer.status_code == 409
    assert "This introduction is over" in answer.text
    for path in ("undo", "reason"):
        visitor.post(letter_path(introduction, 0, path), data={"reason": "late"})
    db.session.expire_all()
    assert [side.answer for side in introduction.sides] == [None, None]
    assert ana.email not in answer.text


def test_introductions_are_listed_by_what_they_wait_for(as_member, app):
    space = make_space()
    ana = make_member("Ana", space=space)
    said = [(None, None), ("yes", None), ("let go", None), ("yes", "yes")]
    for number, answers in enumerate(said):
        make_introduction(
            ana,
            make_member(f"Ben{number}", space=space),
            answers=[answer and Answer(answer) for answer in answers],
            introduced_at=NOON if answers[1] else None,
        )

    page = as_member(ana).get("/introductions/").text

    places = [
        page.index(words)
        for words in (
            "Waiting for you</h2>",
            "Ben0",
            "Waiting for them</h2>",
            "Ben1",
            "To meet</h2>",
            "Ben3",
            "Over (1)",
            "Ben2",
        )
    ]
    assert places == sorted(places)


def test_a_token_of_another_kind_opens_nothing(visitor, introduction):
    side = introduction.sides[0]
    other = links.sign(links.Purpose.UNSUBSCRIBE, introduction.id, side.member_id)

    assert visitor.get(f"/letters/{other}/answer").status_code == 404
    assert visitor.get("/letters/nonsense/answer").status_code == 404


def test_after_a_block_the_letters_link_says_no_more_than_after_the_end(
    visitor, introduction
):
    ana, ben = introduction.members
    other = make_introduction(*introduction.members, answers=[Answer.NOT_NOW])
    introductions.end(other, other.ends_at)
    db.session.commit()
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
    assert "This introduction is over" in page.text


def test_three_can_be_introduced(as_member):
    space = make_space()
    members = [make_member(name, space=space) for name in ("Ana", "Ben", "Cem")]
    trio = make_introduction(*members)

    page = as_member(members[0]).get(f"/introductions/{trio.id}")

    assert "Ben" in page.text
    assert "Cem" in page.text


def test_why_and_until_when_are_said_afterwards(as_member, introduction):
    side = introduction.sides[0]
    side.answer, side.answered_at = Answer.LET_GO, NOON
    day = (utcnow() + timedelta(days=40)).date()
    path = f"/introductions/{introduction.id}/reason"
    browser = as_member(side.member)

    late = browser.post(path, data={"not_before": "2020-01-01"})
    browser.post(path, data={"reason": "A busy month", "not_before": f"{day}"})

    assert late.status_code == 422
    assert "Choose a day after today" in late.text
    db.session.expire_all()
    assert (side.reason, side.not_before) == ("A busy month", day)


def test_somebody_else_can_neither_answer_nor_undo(as_member, introduction):
    stranger = as_member(make_member("Eve", space=introduction.round.space))

    for act in ("answer", "undo", "reason"):
        path = f"/introductions/{introduction.id}/{act}"
        assert stranger.post(path, data={"answer": "yes"}).status_code == 404


def test_one_click_ends_a_rest(visitor, introduction):
    membership = introduction.members[0].memberships[0]
    membership.resting_since, membership.unanswered = NOON, 3
    token = links.sign(links.Purpose.COME_BACK, membership.id)
    db.session.commit()

    page = visitor.get(f"/letters/{token}/come-back")
    assert "I’m back" in page.text
    assert membership.resting_since is not None
    visitor.post(f"/letters/{token}/come-back")

    db.session.expire_all()
    assert (membership.resting_since, membership.unanswered) == (None, 0)


def test_twenty_and_more_can_be_searched_by_name(as_member, app):
    space = make_space()
    ana = make_member("Ana", space=space)
    page = as_member(ana)
    for number in range(20):
        assert 'type="search"' not in page.get("/introductions/").text
        make_introduction(ana, make_member(f"Ben{number:02}", space=space))
        db.session.commit()

    assert 'type="search"' in page.get("/introductions/").text
    found = page.get("/introductions/?q=BEN07").text
    assert "Ben07" in found
    assert "Ben08" not in found
    assert "Nobody found" in page.get("/introductions/?q=Ana").text


def test_the_other_comes_first_with_who_they_are_and_what_both_share(as_member, app):
    space = make_space()
    ana = make_member("Ana", space=space, profile={"bio": "I bind books."})
    about = {"company": "Quay Press", "bio": "I print posters."}
    ben = make_member("Ben", space=space, profile=about)
    introduction = make_introduction(ana, ben, shared=["cold swims", "jazz"])

    page = as_member(ana).get(f"/introductions/{introduction.id}").text

    assert page.index(">Ben<") < page.index(">You<")
    assert "Quay Press" in page
    assert "I print posters." in page
    assert "I bind books." not in page
    assert "You both like" in page
    assert "jazz" in page


@pytest.mark.parametrize("by_letter", [False, True])
def test_who_says_it_wont_happen_is_asked_no_more(
    visitor, as_member, introduction, by_letter
):
    introduction.introduced_at = NOON
    ana, ben = introduction.members
    db.session.commit()
    said = {"met": "it-wont-happen", "want": "  a printer nearby "}

    if by_letter:
        visitor.post(letter_path(introduction, 0, "met"), data=said)
    else:
        as_member(ana).post(f"/introductions/{introduction.id}/feedback", data=said)

    db.session.expire_all()
    mine, theirs = introduction.sides
    assert (mine.met, mine.gave_up, mine.state) == (False, True, SideState.OVER)
    assert theirs.state is SideState.INTRODUCED
    later = NOON + introductions.ASK_AFTER + timedelta(days=8)
    assert introductions.sides_to_ask(later) == [theirs]
    assert ana.profile.wants == ["a printer nearby", "tax"]
    assert ana.profile.new_words == ["a printer nearby"]
    assert ben.profile.wants == ["law"]
    assert (
        "It won’t happen."
        in as_member(ana).get(f"/introductions/{introduction.id}").text
    )


def test_a_want_that_is_none_is_said_at_its_field(as_member, introduction):
    introduction.introduced_at = NOON
    ana = introduction.members[0]
    ana.profile.wants = [f"want {number}" for number in range(profiles.MOST_PHRASES)]
    db.session.commit()

    page = as_member(ana).post(
        f"/introductions/{introduction.id}/feedback",
        data={"met": "no", "want": "one more"},
    )

    assert page.status_code == 422
    assert "that matter most" in page.text
    assert introduction.sides[0].told_at is None
