from flask_wtf import FlaskForm
from wtforms import DateField
from wtforms.validators import InputRequired


class PauseForm(FlaskForm):
    until = DateField(
        "No introductions before",
        description="On that day they go on by themselves.",
        validators=[InputRequired("Choose the day on which they go on.")],
    )
