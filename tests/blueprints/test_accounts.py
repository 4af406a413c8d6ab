import re
from datetime import timedelta
from html import unescape

import pytest

from matchmaker.extensions import db
from matchmaker.mail import links
from matchmaker.models import Member, MembershipStatus, RequestedLetter, Visibility
from tests.factories import make_event, make_invited, make_member, make_space

PASSWORD = "a few words to remember"


def register(browser, email="ana@example.org", password=PASSWORD):
    return browser.post(
        "/register",
        data={"email": email, "password": password},
        follow_redirects=True,
    )


def link_in(letter):
    return re.search(r"http://localhost(/\S+)", letter.text)[1]


def an_hour_passes_in_mailboxes():
    for row in db.session.scalars(db.select(RequestedLetter)):
        row.created_at -= timedelta(hours=1)


def signed_in(browser):
    return browser.get("/profile/").status_code == 200


def sign_in(browser, email="ana@example.org", password=PASSWORD):
    return browser.post("/sign-in", data={"email": email, "password": password})


def test_from_registering_to_being_signed_in(visitor, letters):
    assert "Look in your mail" in register(visitor).text
    path = link_in(letters()[0])

    page = visitor.get(path)
    assert "ana@example.org" in page.text
    assert not signed_in(visitor)

    visitor.post(path, data={"password": PASSWORD})
    assert signed_in(visitor)
    assert db.session.scalars(db.select(Member)).one().confirmed_at


def test_nobody_signs_in_before_confirming(app, visitor):
    register(visitor)

    sign_in(visitor)

    assert not signed_in(visitor)


def test_a_confirmation_works_once(app, visitor, letters):
    register(visitor)
    path = link_in(letters()[0])
    visitor.post(path, data={"password": PASSWORD})

    other = app.test_client()
    assert other.post(path).status_code == 410
    assert "has done its work" in other.get(path).text
    assert not signed_in(other)


def test_a_forged_confirmation_confirms_nobody(visitor):
    assert visitor.post("/confirm/forged").status_code == 410


def test_the_answer_is_the_same_whoever_is_known(app, visitor, letters):
    make_member("Ana", email="ana@example.org")
    unknown = register(app.test_client(), "new@example.org")
    known = register(app.test_client(), "ana@example.org")

    assert known.text == unknown.text.replace("new@", "ana@")
    kinds = {letter.to: letter.kind for letter in letters()}
    assert kinds == {
        "new@example.org": "confirm_address",
        "ana@example.org": "already_registered",
    }


@pytest.mark.parametrize("address", ["/sign-in", "/reset-password", "/confirm"])
def test_other_pages_answer_everybody_alike_too(app, address):
    make_member("Ana", email="ana@example.org")

    def answer(email):
        fields = {"email": email, "password": "wrong, whoever it is"}
        page = app.test_client().post(address, data=fields, follow_redirects=True)
        return page.status_code, page.text.replace(email, "")

    assert answer("ana@example.org") == answer("new@example.org")


def test_a_forgotten_password_is_chosen_anew_by_letter(visitor, letters):
    register(visitor)
    visitor.post(link_in(letters()[0]), data={"password": PASSWORD})
    visitor.post("/sign-out")

    visitor.post("/reset-password", data={"email": "ana@example.org"})
    path = link_in(letters()[-1])
    assert visitor.get(path).status_code == 200
    again = "another few words of mine"
    visitor.post(path, data={"password": again, "password_confirm": again})
    visitor.post("/sign-out")

    sign_in(visitor)
    assert not signed_in(visitor)
    sign_in(visitor, password=again)
    assert signed_in(visitor)


def test_a_new_password_signs_out_everywhere_else(app, visitor, letters):
    register(visitor)
    visitor.post(link_in(letters()[0]), data={"password": PASSWORD})
    elsewhere = app.test_client()
    sign_in(elsewhere)
    assert signed_in(elsewhere)

    again = "another few words of mine"
    visitor.post(
        "/change-password",
        data={
            "password": PASSWORD,
            "new_password": again,
            "new_password_confirm": again,
        },
    )

    assert signed_in(visitor)
    assert not signed_in(elsewhere)


def test_looking_at_the_sign_out_page_signs_nobody_out(as_member):
    browser = as_member(make_member())

    assert browser.get("/sign-out").status_code == 405
    assert signed_in(browser)
    browser.post("/sign-out")
    assert not signed_in(browser)


def test_an_invitation_is_accepted_by_a_press_and_a_password(app, visitor):
    ivo = make_invited("Ivo", space=make_space(name="The Loft"))
    path = f"/invitations/{links.sign(links.Purpose.INVITATION, ivo.memberships[0].id)}"
    assert "The Loft" in visitor.get(path).text
    assert ivo.memberships[0].status is MembershipStatus.INVITED

    assert visitor.post(path, data={"password": "short"}).status_code == 422
    visitor.post(path, data={"password": PASSWORD})

    assert signed_in(visitor)
    assert ivo.memberships[0].is_active
    assert not ivo.memberships[0].wants_introductions
    again = app.test_client().get(path, follow_redirects=True)
    assert "has been used" in again.text


def test_an_invitation_never_changes_a_password_that_is_there(app, visitor):
    space = make_space()
    ana = make_member("Ana", space=space, status=MembershipStatus.INVITED)
    path = f"/invitations/{links.sign(links.Purpose.INVITATION, ana.memberships[0].id)}"

    page = visitor.post(path, data={"password": "mine from now on"})

    assert "Sign in" in page.text
    assert ana.password == "unusable"
    assert not signed_in(visitor)


def test_a_letter_leads_to_our_address_whatever_the_request_says(app, letters):
    answer = app.test_client().post(
        "/register",
        data={"email": "ana@example.org", "password": PASSWORD},
        headers={"Host": "evil.example"},
    )

    assert answer.status_code == 400
    assert letters() == []


def test_whoever_reads_the_mail_has_the_account_whoever_made_it(app, visitor, letters):
    thief = app.test_client()
    register(thief, password="the password of a thief")
    theirs = "the owner's own words"

    visitor.post(link_in(letters()[0]), data={"password": theirs})

    sign_in(thief, password="the password of a thief")
    assert not signed_in(thief)
    visitor.post("/sign-out")
    sign_in(visitor, password=theirs)
    assert signed_in(visitor)


def test_an_invitation_takes_an_unconfirmed_account_back(app, visitor):
    ivo = make_invited("Ivo", space=make_space(), password="a thief's hash")
    path = f"/invitations/{links.sign(links.Purpose.INVITATION, ivo.memberships[0].id)}"

    visitor.post(path, data={"password": PASSWORD})

    assert signed_in(visitor)
    db.session.expire_all()
    assert ivo.password != "a thief's hash"


def test_the_doors_take_forms_only(visitor):
    for address in ("/sign-in", "/register", "/reset-password", "/confirm"):
        assert (
            visitor.post(address, json={"email": "ana@example.org"}).status_code == 415
        )


def test_whoever_makes_an_account_for_an_event_is_led_back_to_it(visitor, letters):
    event = make_event(make_space("mill"), visibility=Visibility.PUBLIC)
    here = f"/events/{event.id}"
    assert f'href="/register?back={here}"' in visitor.get(here).text

    visitor.post(
        f"/register?back={here}",
        data={"email": "ana@example.org", "password": PASSWORD},
    )
    path = link_in(letters()[0])
    confirmed = visitor.post(path, data={"password": PASSWORD})
    assert confirmed.location == here
    assert f"/join/mill?next={here}" in visitor.get(here).text

    joined = visitor.post("/join/mill", data={"next": here})
    assert joined.location == "/profile/about"
    visitor.post("/profile/about", data={"name": "Ana", "headline": "Writes grants"})
    visitor.post("/profile/exchange", data={"offers": "law", "wants": "tax"})
    done = visitor.post(
        "/profile/meeting",
        data={
            "introductions": "no",
            "cadence_weeks": "1",
            "per_round": "1",
            "unlike": 0,
        },
    )
    assert done.location == here
    assert "I’ll be there" in visitor.get(here).text


def test_a_letter_sent_again_leads_back_to_the_event_too(visitor, letters):
    event = make_event(make_space(), visibility=Visibility.PUBLIC)
    here = f"/events/{event.id}"
    form = re.search(
        r'<form[^>]* action="([^"]+)"', visitor.get(f"/register?back={here}").text
    )
    mine = {"email": "ana@example.org", "password": PASSWORD}

    page = visitor.post(unescape(form[1]), data=mine, follow_redirects=True)
    assert page.request.path == "/check-your-mail"
    again = f"/confirm?back={here}"
    assert f'href="{again}"' in page.text
    assert f'href="/sign-in?next={here}"' in visitor.get(again).text
    assert len(letters()) == 1
    an_hour_passes_in_mailboxes()
    db.session.commit()
    visitor.post(again, data=mine)

    first, second = map(link_in, letters())
    assert f"back={here}" in first
    assert visitor.post(second, data={"password": PASSWORD}).location == here
    gone = visitor.get(first)
    assert gone.status_code == 410
    assert f'href="{again}"' in gone.text
    assert f'href="/sign-in?next={here}"' in gone.text


def test_whoever_has_an_account_is_led_back_to_the_event_too(app, visitor, letters):
    make_member("Ana", email="ana@example.org")
    event = make_event(make_space(), visibility=Visibility.PUBLIC)
    here = f"/events/{event.id}"
    assert f"/register?back={here}" in visitor.get(f"/sign-in?next={here}").text
    assert f"/sign-in?next={here}" in visitor.get(f"/register?back={here}").text

    visitor.post(
        f"/register?back={here}",
        data={"email": "ana@example.org", "password": PASSWORD},
    )

    assert link_in(letters()[0]) == f"/sign-in?next={here}"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example", "//evil.example", "/\\e"]
)
def test_an_account_leads_nowhere_else(visitor, letters, elsewhere):
    visitor.post(
        "/register",
        query_string={"back": elsewhere},
        data={"email": "ana@example.org", "password": PASSWORD},
    )
    path = link_in(letters()[0])
    assert "back" not in path

    answer = visitor.post(
        path, query_string={"back": elsewhere}, data={"password": PASSWORD}
    )

    assert answer.location == "/"


def test_letters_that_a_mail_server_may_not_take_are_refused_at_the_field(
    app, visitor, letters
):
    page = register(visitor, "jürgen@example.net")

    assert "plain letters before the @" in page.text
    assert 'aria-invalid="true"' in page.text
    assert letters() == []


def test_a_domain_of_other_letters_works_to_the_end(visitor, letters):
    register(visitor, "ana@bücher.example")
    (letter,) = letters()
    assert letter.to == "ana@xn--bcher-kva.example"
    visitor.post(link_in(letter), data={"password": PASSWORD})
    visitor.post("/sign-out")

    for spelling in ("Ana@BÜCHER.example", "ana@xn--bcher-kva.example"):
        sign_in(visitor, spelling)
        assert signed_in(visitor)
        visitor.post("/sign-out")
