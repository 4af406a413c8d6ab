import csv
import io
import unicodedata

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.models import Event, Member, Rsvp, RsvpStatus, Space
from matchmaker.services.events import timeline
from matchmaker.services.events.running import exports
from matchmaker.services.events.running.attendance import Who
from tests.factories import (
    NOON,
    make_block,
    make_event,
    make_member,
    make_rsvp,
    make_space,
)

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "|cmd", "%x"]
TRICKS = [
    "\t=1",
    "\r=1",
    "\n=1",
    "a\n=1",
    "a\r\n@x",
    "a\u2028=1",
    "a\x85=1",
    "\x00=1",
    "＝1",  # noqa: RUF001
    "＋1",  # noqa: RUF001
    "－1",  # noqa: RUF001
    "＠x",  # noqa: RUF001
    "﹦1",
    "\u200b=1",
    "\ufeff=1",
    "\xa0=1",
    "#REF!",
    "#N/A",
    "a;=1",
    'a","=1',
    '"=1',
    "\ud800=1",
    "\uffff",
]
words = st.one_of(
    st.text(max_size=30),
    st.sampled_from([*FORMULAS, *TRICKS]),
    st.tuples(st.sampled_from(TRICKS), st.text(max_size=9)).map("".join),
)


@pytest.fixture
def space(app):
    return make_space("mill", timezone="Europe/Brussels")


def is_dangerous(cell):
    """Whether a spreadsheet might take it for a formula, whatever is invisible in it."""
    shown = [c for c in str(cell) if unicodedata.category(c) not in {"Cf", "Mn", "Cc"}]
    plain = unicodedata.normalize("NFKC", "".join(shown)).lstrip()
    return plain[:1] in set("=+-@|%\t\r\n") and plain != ""


def read_csv(file):
    text = file.decode("utf-8-sig")
    return text, list(csv.reader(io.StringIO(text), strict=True))


def read_xlsx(file):
    sheet = openpyxl.load_workbook(io.BytesIO(file)).active
    return [[cell.value or "" for cell in row] for row in sheet.iter_rows()], sheet


@given(words)
def test_no_words_begin_like_a_formula(text):
    cell = exports.safe(text)

    assert not is_dangerous(cell)
    assert len(cell.splitlines()) <= 1
    assert cell.encode().decode() == cell


@given(words)
def test_harmless_words_stay_as_they_are(text):
    line = " ".join(text.split())
    if line.isalnum() and line.isascii():
        assert exports.safe(text) == line


@settings(max_examples=60, deadline=None)
@given(name=words, answer=words, question=words)
def test_no_cell_and_no_line_of_a_file_begins_like_a_formula(name, answer, question):
    asked = {"id": "q", "text": question, "options": [], "required": False}
    event = Event(space=Space(timezone="UTC"), questions=[asked])
    rsvp = Rsvp(
        member=Member(name=name),
        status=RsvpStatus.GOING,
        guests=0,
        answers={"q": answer},
        made_at=NOON,
    )
    head, row = exports.table([rsvp], event)
    file = exports.written_as_csv([head, row])

    text, rows = read_csv(file)
    assert len(text.splitlines()) == len(rows) == 2
    assert all(line.startswith('"') for line in text.splitlines())
    assert not any(is_dangerous(line.lstrip('"')) for line in text.splitlines())
    assert not any(is_dangerous(cell) for row in rows for cell in row)
    assert rows == [[str(cell) for cell in cells] for cells in (head, row)]

    again, sheet = read_xlsx(exports.written_as_xlsx([head, row]))
    assert [[str(cell) for cell in cells] for cells in again] == [
        [str(cell or "") for cell in cells] for cells in (head, row)
    ]
    types = {cell.data_type for cells in sheet.iter_rows() for cell in cells}
    assert types <= {"s", "n", "inlineStr"}  # and no formula, "f"


def test_it_holds_who_comes_and_what_they_gave_for_the_event(space, olga):
    event = make_event(
        space,
        questions=[{"id": "q", "text": "Diet?", "options": [], "required": False}],
    )
    ana = make_member("Ana Duarte", space=space, email="ana@example.org")
    make_rsvp(event, ana, answers={"q": "None"}, guests=2, checked_in_at=NOON)
    make_rsvp(event, make_member("Ben", space=space), RsvpStatus.WAITING)

    _, rows = read_csv(exports.as_csv(event, olga, NOON))

    arrival = ["Arrived at", "Guests who came"]
    noon = "2030-05-06 14:00"
    assert rows == [
        ["Name", "Status", "Guests", "Diet?", "Signed up at", *arrival],
        ["Ana Duarte", "Going", "2", "None", noon, noon, "2"],
        ["Ben", "In the queue", "0", "", noon, "", ""],
    ]
    sheet_rows, sheet = read_xlsx(exports.as_xlsx(event, olga, NOON))
    assert sheet_rows[1][:4] == ["Ana Duarte", "Going", 2, "None"]
    assert sheet.title == "People"


def test_it_holds_nobody_whom_a_block_parts(space, olga):
    event = make_event(space)
    make_block(make_rsvp(event, make_member("Bo", space=space)).member, olga)
    make_block(olga, make_rsvp(event, make_member("Cy", space=space)).member)

    _, rows = read_csv(exports.as_csv(event, olga, NOON))
    sheet_rows, _ = read_xlsx(exports.as_xlsx(event, olga, NOON))

    assert len(rows) == len(sheet_rows) == 1


def test_a_part_of_the_people_can_be_had_by_itself(space, olga):
    event = make_event(space)
    make_rsvp(event, make_member("Ana", space=space))
    make_rsvp(event, make_member("Ben", space=space), RsvpStatus.WAITING)

    _, rows = read_csv(exports.as_csv(event, olga, NOON, Who.WAITING))

    assert [row[0] for row in rows] == ["Name", "Ben"]


def test_an_export_is_noted_with_who_and_what(space, olga):
    event = make_event(space)

    exports.as_csv(event, olga, NOON)
    exports.as_xlsx(event, olga, NOON)

    entries = timeline.of(event, olga, 10)
    assert [(e.what, e.detail, e.member) for e in entries] == [
        ("export", "XLSX", olga),
        ("export", "CSV", olga),
    ]
