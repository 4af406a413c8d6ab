"""From a file to rows of cells under our own column names."""

import csv
import io
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from matchmaker.refusal import Refusal
from matchmaker.services.imports.files import (
    LARGEST_FILE,
    decode,
    is_workbook,
    read_workbook,
)
from matchmaker.services.imports.headings import (
    Columns,
    has_address,
    known_among,
    recognise,
)
from matchmaker.text import fold_words

DELIMITERS = ",;\t|"
_HEADINGS_WITHIN = 20  # lines; titles and remarks may stand above

# The limit is the whole process's. With the library's own of 128 KB a longer cell would
# end the reading; with this one its row is refused and the next is read.
csv.field_size_limit(LARGEST_FILE)

_SEPARATOR = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)  # Excel's own first line
_TOTAL = re.compile(
    r"(\d+ )?((grand |sub)?totals?|sum|count|summe|gesamt(summe)?|anzahl|insgesamt|"
    r"(eind)?totaal|aantal|somme|nombre|exported|generated|exportiert|stand|source|end)\b"
)
_ADDRESS = re.compile(r"\s*[^\s@]+@[^\s@]+\.[^\s@]+\s*")


@dataclass(frozen=True)
class Row:
    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class RefusedCell:
    """Why a row was refused; `column` is empty where the whole row is at fault."""

    line: int
    column: str
    reason: str


@dataclass
class Sheet:
    columns: Columns
    rows: list[Row] = field(default_factory=list)
    refused: list[RefusedCell] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_mapping(pairs: Iterable[str]) -> dict[str, str]:
    """Read "Their column=ours"; nothing after the sign leaves the column out."""
    mapping: dict[str, str] = {}
    for pair in pairs:
        theirs, sign, ours = (part.strip() for part in pair.rpartition("="))
        if not sign or not theirs:
            raise Refusal(
                f"--map {shlex.quote(pair)} is not of the form 'Theirs=ours'."
            )
        if theirs in mapping:
            raise Refusal(f"--map names the column “{theirs}” twice. Say it once.")
        mapping[theirs] = ours
    return mapping


def read_sheet(content: bytes, mapping: Mapping[str, str]) -> Sheet:
    """Read all rows; those of the wrong shape are refused, each by itself."""
    note = ""
    if is_workbook(content):
        lines = [_as_line(cells) for cells in read_workbook(content)]
    else:
        text, note = decode(content)
        lines = list(io.StringIO(text, newline=""))
    begin, delimiter = _find_headings(lines, mapping)
    heads, after = _header(lines, begin, delimiter)
    sheet = Sheet(recognise(heads, mapping))
    sheet.notes += [note] if note else []
    sheet.notes += [
        f"Line {i + 1} stands above the headings and was left out: {line.strip()[:60]}"
        for i, line in enumerate(lines[:begin])
        if line.strip(" ,;\t\r\n") and not _SEPARATOR.fullmatch(line)
    ]
    columns = sheet.columns.ours
    for line, cells in _without_totals(
        _records(lines, after, delimiter, columns), sheet.notes
    ):
        if cells is None:
            reason = (
                "a quotation mark opens in this row and is not closed where it ends"
            )
            sheet.refused.append(RefusedCell(line, "", reason))
        elif problem := _wrong_shape(cells, columns, delimiter):
            sheet.refused.append(RefusedCell(line, "", problem))
        else:
            named = zip(columns, cells, strict=False)
            values = {column: cell for column, cell in named if column}
            sheet.rows.append(Row(line, _with_whole_name(values)))
    if not sheet.rows and not sheet.refused:
        raise Refusal("The file has a heading and nobody under it.")
    return sheet


def _as_line(cells: Sequence[str]) -> str:
    """Write a workbook's row as a line, so that there is one way to read both."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()


def _find_headings(lines: Sequence[str], mapping: Mapping[str, str]) -> tuple[int, str]:
    """Find the line of the headings, and what stands between them."""
    filled = [i for i, line in enumerate(lines) if line.strip(" ,;\t\r\n")]
    if not filled:
        raise Refusal("The file is empty.")
    said = _SEPARATOR.fullmatch(lines[filled[0]])
    signs = said[1] if said and said[1] in DELIMITERS else DELIMITERS
    if said:
        del filled[0]
    if not filled:
        raise Refusal("The file is empty.")

    def fit(begin: int, delimiter: str) -> tuple[int, int]:
        heads, _ = _header(lines, begin, delimiter)
        return known_among(heads, mapping), len(heads)

    for begin in filled[:_HEADINGS_WITHIN]:
        if any(has_address(_header(lines, begin, sign)[0], mapping) for sign in signs):
            break
    else:
        begin = filled[0]
    return begin, max(signs, key=lambda sign: fit(begin, sign))


def _header(lines: Sequence[str], first: int, delimiter: str) -> tuple[list[str], int]:
    """Read the heading as if this were the delimiter, and say where it ends."""
    reader = csv.reader(
        (lines[i] for i in range(first, len(lines))), delimiter=delimiter
    )
    heads = [" ".join(head.split()) for head in next(reader)]
    return heads, first + reader.line_num


Record = tuple[int, list[str] | None]


def _records(
    lines: Sequence[str], first: int, delimiter: str, columns: Sequence[str]
) -> Iterator[Record]:
    """Give each record with the line on which it begins; none where it is broken.

    After a broken one the next line is read afresh, so that a quotation mark that is
    never closed costs one row, and not all that follow.
    """
    while first < len(lines):
        begin = first
        rest = (lines[i] for i in range(begin, len(lines)))
        reader = csv.reader(rest, delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                after = begin + reader.line_num
                if any(
                    _stands_alone(line, delimiter, columns)
                    for line in lines[first + 1 : after]
                ):
                    raise csv.Error("it has swallowed another row")
                if any(cell.strip() for cell in cells):
                    yield first + 1, cells
                first = after
        except csv.Error:
            yield first + 1, None
            first += 1


def _stands_alone(line: str, delimiter: str, columns: Sequence[str]) -> bool:
    """Whether a line inside a quoted cell looks like a row of its own."""
    if "@" not in line:
        return False
    try:
        cells = next(csv.reader([line], delimiter=delimiter))
    except csv.Error:
        return False
    return len(cells) == len(columns) and bool(
        _ADDRESS.fullmatch(cells[columns.index("email")])
    )


def _without_totals(records: Iterable[Record], notes: list[str]) -> list[Record]:
    """Leave out the totals and remarks at the end, and note that."""
    kept = list(records)
    left_out = []
    while kept and _is_total(kept[-1][1]):
        line, cells = kept.pop()
        said = " ".join(" ".join(cells or []).split())[:60]
        left_out.append(f"Line {line} is no person and was left out: {said}")
    notes += reversed(left_out)
    return kept


def _is_total(cells: list[str] | None) -> bool:
    filled = [cell for cell in cells or [] if cell.strip()]
    if not filled or any("@" in cell for cell in filled):
        return False
    said = fold_words(filled[0])
    return bool(_TOTAL.match(said))


def _with_whole_name(cells: dict[str, str]) -> dict[str, str]:
    """Join a first and a last name, where they stand apart.

    With a first name beside it, "Name" (or "Nom") may be the family's alone.
    """
    parts = [
        cells.pop(part, "").strip() for part in ("first_name", "infix", "last_name")
    ]
    first, infix, last = parts
    whole = cells.get("name", "").strip()
    if not whole:
        cells["name"] = " ".join(part for part in (first, infix, last) if part)
    elif first and not last and not _holds(whole, first):
        cells["name"] = " ".join(part for part in (first, infix, whole) if part)
    return cells


def _holds(whole: str, first: str) -> bool:
    return f" {fold_words(first)} " in f" {fold_words(whole)} "


def _wrong_shape(
    cells: list[str], columns: Sequence[str], delimiter: str
) -> str | None:
    sign = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}[delimiter]
    extra = [cell for cell in cells[len(columns) :] if cell.strip()]
    if extra or len(cells) < len(columns):
        return (
            f"has {len(cells)} cells where the heading has {len(columns)}; a cell with "
            f"a {sign} or a new line in it needs quotation marks around it"
        )
    return None
