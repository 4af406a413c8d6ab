from datetime import timedelta

import pytest

from matchmaker.extensions import db
from matchmaker.models import ApiKey, Member, Scope
from matchmaker.refusal import Refusal
from matchmaker.services import accounts, api_keys, memberships
from tests.factories import NOON, make_api_key, make_member, make_space
from tests.racing import race

LATER = NOON + timedelta(days=1)


@pytest.fixture
def ana(app):
    return make_member(space=make_space())


def made(member, name="Script", days=30):
    return api_keys.make(member, name, Scope.RSVP, days, NOON)


def test_a_key_is_found_by_itself_alone(ana):
    key, text = made(ana)

    assert api_keys.find(text, LATER) == key
    assert api_keys.find(text[:-1] + ("A" if text[-1] != "A" else "B"), LATER) is None


def test_the_key_is_kept_nowhere(ana):
    _, text = made(ana)
    db.session.flush()

    row = db.session.execute(db.select(ApiKey.__table__)).one()
    assert all(text not in str(value) for value in row)
    assert row.prefix == text[:12]
    assert len(text) - len(row.prefix) > 40


@pytest.mark.parametrize(("scope", "may"), [(Scope.READ, False), (Scope.RSVP, True)])
def test_whose_key_it_is_hears_that_it_was_made_and_never_the_key(
    ana, letters, scope, may
):
    key, text = api_keys.make(ana, "Script", scope, 90, NOON)

    (letter,) = letters()
    assert letter.member is ana
    assert "“Script”" in letter.text
    assert "90 days" in letter.text
    assert ("gives up places for you" in letter.text) is may
    everything = letter.subject + letter.text + letter.html
    assert text not in everything
    assert key.prefix not in everything


def test_whoever_made_it_has_no_word_in_the_letter_that_leads_elsewhere(ana, letters):
    api_keys.make(ana, "Log in at https://evil.example", Scope.READ, 30, NOON)

    (letter,) = letters()
    assert "evil" not in letter.text + letter.html


@pytest.mark.parametrize("text", ["", "mmk_", "mmk_\0", "ü" * 56, "x" * 1_000_000])
def test_what_is_no_key_is_not_looked_up(ana, text):
    assert api_keys.find(text, LATER) is None


def test_it_ends_at_its_time(ana):
    _, text = made(ana, days=30)

    assert api_keys.find(text, NOON + timedelta(days=30, seconds=-1))
    assert api_keys.find(text, NOON + timedelta(days=30)) is None


def test_a_new_password_ends_it(ana):
    key, text = made(ana)

    accounts.confirm(ana, "another", NOON)

    assert api_keys.find(text, LATER) is None
    assert key.is_from_before_the_password


def test_whose_account_is_shut_has_none(ana):
    _, text = made(ana)

    ana.active = False

    assert api_keys.find(text, LATER) is None


def test_a_suspension_ends_it_for_good(ana):
    _, text = made(ana)
    membership = ana.memberships[0]

    memberships.suspend(membership, LATER)
    memberships.reinstate(membership)

    assert api_keys.find(text, LATER) is None
    assert ana.api_keys == []


def test_revoked_it_opens_nothing(ana):
    key, text = made(ana)

    api_keys.revoke(key)

    assert api_keys.find(text, LATER) is None


def test_there_are_ten_at_most(ana):
    for number in range(10):
        made(ana, f"Script {number}")

    with pytest.raises(Refusal, match="Revoke one first"):
        made(ana, "One more")


def test_each_has_a_name_of_its_own(ana):
    made(ana)

    with pytest.raises(Refusal, match="Choose another"):
        made(ana)
    made(make_member())  # somebody else's is no matter


def test_pressed_often_at_once_there_are_still_ten(any_database):
    ana = make_member()
    for number in range(8):
        make_api_key(ana, name=f"Old {number}")
    id_ = ana.id
    db.session.commit()

    def press(number):
        member = db.session.get_one(Member, id_)
        return api_keys.make(member, f"New {number}", Scope.READ, 30, NOON)[1]

    results = race(any_database, 16, press)

    assert sum(result.startswith("mmk_") for result in results) == 2
    assert len(db.session.scalars(db.select(ApiKey)).all()) == 10
