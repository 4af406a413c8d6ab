from flask_security.mail_util import EmailValidateException
from wtforms import BooleanField, EmailField, Field, PasswordField
from wtforms.validators import DataRequired, ValidationError

from matchmaker.blueprints.forms import Form
from matchmaker.extensions import security as accounts_library
from matchmaker.models import Member


class EmailForm(Form):
    email = EmailField(
        "E-mail address",
        validators=[DataRequired("Type your e-mail address.")],
        render_kw={"autocomplete": "email"},
    )

    def validate_email(self, field: Field) -> None:
        """Refuse an address to which we could not write."""
        try:
            field.data = accounts_library._mail_util.validate(field.data)
        except EmailValidateException as refused:
            raise ValidationError(refused.msg) from None


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


class NewPasswordForm(Form):
    """A password for an account that has none, or none that counts."""

    password: PasswordField

    def __init__(self, member: Member) -> None:
        super().__init__()
        self.member = member

    def validate_password(self, field: Field) -> None:
        """Ask as the library does where it lets a password be chosen."""
        refused, field.data = accounts_library._password_util.validate(
            field.data, is_register=False, user=self.member
        )
        if refused:
            raise ValidationError(" ".join(refused))


class PasswordForm(NewPasswordForm):
    password = PasswordField(
        "Choose a password",
        description="At least 10 characters. A few words you will remember are best.",
        validators=[DataRequired("Choose a password, so that you can sign in again.")],
        render_kw={"autocomplete": "new-password"},
    )


class ConfirmForm(NewPasswordForm):
    password = PasswordField(
        "Your password",
        description="The one you chose, or another: this one counts from now on.",
        validators=[DataRequired("Type the password with which you want to sign in.")],
        render_kw={"autocomplete": "new-password"},
    )
