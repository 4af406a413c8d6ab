"""People's own words in a letter."""

from matchmaker.models import Member
from matchmaker.names import one_line, safe_name


def full_name(member: Member) -> str:
    return safe_name(member.name) or "A fellow member"


def shortened(text: str, length: int) -> str:
    """Cut text at a word, and show that it was cut."""
    line = one_line(text)
    if len(line) <= length:
        return line
    head = line[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:.-")
    return (head if len(head) > length // 3 else line[: length - 1]) + "…"


def in_a_row(words: list[str], last_by: str = "and") -> str:
    """Ana; Ana and Ben; Ana, Ben and Cleo."""
    *most, last = words
    return f"{', '.join(most)} {last_by} {last}" if most else last
