import pytest

from matchmaker.extensions import db
from matchmaker.models import Choosiness, Joining, Member
from tests.factories import make_member, make_space

ABOUT = {
    "name": "Ana Duarte",
    "headline": "I write grants",
    "company": "",
    "industry_query": "software",
    "years": "7",
    "bio": "",
}
MEETING = {"introductions": "yes", "cadence_weeks": "2", "formats": ["coffee", "walk"]}


def test_three_steps_lead_a_newcomer_to_a_matchable_profile(app, as_member):
    space = make_space()
    ana = make_member("")
    browser = as_member(ana)
    assert space.name in browser.get("/").text
    browser.post(f"/join/{space.slug}")
    assert browser.get("/").location == "/profile/about"

    assert browser.post("/profile/about", data=ABOUT).location == "/profile/exchange"
    exchange = {
        "offers": "grant writing\nSEO",
        "wants": "Postgres; law",
        "interests": "",
    }
    onward = browser.post("/profile/exchange", data=exchange).location
    assert onward == "/profile/meeting"
    assert browser.post("/profile/meeting", data=MEETING).location == "/"

    db.session.expire_all()
    profile, (membership,) = ana.profile, ana.memberships
    assert profile.is_matchable
    assert profile.industry == "6201"
    assert profile.offers == ["grant writing", "SEO"]
    assert profile.wants == ["Postgres", "law"]
    assert (membership.wants_introductions, membership.cadence_weeks) == (True, 2)
    assert [consent.given for consent in membership.consents] == [True]
    assert browser.get("/").status_code == 200


def test_nothing_is_agreed_to_in_advance(app, as_member):
    space = make_space()
    ana = make_member()
    browser = as_member(ana)
    browser.post(f"/join/{space.slug}")

    page = browser.get("/profile/meeting").text

    for choice in ('value="yes"', 'value="no"'):
        tag = next(tag for tag in page.split("<input") if choice in tag)
        assert "checked" not in tag.split(">")[0]


@pytest.mark.parametrize(
    ("page", "fields", "says"),
    [
        ("about", ABOUT | {"name": ""}, "Tell us your name"),
        ("about", ABOUT | {"preferred_name": "see www.example.org"}, "Write a name"),
        ("about", ABOUT | {"years": "-3"}, "from 0 to 80"),
        ("about", ABOUT | {"industry_query": "zzqqx"}, "no industry for that"),
        ("about", ABOUT | {"headline": "x" * 91}, "90"),
        ("exchange", {"offers": "", "wants": "x"}, "Name one thing"),
        ("exchange", {"offers": "x" * 81, "wants": "x"}, "80 characters"),
        (
            "exchange",
            {"offers": "\n".join("abcdefghijklm"), "wants": "x"},
            "Keep the 12",
        ),
        ("meeting", {}, "you can change it"),
        ("meeting", MEETING | {"cadence_weeks": "3"}, "valid choice"),
        ("meeting", MEETING | {"formats": ["opera"]}, "not a valid choice"),
        ("meeting", MEETING | {"languages": "Englsh"}, "Did you mean English?"),
    ],
)
def test_a_mistake_is_explained_and_nothing_typed_is_lost(
    as_member, page, fields, says
):
    ana = make_member("Ana", space=make_space(), offers=["tea"], wants=["law"])

    answer = as_member(ana).post(f"/profile/{page}", data=fields)

    assert answer.status_code == 422
    assert says in answer.text
    for typed in fields.values():
        for text in typed if isinstance(typed, list) else [typed]:
            assert text in answer.text or text in {"opera", "3"}
    db.session.expire_all()
    assert ana.profile.offers == ["tea"]
    assert ana.name == "Ana"


def test_words_for_a_skill_become_the_vocabularys_name(as_member):
    ana = make_member(space=make_space())

    as_member(ana).post(
        "/profile/exchange", data={"offers": "seo\nSEO\n  my  own words ", "wants": "x"}
    )

    db.session.expire_all()
    assert ana.profile.offers == ["SEO", "my own words"]


def test_a_company_that_is_none_is_left_empty_and_said_so(as_member):
    ana = make_member(space=make_space(), profile={"company": "Acme"})
    browser = as_member(ana)

    browser.post("/profile/about", data=ABOUT | {"company": "Freelance"})

    assert "“Freelance” isn&#39;t one" in browser.get("/profile/").text
    db.session.expire_all()
    assert ana.profile.company == ""


def test_what_one_is_called_follows_the_name_until_it_is_said(as_member):
    ana = make_member("Dr. Ana Duarte", space=make_space())
    browser = as_member(ana)
    assert 'name="preferred_name" type="text" value="Ana"' in (
        browser.get("/profile/about").text
    )

    browser.post(
        "/profile/about", data=ABOUT | {"preferred_name": "Ana", "name": "Bo Li"}
    )
    db.session.expire_all()
    assert ana.called == "Bo"

    browser.post("/profile/about", data=ABOUT | {"preferred_name": " Nina "})
    db.session.expire_all()
    assert (ana.name, ana.called) == ("Ana Duarte", "Nina")


def test_languages_are_kept_as_the_list_names_them(as_member):
    ana = make_member(space=make_space())

    as_member(ana).post(
        "/profile/meeting", data=MEETING | {"languages": "deutsch, Vlaams\nGerman"}
    )

    db.session.expire_all()
    assert ana.profile.languages == ["German", "Flemish"]


def test_a_language_from_before_the_list_is_shown_with_what_it_does(as_member):
    ana = make_member(space=make_space(), profile={"languages": ["Englsh"]})

    page = as_member(ana).get("/profile/").text

    assert "Did you mean English?" in page
    assert "people of any language" in page


def test_suggestions_come_as_one_types(as_member):
    browser = as_member(make_member())

    assert "grant writing" in browser.get("/profile/suggest/skills?q=gran").json
    assert browser.get("/profile/suggest/languages?q=Deut").json[0] == "German"
    industry = browser.get("/profile/suggest/industries?q=softw").json[0]
    assert industry["code"] == "6201"
    assert browser.get("/profile/suggest/skills").json == []


def test_turning_introductions_off_is_as_easy_as_on(as_member):
    ana = make_member(space=make_space())

    as_member(ana).post("/profile/meeting", data=MEETING | {"introductions": "no"})

    db.session.expire_all()
    assert not ana.memberships[0].wants_introductions
    assert [consent.given for consent in ana.memberships[0].consents] == [True, False]


def test_extra_fields_change_nothing(as_member):
    ana = make_member(space=make_space())
    columns = {column.name: "1" for column in Member.__table__.columns}

    as_member(ana).post("/profile/about", data=columns | {"role": "organiser"} | ABOUT)

    db.session.expire_all()
    assert not ana.is_operator
    assert ana.memberships[0].role.value == "member"
    assert ana.email != "1"


def test_without_a_space_to_join_one_is_told_whom_to_ask(as_member):
    make_space(joining=Joining.INVITATION)

    assert "By invitation" in as_member(make_member()).get("/").text


def test_how_many_whom_and_in_which_languages_is_said(app, as_member):
    ana = make_member(space=make_space())
    browser = as_member(ana)
    assert 'value="common" checked' in browser.get("/profile/meeting").text
    wishes = {"per_round": "2", "unlike": "1", "languages": "Nederlands, English"}
    wishes["choosiness"] = "anyone"

    browser.post("/profile/meeting", data=MEETING | wishes)

    db.session.expire_all()
    assert ana.memberships[0].per_round == 2
    assert ana.profile.unlike == 1
    assert ana.profile.choosiness is Choosiness.ANYONE
    assert "Anyone here I haven’t met" in browser.get("/profile/").text
    assert ana.profile.languages == ["Dutch", "English"]
    page = browser.get("/profile/meeting").text
    assert "Dutch\nEnglish</textarea>" in page
    assert "Dutch, English" in browser.get("/profile/").text


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        (
            "languages",
            "en,de,fr,es,it,pt,pl,cs,sk,sl,hu,ro,bg",
            "Keep the 12 languages",
        ),
        ("languages", "x" * 50, "We don&#39;t know the language"),
        ("per_round", "4", "valid choice"),
        ("unlike", "7", "valid choice"),
        ("choosiness", "picky", "valid choice"),
    ],
)
def test_what_cannot_be_meant_is_refused(app, as_member, field, value, says):
    browser = as_member(make_member(space=make_space()))

    page = browser.post("/profile/meeting", data=MEETING | {field: value})

    assert page.status_code == 422
    assert says in page.text.lower() or says in page.text


def test_words_that_come_in_new_are_remembered(app, as_member):
    ana = make_member(space=make_space(), offers=["SEO"], wants=["law"])
    browser = as_member(ana)

    browser.post(
        "/profile/exchange",
        data={"offers": "SEO\ngrant writing", "wants": "law", "interests": ""},
    )

    db.session.expire_all()
    assert ana.profile.new_words == ["grant writing"]
    assert ana.profile.words_changed_at is not None


@pytest.mark.parametrize(
    ("bio", "status"),
    [
        ("a\r\n" * 999 + "bc", 302),  # what a browser sends of 2,000 characters
        ("🙂" * 2000, 302),
        ("a\r\n" * 1000 + "b", 422),
    ],
)
def test_a_line_break_counts_once_as_in_the_browser(any_database, bio, status):
    ana = make_member()
    db.session.commit()
    browser = any_database.test_client(user=ana)

    answer = browser.post(
        "/profile/about", data={"name": "Ana", "headline": "x", "bio": bio}
    )

    assert answer.status_code == status
    if status == 302:
        assert ana.profile.bio == bio.replace("\r\n", "\n")
