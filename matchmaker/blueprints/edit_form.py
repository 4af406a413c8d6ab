"""Forms that change what there is: of two who save one thing, both keep their changes."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date, time
from enum import Enum
from typing import Any

from wtforms import BooleanField, Field, FieldList, HiddenField, SelectFieldBase

from matchmaker.blueprints.forms import Form

CHANGED = (
    "Somebody else changed this while you wrote. What it says now is below: save again "
    "to keep yours."
)


class EditForm(Form):
    """A form that remembers how things were when its page was opened.

    What its writer did not touch isn't written, so that another's change of it stays. Of
    what both changed the writer is shown the other's, and decides. Lock the row before
    the form is made, or a third may change it in between.
    """

    opened = HiddenField()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._seen = _read(self.opened.data)
        for field in self._edited():
            self._seen.setdefault(field.short_name, _mark(field, field.object_data))
        self.opened.data = json.dumps(self._seen)

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        merged = [self._merge(field) for field in self._edited()]
        self.opened.data = json.dumps(self._seen)
        return all(merged)

    def _edited(self) -> list[Field]:
        without = {"opened", self.meta.csrf_field_name}
        return [field for field in self if field.short_name not in without]

    def _merge(self, field: Field) -> bool:
        """Take over what only another changed; say no to what both changed."""
        seen = self._seen[field.short_name]
        now, mine = _mark(field, field.object_data), _mark(field, field.data)
        self._seen[field.short_name] = now
        if mine in {seen, now}:
            field.process(None, field.object_data)  # to the letter, as it is
            field.raw_data = None
            return True
        if now == seen:
            return True
        field.theirs = _in_words(field)
        field.errors = [*field.errors, CHANGED]
        return False


def _read(text: str | None) -> dict[str, str]:
    """Read what the page said; where it says nothing, nobody has changed anything."""
    try:
        seen = json.loads(text or "{}")
    except ValueError:
        return {}
    return seen if isinstance(seen, dict) else {}


def _mark(field: Field, data: Any) -> str:
    """Tell two values of a field apart in a few letters."""
    value = _rows(field, data) if isinstance(field, FieldList) else _plain(data)
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:16]


def _rows(field: FieldList, rows: Iterable[dict[str, Any]] | None) -> list[Any]:
    """What is in a list of small forms, without those in which nothing is filled in."""
    names = {name for entry in field.entries for name in entry.form._fields}
    plain = [
        {name: _plain(row.get(name)) for name in sorted(names)} for row in rows or ()
    ]
    return [row for row in plain if any(row.values())]


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        value = value.value
    if value in (None, "", False) or value == []:
        return None
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, date | time):
        return value.isoformat()
    return "\n".join(str(value).splitlines()).strip() or None


def _in_words(field: Field) -> str:
    """What a field says now, as its reader would read it."""
    data = field.object_data
    if isinstance(field, BooleanField):
        return "Yes" if data else "No"
    if isinstance(field, FieldList):
        return "\n".join(row["text"] or "" for row in _rows(field, data)) or "Nothing"
    if isinstance(field, SelectFieldBase):
        chosen = data if isinstance(data, list) else [data]
        said = {str(_plain(each)) for each in chosen}
        words = [str(o.label.text) for o in field if str(_plain(o.data)) in said]
        return ", ".join(words) or "Nothing"
    if isinstance(data, list):
        return "\n".join(data) or "Nothing"
    return str(_plain(data) or "Nothing")
