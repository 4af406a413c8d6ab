"""What goes in and what comes out: it checks the one, and documents both."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields
from marshmallow.validate import Length, OneOf, Range

from matchmaker.models import EventKind, RsvpStatus, Venue
from matchmaker.queries.event_view import Room, Stage

MOST = 100  # events at a time
PLACES = {Room.FREE: "Places free", Room.FEW: "A few places left", Room.FULL: "Full"}

_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


class Words(fields.String):
    """Text that every database and every page can hold."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, *args, **kwargs)
        if re.search("[\0\ud800-\udfff]", text):
            raise ValidationError("There is a character in it that is none.")
        return text.strip()


class Whole(fields.Integer):
    """A whole number; 1.0 is one, as it is in the document."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return super()._deserialize(value, *args, **kwargs)


class YesOrNo(fields.Boolean):
    """True or false, and no word for either."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Cursor(fields.Field[tuple[datetime, int]]):
    """Where a look ended: when the last event begins, and its number."""

    pattern = r"^[0-9]{1,17}-[0-9]{1,9}$"  # microseconds, as far as the year 5138

    def _deserialize(
        self, value: Any, *args: Any, **kwargs: Any
    ) -> tuple[datetime, int]:
        if not re.fullmatch(self.pattern, value):
            raise ValidationError("Send what “next” said, as it is.")
        since, number = value.split("-")
        return _EPOCH + int(since) * _MICROSECOND, int(number)

    @staticmethod
    def after(starts_at: datetime, number: int) -> str:
        return f"{(starts_at - _EPOCH) // _MICROSECOND}-{number}"


def _field(kind: type[fields.Field[Any]], means: str = "", **more: Any) -> Any:
    return kind(metadata={"description": means} if means else {}, **more)


def _one_of(choices: Any, means: str = "", **more: Any) -> Any:
    return _field(fields.String, means, validate=OneOf([*choices]), **more)


class Paging(Schema):
    limit = _field(
        fields.Integer, "How many at a time.", load_default=20, validate=Range(1, MOST)
    )
    after = Cursor(
        metadata={
            "type": "string",
            "pattern": Cursor.pattern,
            "description": "What “next” said the last time: goes on from there.",
        }
    )


class Filters(Paging):
    space = _field(Words, "Only this space’s, by its name in addresses.")
    group = _field(Words, "Only this group’s, by its name in addresses.")


class Wishes(Schema):
    """What one says as one comes. What is left out stays as it was, or as it usually is."""

    guests = _field(Whole, "How many you bring.", strict=True, validate=Range(0, 5))
    answers = fields.Dict(
        keys=fields.String(),
        values=Words(validate=Length(max=500)),
        metadata={
            "description": "Your answers, by the ids of the questions. An empty one takes "
            "it back."
        },
    )
    is_shown = _field(YesOrNo, "Whether the others who look are shown that you come.")
    wants_introductions = _field(
        YesOrNo, "Whether the host may introduce you to people there."
    )
    remind_hours = _field(
        Whole,
        "How many hours before it begins to remind you; null for not at all.",
        strict=True,
        allow_none=True,
        validate=Range(1, 168),
    )
    wants_messages = _field(
        YesOrNo, "Whether the host may write to you with everybody who comes."
    )


class MyRsvp(Schema):
    """What you have said of an event."""

    status = _one_of(
        [status.value for status in RsvpStatus],
        "You are going; waiting for a place; offered one, which PUT takes; have asked the "
        "host; or have declined.",
        required=True,
    )
    position = _field(
        fields.Integer, "Where you are in the queue.", allow_none=True, required=True
    )
    offered_until = _field(
        fields.AwareDateTime,
        "Until when a place is held for you.",
        allow_none=True,
        required=True,
    )
    guests = _field(fields.Integer, "How many you bring.", required=True)
    answers = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    is_shown = _field(fields.Boolean, required=True)
    wants_introductions = _field(fields.Boolean, required=True)
    remind_hours = _field(fields.Integer, allow_none=True, required=True)
    wants_messages = _field(fields.Boolean, required=True)


class Named(Schema):
    """A space or a group, and its name in addresses."""

    slug = _field(fields.String, required=True)
    name = _field(fields.String, required=True)


class Question(Schema):
    """What the host asks whoever comes. Without options any words will do."""

    id = _field(fields.String, required=True)
    text = _field(fields.String, required=True)
    options = fields.List(fields.String(), required=True)
    required = _field(fields.Boolean, required=True)


class ListedEvent(Schema):
    """An event in a list."""

    id = _field(fields.Integer, required=True)
    url = _field(fields.String, "Its page.", required=True)
    title = _field(fields.String, required=True)
    kind = _one_of([kind.value for kind in EventKind], required=True)
    space = fields.Nested(Named, required=True)
    group = fields.Nested(Named, required=True, allow_none=True)
    starts_at = _field(fields.AwareDateTime, required=True)
    ends_at = _field(fields.AwareDateTime, required=True)
    is_all_day = _field(
        fields.Boolean, "Whole days, to midnight of the last.", required=True
    )
    timezone = _field(fields.String, "The space's own clock.", required=True)
    venue = _one_of([venue.value for venue in Venue], required=True)
    place = _field(fields.String, "The room, or the address.", required=True)
    stage = _one_of(
        [stage.value for stage in Stage],
        "Whether one can sign up now, or why not.",
        required=True,
    )
    places = _one_of(
        PLACES.values(),
        "How much room there is, until it begins.",
        allow_none=True,
        required=True,
    )
    my_rsvp = fields.Nested(MyRsvp, allow_none=True, required=True)


class Event(ListedEvent):
    """An event, with all that its page says."""

    description = _field(fields.String, "Markdown.", required=True)
    online_url = _field(
        fields.String,
        "How to get in online, for those who go.",
        allow_none=True,
        required=True,
    )
    guests_each = _field(fields.Integer, "How many you may bring.", required=True)
    questions = fields.List(fields.Nested(Question), required=True)
    needs_approval = _field(
        fields.Boolean, "Whether the host says who comes.", required=True
    )
    others_coming = _field(
        fields.Integer,
        "How many others come, guests included, as far as you may count them; null where "
        "its page does not say.",
        allow_none=True,
        required=True,
    )


class Events(Schema):
    """Events, soonest first, and how to go on."""

    events = fields.List(fields.Nested(ListedEvent), required=True)
    next = _field(
        fields.String,
        "Send it as “after” for more; null: that was all.",
        allow_none=True,
        required=True,
    )


class Problem(Schema):
    """What went wrong, and what to do (RFC 9457)."""

    type = _field(fields.String, required=True)
    title = _field(fields.String, required=True)
    status = _field(fields.Integer, required=True)
    detail = _field(fields.String, "A sentence for people.", required=True)
    errors = fields.Dict(metadata={"description": "By field, what does not fit."})
