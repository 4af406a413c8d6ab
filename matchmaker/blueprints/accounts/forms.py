from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.validators import DataRequired, Length


class PasswordForm(FlaskForm):
    password = PasswordField(
        "Choose a password",
        description="At least 10 characters. A few words you will remember are best.",
        validators=[
            DataRequired("Choose a password, so that you can sign in again."),
            Length(10, 200, "Choose at least 10 characters."),
        ],
        render_kw={"autocomplete": "new-password"},
    )


class ConfirmForm(FlaskForm):
    password = PasswordField(
        "Your password",
        description="The one you chose, or another: this one counts from now on.",
        validators=[
            DataRequired("Type the password with which you want to sign in."),
            Length(10, 200, "Choose at least 10 characters."),
        ],
        render_kw={"autocomplete": "new-password"},
    )
