from wtforms import RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length

from matchmaker.blueprints.forms import Form
from matchmaker.models import Scope
from matchmaker.services.api_keys import DAYS

_MEANS = {
    Scope.READ: ("Look", "It sees the events that you see, and your RSVPs."),
    Scope.RSVP: (
        "Look, sign up and cancel",
        "It also takes and gives up places for you.",
    ),
}
_CALLED = {30: "30 days", 90: "90 days", 365: "A year"}


class KeyForm(Form):
    name = StringField(
        "What is it for?",
        description="So that you know later which one it was: “Calendar on my desk”.",
        validators=[
            DataRequired("Give it a name, so that you know it again."),
            Length(max=60, message="Say it in 60 characters."),
        ],
        filters=[lambda text: " ".join(text.split()) if text else text],
        render_kw={"autocomplete": "off"},
    )
    scope = RadioField(
        "What may it do?",
        choices=[
            SelectChoice(scope.value, text, render_kw={"help": words})
            for scope, (text, words) in _MEANS.items()
        ],
        default=Scope.READ.value,
    )
    days = SelectField(
        "How long does it count?",
        choices=[SelectChoice(str(days), _CALLED[days]) for days in DAYS],
        default=str(DAYS[1]),
    )
