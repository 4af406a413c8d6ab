from typing import Any

from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length, Optional

from matchmaker.blueprints.edit_form import EditForm
from matchmaker.models import Event, Question, Rsvp
from matchmaker.services.events.places import Wishes

REMINDERS = {
    "24": "A day before",
    "2": "Two hours before",
    "72": "Three days before",
    "168": "A week before",
    "": "Not at all",
}


class DetailsForm(EditForm):
    """What somebody says as they sign up; the event's own questions are added to it."""

    # Tells a form that was filled in from one press on a button.
    details = HiddenField(default="1")
    guests = SelectField("Do you bring somebody?", validators=[Optional()])
    is_shown = BooleanField(
        "Show the others that I am coming",
        description="Members who look at this event see your name and what you do. "
        "Otherwise you are only counted.",
    )
    wants_introductions = BooleanField(
        "Introduce me to people there",
        description="The host may suggest one or two people for you to look for, with a "
        "reason, and you to them.",
    )
    remind_hours = SelectField(
        "Remind me",
        choices=[SelectChoice(value, text) for value, text in REMINDERS.items()],
    )
    wants_messages = BooleanField(
        "Send me what the host writes to everybody who comes", default=True
    )

    @property
    def wishes(self) -> Wishes:
        hours = self.remind_hours.data
        return Wishes(
            guests=int(self.guests.data or 0) if self.guests else 0,
            answers={
                id_: (self[name].data or "").strip()
                for id_, name in self.questions.items()
                if self[name].data
            },
            is_shown=self.is_shown.data,
            wants_introductions=self.wants_introductions.data,
            remind_hours=int(hours) if hours else None,
        )

    questions: dict[str, str] = {}  # noqa: RUF012  (by a question's id its field's name)


def details_form(
    event: Event, usual: Wishes, rsvp: Rsvp | None, *, is_open: bool
) -> DetailsForm:
    """Make the form of one event, filled in with what they most likely say."""
    fields: dict[str, Any] = {"questions": {}}
    for question in event.questions if is_open else []:
        name = f"question-{question['id']}"
        fields["questions"][question["id"]] = name
        fields[name] = _field(question, usual.answers.get(question["id"], ""))
    asks = fields["questions"]
    form_class = (
        type("EventDetailsForm", (DetailsForm,), fields) if asks else DetailsForm
    )
    form: DetailsForm = form_class(
        guests=str(usual.guests),
        is_shown=usual.is_shown,
        wants_introductions=usual.wants_introductions,
        remind_hours="" if usual.remind_hours is None else str(usual.remind_hours),
        wants_messages=rsvp.wants_messages if rsvp else True,
    )
    if event.guests_each and is_open:
        form.guests.choices = [
            SelectChoice(str(n), _guests(n)) for n in range(event.guests_each + 1)
        ]
    else:
        del form.guests
    hours = usual.remind_hours
    if hours is not None and str(hours) not in REMINDERS:
        own = SelectChoice(str(hours), f"{hours} hours before")
        form.remind_hours.choices = [own, *form.remind_hours.choices]
    return form


def _field(question: Question, answer: str) -> Field:
    validators = [
        InputRequired("The host needs an answer to this one.")
        if question["required"]
        else Optional(),
        Length(max=500, message="Say it in 500 characters."),
    ]
    description = "" if question["required"] else "You can leave this one out."
    if not question["options"]:
        return StringField(
            question["text"],
            validators=validators,
            default=answer,
            description=description,
        )
    return RadioField(
        question["text"],
        description=description,
        choices=[SelectChoice(option, option) for option in question["options"]],
        default=answer or None,
        validators=validators,
        validate_choice=bool(question["required"]),
    )


def _guests(number: int) -> str:
    if number == 0:
        return "I come alone"
    return "One guest" if number == 1 else f"{number} guests"
