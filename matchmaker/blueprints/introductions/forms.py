from wtforms import DateField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from matchmaker.blueprints.forms import Form
from matchmaker.models import Answer, Outcome

YES, NO, GAVE_UP = "yes", "no", "it-wont-happen"


class AnswerForm(Form):
    """What is clicked is the answer: `components/introduction.html` has the buttons."""

    answer = RadioField(
        "Would you like to meet?",
        choices=[SelectChoice(answer.value, answer.value) for answer in Answer],
        validators=[InputRequired("Choose one of the answers.")],
    )


class ReasonForm(Form):
    """What a member may add to an answer other than yes; all of it can be left out."""

    reason = TextAreaField(
        "Would you like to say why?",
        description="You don’t need to. Nobody else here reads it.",
        validators=[Length(max=1000)],
        render_kw={"rows": 2},
    )
    not_before = DateField(
        "Let it go until",
        description="We may suggest them again after that day, if something is new.",
        validators=[Optional()],
    )
    met_on = DateField(
        "When did you last meet?",
        description="You can leave this out.",
        validators=[Optional()],
    )


class FeedbackForm(Form):
    met = RadioField(
        "Did you meet?",
        choices=[
            SelectChoice(YES, "Yes, we met"),
            SelectChoice(NO, "Not yet"),
            SelectChoice(GAVE_UP, "It won’t happen"),
        ],
        validators=[InputRequired("Choose one.")],
    )
    outcome = RadioField(
        "What came of it for you?",
        choices=[
            SelectChoice(Outcome.STATED.value, "What we said you could gain"),
            SelectChoice(Outcome.OTHER.value, "Something else that was worth it"),
            SelectChoice(Outcome.NOTHING.value, "Nothing much"),
        ],
        validators=[Optional()],
    )
    meet_again = RadioField(
        "Would you meet again?",
        choices=[SelectChoice(YES, "Yes"), SelectChoice(NO, "Rather not")],
        validators=[Optional()],
    )
    want = StringField(
        "What would help you now?",
        description="We add it to what you’re looking for. You can leave it out.",
        validators=[Length(max=80)],
        render_kw={"maxlength": 80},
    )
    note = TextAreaField(
        "Anything you would like to add",
        description="Only the organisers read it.",
        validators=[Length(max=1000)],
        render_kw={"rows": 3},
    )

    def validate(self, extra_validators: object = None) -> bool:
        """Whoever met says what came of it; whoever did not has nothing to say."""
        good = bool(super().validate(extra_validators))
        if good and self.met.data == YES:
            for field in (self.outcome, self.meet_again):
                if not field.data:
                    field.errors = ["Choose one; a guess is fine."]
                    good = False
        return good
