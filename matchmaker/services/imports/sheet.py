"""From the bytes of a CSV file to rows of cells under our own column names."""

import codecs
import csv
import difflib
import io
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from matchmaker.refusal import Refusal
from matchmaker.services.imports.cells import COLUMNS, REQUIRED

LARGEST_FILE = 100 * 1024 * 1024
DELIMITERS = ",;\t"

# The limit is the whole process's. With the library's own of 128 KB a longer cell would
# end the reading; with this one its row is refused and the next is read.
csv.field_size_limit(LARGEST_FILE)


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


def read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise Refusal(f"There is no file {path}.") from None
    except IsADirectoryError:
        raise Refusal(f"{path} is a folder. Name the CSV file in it.") from None
    except PermissionError:
        raise Refusal(f"{path} may not be read. Check its owner and mode.") from None
    except (OSError, ValueError) as problem:
        raise Refusal(f"{path} cannot be read: {problem}.") from None
    if len(content) > LARGEST_FILE:
        raise Refusal(f"{path} is larger than 100 MB. Split it into several files.")
    return content


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


def read_sheet(
    content: bytes, mapping: Mapping[str, str]
) -> tuple[list[Row], list[RefusedCell]]:
    """Read all rows; those of the wrong shape are refused, each by itself."""
    lines = list(io.StringIO(_decode(content), newline=""))
    first = next((i for i, line in enumerate(lines) if line.strip(" ,;\t\r\n")), None)
    if first is None:
        raise Refusal("The file is empty.")
    delimiter = max(
        DELIMITERS, key=lambda each: _fit(_header(lines, first, each)[0], mapping)
    )
    heads, after = _header(lines, first, delimiter)
    columns = _columns(heads, mapping)
    rows: list[Row] = []
    refused: list[RefusedCell] = []
    for line, cells in _records(lines, after, delimiter, columns):
        if cells is None:
            reason = (
                "a quotation mark opens in this row and is not closed where it ends"
            )
            refused.append(RefusedCell(line, "", reason))
        elif not any(cell.strip() for cell in cells):
            continue
        elif problem := _wrong_shape(cells, columns, delimiter):
            refused.append(RefusedCell(line, "", problem))
        else:
            named = zip(columns, cells, strict=False)
            rows.append(Row(line, {column: cell for column, cell in named if column}))
    if not rows and not refused:
        raise Refusal("The file has a heading and nobody under it.")
    return rows, refused


def _decode(content: bytes) -> str:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Refusal(f"The file is a workbook rather than a CSV file. {_SAVE_AS}")
    encoding = "utf-8-sig"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as problem:
        before = content[: problem.start].decode(encoding, "replace")
        line = len(io.StringIO(before + ".", newline="").readlines())
        raise Refusal(f"Line {line} is not written in UTF-8. {_SAVE_AS}") from None
    if "\0" in text.split("\n", 1)[0]:
        raise Refusal(f"Line 1 holds bytes that no text has. {_SAVE_AS}")
    return text


_SAVE_AS = (
    "Save it again as UTF-8: in Excel as “CSV UTF-8 (Comma delimited)”, in LibreOffice "
    "as “Text CSV” with the character set “Unicode (UTF-8)”."
)


def _header(lines: Sequence[str], first: int, delimiter: str) -> tuple[list[str], int]:
    """Read the heading as if this were the delimiter, and say where it ends."""
    reader = csv.reader(
        (lines[i] for i in range(first, len(lines))), delimiter=delimiter
    )
    heads = [" ".join(head.split()) for head in next(reader)]
    return heads, first + reader.line_num


def _fit(heads: list[str], mapping: Mapping[str, str]) -> tuple[int, int]:
    names = {_plain(theirs) for theirs in mapping}
    known = sum(_ours(head) in COLUMNS or _plain(head) in names for head in heads)
    return known, len(heads)


def _columns(heads: list[str], mapping: Mapping[str, str]) -> list[str]:
    """Say for each column of the file which of ours it is, or nothing."""
    renamed = {_plain(theirs): ours for theirs, ours in mapping.items()}
    _check_mapping(heads, mapping)
    columns = [
        renamed.get(_plain(head), _ours(head) if _ours(head) in COLUMNS else None)
        if head
        else ""
        for head in heads
    ]
    unknown = [head for head, ours in zip(heads, columns, strict=True) if ours is None]
    if unknown:
        _refuse_unknown(unknown, {ours for ours in columns if ours})
    known = [ours or "" for ours in columns]
    for ours in COLUMNS:
        theirs = [head for head, it in zip(heads, known, strict=True) if it == ours]
        if len(theirs) > 1:
            raise Refusal(
                f"The columns {_listed(theirs)} are all read as {ours}. Leave all but "
                f"one out with --map {shlex.quote(f'{theirs[-1]}=')}, or rename them."
            )
        if not theirs and ours in REQUIRED:
            raise Refusal(
                f"The file has no column {ours}. If another holds it, say so with "
                f"--map 'Their column={ours}'. Its columns are: {_listed(heads)}."
            )
    return known


def _check_mapping(heads: list[str], mapping: Mapping[str, str]) -> None:
    there = {_plain(head) for head in heads}
    for theirs, ours in mapping.items():
        if _plain(theirs) not in there:
            raise Refusal(
                f"--map names a column “{theirs}” that the file does not have. Its "
                f"columns are: {_listed(heads)}."
            )
        if ours and ours not in COLUMNS:
            raise Refusal(
                f"--map reads “{theirs}” as {ours}, which is none of our columns. They "
                f"are: {', '.join(COLUMNS)}."
            )


def _refuse_unknown(unknown: list[str], taken: set[str]) -> None:
    maps = []
    for head in unknown[:20]:
        free = [ours for ours in COLUMNS if ours not in taken]
        near = difflib.get_close_matches(_ours(head), free, n=1, cutoff=0.5)
        taken |= set(near)
        maps.append(f"--map {shlex.quote(f'{head}={near[0] if near else str()}')}")
    these = "This column is" if len(unknown) == 1 else "These columns are"
    raise Refusal(
        f"{these} none of ours: {_listed(unknown[:20])}. Say what to read as which of "
        f"ours, and what to leave out, such as with: {' '.join(maps)}"
    )


def _records(
    lines: Sequence[str], first: int, delimiter: str, columns: Sequence[str]
) -> Iterator[tuple[int, list[str] | None]]:
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
        re.fullmatch(r"\s*[^\s@]+@[^\s@]+\.[^\s@]+\s*", cells[columns.index("email")])
    )


def _wrong_shape(
    cells: list[str], columns: Sequence[str], delimiter: str
) -> str | None:
    sign = {",": "comma", ";": "semicolon", "\t": "tab"}[delimiter]
    extra = [cell for cell in cells[len(columns) :] if cell.strip()]
    if extra or len(cells) < len(columns):
        return (
            f"has {len(cells)} cells where the heading has {len(columns)}; a cell with "
            f"a {sign} or a new line in it needs quotation marks around it"
        )
    return None


def _plain(head: str) -> str:
    return " ".join(head.split()).casefold()


def _ours(head: str) -> str:
    """How a heading would be written if it were one of ours."""
    return re.sub(r"[\s-]+", "_", _plain(head))


def _listed(heads: Iterable[str]) -> str:
    return ", ".join(f"“{head[:60]}”" for head in heads if head)
