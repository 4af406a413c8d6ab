"""Form fields of our own."""

from typing import Any

from wtforms import (
    DateField,
    DateTimeLocalField,
    IntegerField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.widgets import TextInput

from matchmaker.services.profiles import LONGEST_PHRASE, MOST_PHRASES
from matchmaker.text import join_list, split_list


class PhrasesField(TextAreaField):
    """Short phrases, one a line; the page turns them into tags with suggestions."""

    between = "\n"

    def __init__(
        self,
        *args: Any,
        longest: int = LONGEST_PHRASE,
        most: int = MOST_PHRASES,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.longest, self.most = longest, most

    def pre_validate(self, form: Any) -> None:
        for phrase in self.data:
            if len(phrase) > self.longest:
                raise ValidationError(
                    f"“{phrase[:40]}…” is too long. Say it in {self.longest} characters."
                )
        if len({phrase.casefold() for phrase in self.data}) > self.most:
            raise ValidationError(f"Keep the {self.most} that matter most.")

    def _value(self) -> str:
        return join_list(self.data or [], self.between)

    def process_data(self, value: list[str] | None) -> None:
        self.data = list(value or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = split_list("\n".join(valuelist))


class WordsField(PhrasesField):
    """A few words in one line, with commas between them."""

    widget = TextInput()
    between = ", "


class SmallNumberField(IntegerField):
    """A whole number of a few digits; of hundreds, comparing would fail."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist and len(valuelist[0]) > 9:
            raise ValueError("That number is too large.")
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Write a whole number, such as 12.") from None


class DayField(DateField):
    """A day; where a browser has no calendar, it is typed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Write the day as 2026-12-24.") from None


class HourField(TimeField):
    """A time of day."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Write the hour as 18:30.") from None


class MomentField(DateTimeLocalField):
    """A day and an hour, as browsers write them."""

    def __init__(self, *args: Any, **options: Any) -> None:
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        super().__init__(*args, **{"format": formats} | options)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Write it as 2026-12-24T18:30.") from None
