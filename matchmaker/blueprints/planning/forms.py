"""What one says of an event: most of it may be left as it is."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

import wtforms
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
)

from matchmaker.blueprints.edit_form import EditForm
from matchmaker.blueprints.fields import (
    DayField,
    HourField,
    MomentField,
    PhrasesField,
    SmallNumberField,
    WordsField,
)
from matchmaker.blueprints.forms import Form
from matchmaker.blueprints.planning.small_forms import RepeatForm
from matchmaker.models import (
    Event,
    EventKind,
    Group,
    Question,
    Space,
    Venue,
    Visibility,
)
from matchmaker.services.events.planning import plans
from matchmaker.services.events.planning.plans import MOST_OPTIONS, MOST_QUESTIONS, Plan
from matchmaker.services.events.planning.series import Scope

_KINDS = {
    EventKind.MEETUP: "Meetup",
    EventKind.TALK: "Talk",
    EventKind.WORKSHOP: "Workshop",
    EventKind.MEAL: "Meal",
    EventKind.SPEED_NETWORKING: "Speed networking",
    EventKind.MENTOR_HOURS: "Mentor hours",
    EventKind.OTHER: "Something else",
}
_SPARE_QUESTIONS = 2
_WHOLE = {"inputmode": "numeric"}


class QuestionForm(wtforms.Form):
    """One question to those who sign up; of an empty one nothing is kept."""

    key = HiddenField(validators=[Length(max=40)])
    text = StringField("Question", validators=[Length(max=200)])
    options = WordsField(
        "Answers to choose from",
        description="With commas between; empty: any words.",
        most=MOST_OPTIONS,
    )
    required = BooleanField("Everybody has to answer it")

    def validate_options(self, field: WordsField) -> None:
        if field.data and not (self.text.data or "").strip():
            raise ValidationError("Write the question, or leave its answers out too.")


class EventForm(Form):
    # What a plan calls by the name of its column.
    says: ClassVar = {
        "starts_at": "date",
        "ends_at": "ends",
        "rsvp_opens_at": "rsvp_opens",
        "rsvp_closes_at": "rsvp_closes",
    }

    title = StringField(
        "What is it called?",
        validators=[DataRequired(plans.NO_TITLE), Length(max=120)],
    )
    kind = SelectField(
        "What kind of event is it?",
        choices=[SelectChoice(kind.value, words) for kind, words in _KINDS.items()],
        coerce=EventKind,
    )
    date = DayField("Day", validators=[InputRequired("Choose the day.")])
    starts = HourField("From", validators=[InputRequired("Choose the hour.")])
    ends = HourField("Until", validators=[InputRequired("Choose when it ends.")])
    ends_on = DayField(
        "Ends on another day",
        description="Leave it empty if it ends on the same day.",
        validators=[Optional()],
    )
    is_all_day = BooleanField(
        "It lasts all day", description="The hours above do not count then."
    )
    venue = RadioField(
        "Where?",
        choices=[
            SelectChoice(Venue.ROOM.value, "Here, in the space"),
            SelectChoice(Venue.ADDRESS.value, "Somewhere else"),
            SelectChoice(Venue.ONLINE.value, "Online"),
        ],
        coerce=Venue,
    )
    place = StringField(
        "Room or address",
        description="As you would tell a newcomer: “The kitchen, ground floor”.",
        validators=[Length(max=200)],
        render_kw={"autocomplete": "off"},
    )
    online_url = StringField(
        "Link to join online",
        description="Shown only to those who are going.",
        validators=[Length(max=500)],
        render_kw={"inputmode": "url", "autocomplete": "off"},
    )
    description = TextAreaField(
        "What happens there, and for whom?",
        description="Markdown works: **bold**, lists with -, [links](https://…).",
        validators=[Length(max=10_000)],
        render_kw={"rows": 5},
    )
    group = SelectField("Group", coerce=lambda id_: int(id_) if id_ else None)
    capacity = SmallNumberField(
        "How many people fit?",
        description="Guests included. Empty: as many as come.",
        validators=[Optional(), NumberRange(1, 100_000, "At least one person.")],
        render_kw=_WHOLE,
    )
    visibility = RadioField(
        "Who finds it?",
        choices=[
            SelectChoice(Visibility.SPACE.value, "The members of this space"),
            SelectChoice(Visibility.GROUP.value, "Those who follow the group"),
            SelectChoice(
                Visibility.PUBLIC.value,
                "Anybody",
                render_kw={"help": "It has a public page. Members sign up."},
            ),
            SelectChoice(Visibility.LINK.value, "Whoever has the link"),
        ],
        coerce=Visibility,
    )
    hosts = PhrasesField(
        "Hosts",
        description="Who runs it and can be asked about it. One name to a line.",
        longest=160,
        render_kw={"rows": 2},
    )
    needs_approval = BooleanField(
        "The host says who comes", description="Each who signs up waits for your yes."
    )
    guests_each = SmallNumberField(
        "Guests that each may bring",
        validators=[Optional(), NumberRange(0, 5, "From 0 to 5.")],
        render_kw=_WHOLE,
    )
    rsvp_opens = MomentField(
        "Signing up begins",
        description="Empty: as soon as it is published.",
        validators=[Optional()],
    )
    rsvp_closes = MomentField(
        "Signing up ends",
        description="Empty: when the event begins.",
        validators=[Optional()],
    )
    claim_hours = SmallNumberField(
        "Hold a freed place for so many hours",
        description="The next in the queue has that long to take it. Empty: it is theirs "
        "at once, and they are told.",
        validators=[Optional(), NumberRange(1, 168, "From 1 to 168, a week.")],
        render_kw=_WHOLE,
    )
    questions = FieldList(FormField(QuestionForm), max_entries=MOST_QUESTIONS)
    scope = RadioField(
        "Change which of them?",
        choices=[
            SelectChoice(Scope.ONE.value, "This one"),
            SelectChoice(Scope.FOLLOWING.value, "This and the following"),
            SelectChoice(
                Scope.ALL.value,
                "All to come",
                render_kw={"help": "What was changed of one alone stays as it is."},
            ),
        ],
        default=Scope.ONE,
        coerce=Scope,
    )

    def offer(
        self, groups: Sequence[Group], event: Event | None, *, only_groups: bool
    ) -> None:
        """Set up what depends on who is asked, and about what."""
        of_none = [] if only_groups else [SelectChoice("", "No group")]
        known = [*groups]
        if event and event.group and event.group not in known:
            known.append(event.group)
        self.group.choices = of_none + [SelectChoice(g.id, g.name) for g in known]
        if event is None or event.series_id is None:
            del self.scope
        while len(self.questions) < MOST_QUESTIONS and (
            sum(not entry.form.text.data for entry in self.questions) < _SPARE_QUESTIONS
        ):
            self.questions.append_entry()

    @property
    def starts_at(self) -> datetime:
        hour = time() if self.is_all_day.data else self.starts.data
        return datetime.combine(self.date.data, hour)

    @property
    def ends_at(self) -> datetime:
        """Where only the first day was changed, the last one goes along with it."""
        first, last = self.date, self.ends_on
        day: date = last.data or first.data
        if last.data and last.data == last.object_data and first.object_data:
            day += first.data - first.object_data
        if self.is_all_day.data:
            return datetime.combine(day + timedelta(days=1), time())
        return datetime.combine(day, self.ends.data)

    def plan(self, groups: Sequence[Group], hosts: frozenset[Any]) -> Plan:
        group = next((g for g in groups if g.id == self.group.data), None)
        return Plan(
            title=" ".join((self.title.data or "").split()),
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            is_all_day=self.is_all_day.data,
            description=(self.description.data or "").strip(),
            kind=self.kind.data,
            venue=self.venue.data,
            place=" ".join((self.place.data or "").split()),
            online_url=(self.online_url.data or "").strip(),
            group=group,
            visibility=self.visibility.data,
            capacity=self.capacity.data,
            guests_each=self.guests_each.data or 0,
            rsvp_opens_at=self.rsvp_opens.data,
            rsvp_closes_at=self.rsvp_closes.data,
            needs_approval=self.needs_approval.data,
            claim_hours=self.claim_hours.data,
            questions=tuple(self._questions()),
            hosts=hosts,
        )

    def _questions(self) -> list[Question]:
        taken = {e.form.key.data for e in self.questions if e.form.text.data}
        fresh = (f"q{n}" for n in range(1, 100) if f"q{n}" not in taken)
        return [
            {
                "id": entry.form.key.data or next(fresh),
                "text": " ".join(entry.form.text.data.split()),
                "options": list(dict.fromkeys(entry.form.options.data)),
                "required": entry.form.required.data,
            }
            for entry in self.questions
            if entry.form.text.data and entry.form.text.data.strip()
        ]


class EditEventForm(EditForm, EventForm):
    """What there is of an event, to be changed."""


class MakeForm(EventForm, RepeatForm):
    """A new event, or a series of them."""

    says: ClassVar = {**RepeatForm.says, **EventForm.says}


def filled_in(plan: Plan, hosts: list[str]) -> dict[str, Any]:
    """What the form shows of a plan."""
    last = plan.ends_at.date() - timedelta(days=1 if plan.is_all_day else 0)
    starts, ends = plan.starts_at.time(), plan.ends_at.time()
    if plan.is_all_day:  # the hours that are proposed where it shall not be
        starts, ends = time(9), time(17)
    return {
        "title": plan.title,
        "kind": plan.kind,
        "date": plan.starts_at.date(),
        "starts": starts,
        "ends": ends,
        "ends_on": None if plan.starts_at.date() == last else last,
        "is_all_day": plan.is_all_day,
        "venue": plan.venue,
        "place": plan.place,
        "online_url": plan.online_url,
        "description": plan.description,
        "group": plan.group.id if plan.group else None,
        "capacity": plan.capacity,
        "visibility": plan.visibility,
        "hosts": hosts,
        "needs_approval": plan.needs_approval,
        "guests_each": plan.guests_each,
        "rsvp_opens": plan.rsvp_opens_at,
        "rsvp_closes": plan.rsvp_closes_at,
        "claim_hours": plan.claim_hours,
        "questions": [dict(q, key=q["id"]) for q in plan.questions],
    }


def next_week(space: Space, now: datetime) -> Plan:
    """What a new event is, as long as nobody says otherwise."""
    local = now.astimezone(space.zone).replace(tzinfo=None, minute=0, second=0)
    local = local.replace(microsecond=0) + timedelta(weeks=1)
    if not time(7) <= local.time() <= time(21):
        local = local.replace(hour=18)
    return Plan("", local, local + timedelta(hours=2))
