import pytest

from matchmaker.extensions import db
from matchmaker.mail import letters, links
from matchmaker.mail.links import Purpose
from matchmaker.models import Consent, LetterStatus
from tests.conftest import make_app
from tests.factories import (
    NOON,
    make_introduction,
    make_invited,
    make_member,
    make_space,
)


def a_membership(**fields):
    return make_member(
        "Ana", space=make_space(name="The Old Mill"), **fields
    ).memberships[0]


def path(membership):
    return f"/unsubscribe/{links.sign(Purpose.UNSUBSCRIBE, membership.id)}"


def test_looking_says_for_which_space_and_stops_nothing(visitor):
    membership = a_membership()

    page = visitor.get(path(membership))

    assert page.status_code == 200
    assert "The Old Mill" in page.text
    assert membership.wants_introductions


def test_a_press_stops_and_says_how_to_turn_them_on_again(visitor):
    membership = a_membership()

    page = visitor.post(path(membership))

    assert page.status_code == 200
    assert "Introductions have stopped" in page.text
    assert "turn introductions on" in page.text
    assert not membership.wants_introductions


def test_a_mail_program_stops_them_with_one_request_and_nothing_else(settings):
    app = make_app(settings, WTF_CSRF_ENABLED=True)
    with app.app_context():
        membership = a_membership()
        db.session.commit()

        answer = app.test_client(use_cookies=False).post(
            path(membership), data={"List-Unsubscribe": "One-Click"}
        )

        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        db.session.expire_all()
        assert not membership.wants_introductions
        db.session.remove()
        db.engine.dispose()


def test_stopping_twice_is_stopping_once(visitor):
    membership = a_membership()

    answers = [visitor.post(path(membership)).status_code for _ in range(3)]

    noes = db.select(Consent).where(Consent.given.is_(False))
    assert answers == [200, 200, 200]
    assert len(db.session.scalars(noes).all()) == 1


def test_letters_that_wait_are_not_sent(visitor):
    space = make_space()
    ana, ben = make_member("Ana", space=space), make_member("Ben", space=space)
    letter = letters.introduction(make_introduction(ana, ben).sides[0], NOON)

    visitor.post(path(ana.memberships[0]))

    assert letter.status is LetterStatus.CANCELLED


def test_whoever_was_invited_can_stop_the_invitation(visitor):
    member = make_invited("Ivo", space=make_space())
    letter = letters.invitation(member.memberships[0], None, NOON)

    answer = visitor.post(path(member.memberships[0]))

    assert answer.status_code == 200
    assert letter.status is LetterStatus.CANCELLED


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "token",
    [
        "nonsense",
        lambda: links.sign(Purpose.SIDE, 1),
        lambda: links.sign(Purpose.UNSUBSCRIBE, 1, 2),
        lambda: links.sign(Purpose.UNSUBSCRIBE, 999_999),
    ],
)
def test_a_link_that_is_not_whole_says_so(visitor, method, token):
    a_membership()
    token = token() if callable(token) else token

    page = getattr(visitor, method)(f"/unsubscribe/{token}")

    assert page.status_code == 404
    assert "This link does not work" in page.text
