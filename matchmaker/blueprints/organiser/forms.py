from wtforms import RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length

from matchmaker.blueprints.forms import Form
from matchmaker.models import Joining

_WHO = [InputRequired("Say who: a full name or an e-mail."), Length(max=200)]
_PLAIN = {"autocomplete": "off", "maxlength": 200}


class TogetherForm(Form):
    """Two members to introduce by hand."""

    one = StringField(
        "One", description="Full name or e-mail", validators=_WHO, render_kw=_PLAIN
    )
    other = StringField(
        "The other",
        description="Full name or e-mail",
        validators=_WHO,
        render_kw=_PLAIN,
    )


class JoiningForm(Form):
    joining = RadioField(
        "Who can join?",
        choices=[
            SelectChoice(
                Joining.INVITATION.value,
                "Only those who are invited",
                render_kw={
                    "help": "Who asks already waits for your answer all the same."
                },
            ),
            SelectChoice(
                Joining.APPROVAL.value,
                "Others can ask, and an organiser decides",
                render_kw={
                    "help": "Until then nobody here sees them, and they see nobody."
                },
            ),
            SelectChoice(
                Joining.OPEN.value,
                "Anybody who signs up",
                render_kw={
                    "help": "They join at once and are in the next round if they like."
                },
            ),
        ],
        validators=[InputRequired("Choose one of the three.")],
    )
