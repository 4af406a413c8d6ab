import contextlib
import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlalchemy import func, select

from matchmaker.extensions import db
from matchmaker.models import Choosiness, Member, Membership, MembershipStatus
from matchmaker.refusal import Refusal
from matchmaker.services import imports
from matchmaker.services.imports import COLUMNS, RefusedCell, import_members
from tests.factories import NOON, make_invited, make_member, make_space


def members():
    return db.session.scalars(select(Member).order_by(Member.id)).all()


def take_in(space, text, mapping=None, **options):
    return import_members(space, text.encode(), mapping or {}, NOON, **options)


def refused(space, content, mapping=None):
    if isinstance(content, str):
        content = content.encode()
    with pytest.raises(Refusal) as refusal:
        import_members(space, content, mapping or {}, NOON)
    assert members() == []
    return str(refusal.value)


def test_whoever_is_on_the_list_is_invited_and_not_enrolled(space, letters):
    report = take_in(space, "email,name\nana@example.org,Ana\n")

    (ana,) = members()
    (membership,) = ana.memberships
    assert report.added == [2]
    assert (ana.password, ana.confirmed_at) == (None, None)
    assert membership.status is MembershipStatus.INVITED
    assert not membership.wants_introductions
    assert membership.invited_at == NOON
    assert [(letter.kind, letter.to) for letter in letters()] == [
        ("invitation", "ana@example.org")
    ]


def test_every_column_arrives_in_the_profile(space):
    take_in(
        space,
        "email,name,headline,company,industry,years,bio,offers,wants,interests,"
        "mentor_topics,mentor_places,mentee_topics,formats,times,languages,choosiness\n"
        'Ana@Example.ORG, Ana  Quintal ,I run things,Acme,6201,7,"One.\nTwo.",'
        "SEO; web design;seo,law,chess,taxes,2,selling,Walk;coffee,Morning,en;pt;EN,Anyone\n",
    )

    (ana,) = members()
    profile = ana.profile
    assert (ana.email, ana.name) == ("ana@example.org", "Ana Quintal")
    assert (profile.headline, profile.company) == ("I run things", "Acme")
    assert (profile.industry, profile.years, profile.bio) == ("6201", 7, "One.\nTwo.")
    assert len(profile.offers) == 2
    assert (profile.wants, profile.mentor_places) == (["law"], 2)
    assert profile.formats == ["coffee", "walk"]
    assert (profile.times, profile.languages) == (
        ["morning"],
        ["English", "Portuguese"],
    )
    assert profile.choosiness is Choosiness.ANYONE


def test_an_industry_may_be_said_in_plain_words(space):
    take_in(space, "email,name,industry\na@example.org,Ana,software developer\n")

    assert members()[0].profile.industry == "6201"


def test_a_list_may_say_what_somebody_is_called(space):
    take_in(space, "email,name,preferred_name\na@example.org,Elizabeth Hart,Liz\n")

    assert members()[0].called == "Liz"


def test_a_company_that_is_none_is_left_empty(space):
    report = take_in(space, "email,name,company\na@example.org,Ana,Freelancer\n")

    assert members()[0].profile.company == ""
    assert report.notes == ["Left empty, as no companies: “Freelancer” (1)."]


def test_whoever_names_mentor_topics_has_one_place_unless_told_otherwise(space):
    take_in(
        space,
        "email,name,mentor_topics,mentor_places\n"
        "a@example.org,Ana,tax,\nb@example.org,Ben,tax,0\nc@example.org,Cleo,,3\n",
    )

    assert [member.profile.mentor_places for member in members()] == [1, 0, 0]


def test_the_second_time_changes_nothing(space, letters):
    text = "email,name,offers\nana@example.org,Ana,tax;law\nben@example.org,Ben,\n"
    take_in(space, text)

    report = take_in(space, text)

    assert (report.added, report.changed, report.unchanged) == ([], [], [2, 3])
    assert len(members()) == len(letters()) == 2


def test_whoever_has_not_joined_is_changed_by_the_list(space):
    take_in(space, "email,name,company\nana@example.org,Ana,Acme\n")

    report = take_in(space, "email,name,offers\nANA@example.org,Ana Q,tax\n")

    (ana,) = members()
    assert (report.changed, report.added) == ([2], [])
    assert (ana.name, len(ana.profile.offers)) == ("Ana Q", 1)
    assert ana.profile.company == "Acme"  # the second list does not speak of it


def test_whoever_has_joined_keeps_their_own_profile(space):
    ana = make_member("Ana", space=space)

    report = take_in(space, f"email,name\n{ana.email.upper()},Somebody Else\n")

    assert report.unchanged == [2]
    assert ana.name == "Ana"


@pytest.mark.parametrize("status", [MembershipStatus.SUSPENDED, MembershipStatus.LEFT])
def test_whoever_was_suspended_or_left_stays_so(space, letters, status):
    ana = make_member("Ana", space=space, status=status)

    report = take_in(space, f"email,name\n{ana.email},Ana\n")

    assert report.unchanged == [2]
    assert ana.memberships[0].status is status
    assert letters() == []


def test_a_member_of_another_space_is_invited_here_and_otherwise_left_alone(
    space, letters
):
    ana = make_member("Ana", space=make_space())

    report = take_in(space, f"email,name\n{ana.email},Somebody Else\n")
    again = take_in(space, f"email,name\n{ana.email},Somebody Else\n")

    assert (report.added, again.unchanged) == ([2], [2])
    assert ana.name == "Ana"
    assert ana.membership_in(space).status is MembershipStatus.INVITED
    assert [letter.kind for letter in letters()] == ["invitation"]


def test_another_spaces_guest_is_not_renamed_before_they_join(space):
    ivo = make_invited("Ivo", space=make_space())

    take_in(space, f"email,name\n{ivo.email},Somebody Else\n")
    again = take_in(space, f"email,name\n{ivo.email},Somebody Else\n")

    assert again.unchanged == [2]
    assert ivo.name == "Ivo"


def test_a_closed_account_is_not_invited(space, letters):
    ana = make_member("Ana", active=False)

    assert take_in(space, f"email,name\n{ana.email},Ana\n").unchanged == [2]
    assert ana.memberships == []


def test_invitations_can_be_held_back(space, letters):
    take_in(space, "email,name\nana@example.org,Ana\n", send_invitations=False)

    assert letters() == []
    assert members()[0].memberships[0].invited_at is None


def test_a_bad_row_never_loses_the_good_ones(space):
    report = take_in(
        space,
        "email,name,years,bio\n"
        "ana@example.org,Ana,3,fine\n"
        "not an address,Ben,3,fine\n"
        'cleo@example.org,Cleo,3,"two\nlines"\n'
        "dan@example.org,,many,fine\n"
        "eva@example.org,Eva,3,fine\n",
    )

    assert [member.name for member in members()] == ["Ana", "Cleo", "Eva"]
    assert report.added == [2, 4, 7]
    assert report.rows_refused == 2
    assert [(cell.line, cell.column) for cell in report.refused] == [
        (3, "email"),
        (6, "name"),
        (6, "years"),
    ]


def test_a_second_row_with_the_same_address_is_refused(space):
    report = take_in(space, "email,name\nana@example.org,Ana\n\nANA@EXAMPLE.ORG,Anna\n")

    assert report.refused == [
        RefusedCell(4, "email", "ana@example.org stands on line 2 already")
    ]
    assert [member.name for member in members()] == ["Ana"]


def test_a_refused_row_does_not_stand_in_the_way_of_a_good_one(space):
    report = take_in(
        space, "email,name,years\na@example.org,Ana,x\na@example.org,Ana,3\n"
    )

    assert (report.added, report.rows_refused) == ([3], 1)


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("email", "", "is empty"),
        ("email", "ana@", "doesn’t look like an e-mail address"),
        ("email", "ana@localhost", "doesn’t look like an e-mail address"),
        ("email", "a@b@example.org", "doesn’t look like an e-mail address"),
        ("email", "jürgen@example.net", "only plain letters before the @"),
        ("name", "  ", "is empty"),
        ("name", "x" * 61, "at most 60"),
        ("name", "https://example.org", "no name"),
        ("name", "An\0a", "cannot be printed"),
        ("headline", "x" * 91, "at most 90"),
        ("company", "x" * 81, "at most 80"),
        ("industry", "9999", "no industry"),
        ("industry", "qqqqq", "no industry"),
        ("years", "-1", "whole number from 0 to 80"),
        ("years", "81", "whole number from 0 to 80"),
        ("years", "ten", "whole number"),
        ("bio", "x" * 2001, "at most 2,000"),
        ("bio", "x" * 1_048_576, "1,048,576 characters"),
        ("offers", "x" * 81, "too long"),
        ("offers", ";".join(map(str, range(13))), "12"),
        ("mentor_places", "6", "whole number from 0 to 5"),
        ("formats", "tea", "none of: coffee"),
        ("times", "noon", "none of: morning"),
        ("choosiness", "picky", "none of: help, common, anyone"),
        ("choosiness", "help; anyone", "choose one"),
        ("languages", "en;Englsh", "Did you mean English?"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_with_its_reason(
    space, column, cell, reason
):
    cells = {"email": "ana@example.org", "name": "Ana"} | {column: cell}
    good = ["b@example.org", "Ben"] + [""] * (len(cells) - 2)
    text = "\n".join(",".join(row) for row in (cells, cells.values(), good))

    report = take_in(space, text)

    (problem,) = report.refused
    assert (problem.line, problem.column) == (2, column)
    assert reason in problem.reason
    assert len(problem.reason) < 200
    assert report.added == [3]


def test_a_quotation_mark_that_is_never_closed_costs_one_row(space):
    report = take_in(
        space,
        "email,name,bio\n"
        'ana@example.org,Ana,"open\n'
        "ben@example.org,Ben,fine\n"
        'cleo@example.org,Cleo,"fine"\n',
    )

    assert [member.name for member in members()] == ["Ben", "Cleo"]
    assert [cell.line for cell in report.refused] == [2]


def test_a_stray_quotation_mark_does_not_swallow_the_rows_up_to_the_next(space):
    report = take_in(
        space,
        "email,name,bio\n"
        'ana@example.org,Ana,"stray\n'
        "ben@example.org,Ben,fine\n"
        'cleo@example.org,Cleo,stray"\n',
    )

    assert [member.name for member in members()] == ["Ben", "Cleo"]
    assert [cell.line for cell in report.refused] == [2]


@pytest.mark.parametrize("row", ["a@example.org", "a@example.org,Ana,more"])
def test_a_row_with_too_few_or_too_many_cells_is_refused(space, row):
    report = take_in(space, f"email,name\n{row}\nb@example.org,Ben,\n")

    assert [(cell.line, cell.column) for cell in report.refused] == [(2, "")]
    assert report.added == [3]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_files_are_read_as_spreadsheets_write_them(space, encoding, delimiter, end):
    rows = [["Name", "E Mail"], ["Zoë Ågren", "zoe@example.org"]]
    text = "".join(delimiter.join(row) + end for row in rows)

    import_members(space, text.encode(encoding), {"E Mail": "email"}, NOON)

    assert [member.name for member in members()] == ["Zoë Ågren"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\n , \n", "The file is empty."),
        (b"email,name\n\n,\n", "nobody under it"),
        (b"email,name\na@example.org,Ana\nb@example.org,Zo\x81", "Line 3 is not"),
        (b"em\0ail,name\na@example.org,Zoe", "save it again"),
        (b"PK\x03\x04workbook", "cannot be read as a workbook"),
        (b"\xd0\xcf\x11\xe0old", "save it as .xlsx"),
        (b"sep=;\n", "The file is empty."),
        (b"name\nAna", "no column email"),
        (b"email,name,Name\n", "all read as name"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(
    space, content, sentence
):
    assert sentence.lower() in refused(space, content).lower()


EXPORTS = {
    "Mailchimp": "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,Status\n"
    "lena@example.org,Lena,Brandt,2,2026-01-02,subscribed\n",
    "Google Contacts": "First Name,Middle Name,Last Name,Nickname,Organization Name,"
    "Notes,Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Value\n"
    "Lena,M.,Brandt,,Acme,owes us rent,* myContacts,*,lena@example.org,old@example.org\n",
    "Outlook": "Title,First Name,Last Name,Company,Job Title,E-mail Address,E-mail Type\n"
    "Dr.,Lena,Brandt,Acme,Designer,lena@example.org,SMTP\n",
    "Outlook, German": "Anrede;Vorname;Nachname;Firma;E-Mail-Adresse\n"
    "Frau;Lena;Brandt;Acme;lena@example.org\n",
    "Outlook, Dutch": "Voornaam;Achternaam;Bedrijf;E-mailadres\n"
    "Lena;Brandt;Acme;lena@example.org\n",
    "Outlook, French": "Prénom;Nom;Société;Adresse de messagerie\n"
    "Lena;Brandt;Acme;lena@example.org\n",
    "Luma": "api_id,name,first_name,last_name,email,phone_number,approval_status\n"
    "gst-1,Lena Brandt,Lena,Brandt,lena@example.org,,approved\n",
    "Eventbrite": "Order #,Order Date,First Name,Last Name,Email,Quantity,Ticket Type\n"
    "1,2026-01-02,Lena,Brandt,lena@example.org,1,Day\n",
    "Cobot": "Name,Company,Address,Email,Plan Name,Start Date\n"
    "Lena Brandt,Acme,1 Mill Lane,lena@example.org,Desk,2026-01-02\n",
    "Nexudus": "Full Name,Email,Company Name,Tariff,Active\n"
    "Lena Brandt,lena@example.org,Acme,Desk,True\n",
    "OfficeRnD": "Member Name,Email,Company,Location,Status\n"
    "Lena Brandt,lena@example.org,Acme,Mill,active\n",
    "German list": "Name;Vorname;Mail\nBrandt;Lena;lena@example.org\n",
}


@pytest.mark.parametrize("program", EXPORTS)
def test_the_exports_of_the_usual_programs_are_read_as_they_are(space, program):
    report = take_in(space, EXPORTS[program])

    (lena,) = members()
    assert (lena.name, lena.email) == ("Lena Brandt", "lena@example.org")
    assert lena.profile.company in {"", "Acme"}
    assert lena.profile.languages == lena.profile.wants == lena.profile.times == []
    assert lena.profile.bio == ""
    assert not report.refused


def test_an_unknown_column_is_left_out_and_said(space):
    report = take_in(space, EXPORTS["Mailchimp"])

    assert report.left_out == ["MEMBER_RATING", "OPTIN_TIME", "Status"]
    assert "“Email Address” as email" in report.read


def test_a_dutch_name_has_its_middle(space):
    take_in(
        space,
        "Voornaam;Tussenvoegsel;Achternaam;E-mail\nPieter;van den;Berg;p@example.org\n",
    )

    assert members()[0].name == "Pieter van den Berg"


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nEmail;Name\na@example.org;Ana\n",
        "Members of the mill\n\nExported on 3 May\nEmail,Name,Plan\na@example.org,Ana,\n",
        "Members;;\nName;Email;Seats\nAna;a@example.org;1\nTotal;;1\n",
        "Name,Email\nAna,a@example.org\n\n,\n1 total,\n",
    ],
)
def test_what_stands_above_and_below_the_list_is_left_out(space, text):
    report = take_in(space, text)

    assert [member.name for member in members()] == ["Ana"]
    assert not report.refused


def test_the_report_says_what_stood_above_and_below(space):
    report = take_in(space, "Our members\nName,Email\nAna,a@example.org\nSumme,1\n")

    assert report.notes == [
        "Line 1 stands above the headings and was left out: Our members",
        "Line 4 is no person and was left out: Summe 1",
    ]
    assert report.added == [3]


def test_commas_make_a_list_as_on_the_pages(space):
    report = take_in(
        space,
        "email,name,offers,formats,languages\n"
        'l@example.org,Lena,"web design, copywriting","coffee, walk","en, Deutsch"\n',
    )

    profile = members()[0].profile
    assert profile.offers == ["web design", "copywriting"]
    assert (profile.formats, profile.languages) == (
        ["coffee", "walk"],
        ["English", "German"],
    )
    assert report.preview == [
        "Lena <l@example.org>, offers: web design · copywriting, formats: coffee · walk, "
        "languages: English · German"
    ]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16-le", "utf-16-be", "utf-16"])
def test_files_of_other_encodings_are_read(space, encoding):
    content = "Name;E-Mail\nZoë Strauß;z@example.org\n".encode(encoding)

    report = import_members(space, content, {}, NOON)

    assert members()[0].name == "Zoë Strauß"
    assert bool(report.notes) is (encoding == "cp1252")


def test_a_workbook_is_read_like_a_list(space):
    book = Workbook()
    for row in (
        ["Members of the mill", None, None, None],
        ["Vorname", "Nachname", "E-Mail", "years"],
        ["Zoë", "Strauß", "z@example.org", 7],
        ["Ben", "Oak", "b@example.org", 3.0],
        ["Summe", None, None, 10],
    ):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)

    report = import_members(space, file.getvalue(), {}, NOON)

    assert [(m.name, m.profile.years) for m in members()] == [
        ("Zoë Strauß", 7),
        ("Ben Oak", 3),
    ]
    assert report.added == [3, 4]


def test_a_file_without_addresses_is_refused_with_advice_that_works(space):
    text = "Wer,Kontakt,Plan\nAna,a@example.org,Desk\n"

    assert "--map 'Their column=email'" in refused(space, text)
    take_in(space, text, {"Kontakt": "email", "Wer": "name"})
    assert [member.name for member in members()] == ["Ana"]


def test_a_column_can_be_read_as_ours_or_left_out(space):
    take_in(
        space,
        "E-mail,Full name,Fax\na@example.org,Ana,1\n",
        {"e-mail": "email", "Full name": "name", "Fax": ""},
    )

    assert [member.name for member in members()] == ["Ana"]


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        (
            {"name": "nickname"},
            "reads “name” as nickname, which is none of our columns",
        ),
        ({"Nom": "name"}, "“Nom” that the file does not have"),
        ({"name": ""}, "no column name"),
    ],
)
def test_a_mapping_that_cannot_be_followed_is_refused(space, mapping, sentence):
    assert sentence in refused(space, "email,name\na@example.org,Ana\n", mapping)


@pytest.mark.parametrize("pair", ["name", "=name", ""])
def test_a_mapping_that_cannot_be_read_is_refused(pair):
    with pytest.raises(Refusal, match="not of the form"):
        imports.read_mapping([pair])


def test_a_mapping_may_name_a_column_with_an_equals_sign():
    assert imports.read_mapping(["a=b=name", "Fax="]) == {"a=b": "name", "Fax": ""}


def test_a_file_that_is_not_there_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "none.csv", tmp_path / "nul\0.csv"):
        with pytest.raises(Refusal):
            imports.read_file(path)


ANY_SPACE = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
wild = st.one_of(st.text(), st.text(alphabet='aé@.;,"\n\r\t\0 5'))
likely = {
    "email": st.sampled_from(["a@example.org", "A@Example.org", "b@example.org"]),
    "name": st.sampled_from(["Ana", "Ben"]),
    "industry": st.sampled_from(["6201", "web design"]),
    "years": st.sampled_from(["3", "80"]),
    "mentor_places": st.sampled_from(["0", "2"]),
    "formats": st.sampled_from(["coffee", "walk; Coffee"]),
    "times": st.sampled_from(["morning", "lunch;evening"]),
    "choosiness": st.sampled_from(["", "Help"]),
}
rows = st.tuples(*(st.one_of(st.just(""), likely.get(c, wild), wild) for c in COLUMNS))


@ANY_SPACE
@given(st.lists(rows, max_size=5), st.sampled_from([",", ";", "\t"]))
def test_whatever_is_in_the_cells_the_second_time_changes_nothing(
    space, rows, delimiter
):
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows(
        [COLUMNS, *rows, ["good@example.org", "Good", *[""] * (len(COLUMNS) - 2)]]
    )
    savepoint = db.session.begin_nested()

    first = take_in(space, file.getvalue(), send_invitations=False)
    db.session.expire_all()
    second = take_in(space, file.getvalue(), send_invitations=False)

    assert "Good" in [member.name for member in members()]
    assert (second.added, second.changed) == ([], [])
    assert second.unchanged == first.added
    assert second.refused == first.refused
    savepoint.rollback()


@ANY_SPACE
@given(wild, wild)
def test_no_text_around_a_good_row_loses_it(space, before, after):
    savepoint = db.session.begin_nested()

    take_in(
        space,
        f"email,name\n{before}\ngood@example.org,Good\n{after}\n",
        send_invitations=False,
    )

    assert [member.name for member in members()] == ["Good"]
    savepoint.rollback()


@ANY_SPACE
@given(
    st.binary(), st.sampled_from([b"", b"email,name\n", b"\xff\xfe", b"\xef\xbb\xbf"])
)
def test_bytes_that_are_no_list_are_refused_in_a_sentence(space, content, head):
    savepoint = db.session.begin_nested()
    with contextlib.suppress(Refusal):
        import_members(space, head + content, {}, NOON, send_invitations=False)
    savepoint.rollback()


def test_an_address_is_known_on_every_database(any_database):
    space = make_space()
    take_in(space, "email,name\nAna.Q@Example.org,Ana\n")

    report = take_in(space, "email,name\nana.q@example.org,Ana\n")

    assert report.unchanged == [2]
    assert db.session.scalar(select(func.count()).select_from(Membership)) == 1
