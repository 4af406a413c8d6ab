from wtforms import BooleanField, RadioField, SelectChoice, TextAreaField
from wtforms.validators import InputRequired, Length

from matchmaker.blueprints.forms import Form
from matchmaker.models import Concern
from matchmaker.services.reports import LONGEST


class EventReportForm(Form):
    concern = RadioField(
        "What is it about?",
        choices=[
            SelectChoice(
                Concern.UNWANTED.value,
                "Unwanted contact",
                render_kw={"help": "Advances, insults, or writing again after a no."},
            ),
            SelectChoice(
                Concern.UNSAFE.value,
                "I don’t feel safe",
                render_kw={"help": "Threats, following, touching."},
            ),
            SelectChoice(
                Concern.DISHONEST.value,
                "Selling, spam or a false profile",
            ),
            SelectChoice(Concern.OTHER.value, "Something else"),
        ],
        validators=[InputRequired("Choose the one that comes closest.")],
    )
    words = TextAreaField(
        "What happened?",
        description="A sentence is enough. When and where helps the organisers.",
        validators=[
            InputRequired("Say in a sentence what happened."),
            Length(max=LONGEST),
        ],
        render_kw={"rows": 5},
    )

    @property
    def about(self) -> Concern:
        return Concern(self.concern.data)


class PersonReportForm(EventReportForm):
    block = BooleanField("Block them too, so that we don’t see each other here")
