"""From the bytes of a file to its text or its rows: CSV in any encoding, or XLSX."""

import codecs
import io
import zipfile
from pathlib import Path

from openpyxl import load_workbook

from matchmaker.refusal import Refusal

LARGEST_FILE = 100 * 1024 * 1024
_LARGEST_UNPACKED = 400 * 1024 * 1024
_SAVE_AS = (
    "Save it again as UTF-8: in Excel as “CSV UTF-8 (Comma delimited)”, in LibreOffice "
    "as “Text CSV” with the character set “Unicode (UTF-8)”."
)


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


def is_workbook(content: bytes) -> bool:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refusal(
            "The file is a workbook of an old kind (.xls). Save it as .xlsx or as CSV."
        )
    return content.startswith(b"PK\x03\x04")


def read_workbook(content: bytes) -> list[list[str]]:
    """Read the sheet that was open when the workbook was saved."""
    try:
        packed = zipfile.ZipFile(io.BytesIO(content)).infolist()
        if sum(part.file_size for part in packed) > _LARGEST_UNPACKED:
            raise Refusal("The workbook is too large. Split it into several files.")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = [
            [_cell(value) for value in row]
            for row in book.active.iter_rows(values_only=True)
        ]
        book.close()
    except Refusal:
        raise
    except Exception:  # whatever a broken file makes of the library
        raise Refusal(
            "The file cannot be read as a workbook. Open it, and save it as CSV UTF-8."
        ) from None
    return rows


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def decode(content: bytes) -> tuple[str, str]:
    """Give the text, and a sentence about its encoding where that is a guess."""
    encoding = "utf-8-sig"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif b"\0" in content[:2]:  # a letter and a NUL: UTF-16 that does not say so
        encoding = "utf-16-le" if content[1:2] == b"\0" else "utf-16-be"
    note = ""
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as problem:
        try:
            text = content.decode("cp1252" if encoding == "utf-8-sig" else encoding)
        except UnicodeDecodeError:
            before = content[: problem.start].decode(encoding, "replace")
            line = len(io.StringIO(before + ".", newline="").readlines())
            raise Refusal(f"Line {line} is not written in UTF-8. {_SAVE_AS}") from None
        note = (
            "The file is not in UTF-8 and was read as Windows-1252, which Excel writes in "
            "western Europe. If names look wrong below, save it again as CSV UTF-8."
        )
    if "\0" in text.split("\n", 1)[0]:
        raise Refusal(f"Line 1 holds bytes that no text has. {_SAVE_AS}")
    return text, note
