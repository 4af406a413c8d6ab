from wtforms import BooleanField, EmailField, Field, PasswordField
from wtforms.validators import DataRequired, Length, ValidationError

from matchmaker.blueprints.forms import Form
from matchmaker.extensions import security as accounts_library


class SignInForm(Form):
    email = EmailField(
        "E-mail address",
        validators=[DataRequired("Type your e-mail address.")],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        "Password",
        validators=[DataRequired("Type your password.")],
        render_kw={"autocomplete": "current-password"},
    )
    remember = BooleanField("Stay signed in here")

    def validate_email(self, field: Field) -> None:
        """Spell the address as the accounts do."""
        try:
            field.data = accounts_library._mail_util.normalize(field.data).lower()
        except ValueError:
            raise ValidationError(
                "This doesn’t look like an e-mail address. Check it for a typo."
            ) from None


class PasswordForm(Form):
    password = PasswordField(
        "Choose a password",
        description="At least 10 characters. A few words you will remember are best.",
        validators=[
            DataRequired("Choose a password, so that you can sign in again."),
            Length(10, 200, "Choose at least 10 characters."),
        ],
        render_kw={"autocomplete": "new-password"},
    )


class ConfirmForm(Form):
    password = PasswordField(
        "Your password",
        description="The one you chose, or another: this one counts from now on.",
        validators=[
            DataRequired("Type the password with which you want to sign in."),
            Length(10, 200, "Choose at least 10 characters."),
        ],
        render_kw={"autocomplete": "new-password"},
    )
