"""What every form of ours does: it says no at the field, and keeps what was typed."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from flask import Response, current_app, g, render_template, request
from flask_wtf import FlaskForm
from werkzeug.exceptions import HTTPException
from wtforms import Field, FieldList, FormField
from wtforms.form import BaseForm

from matchmaker.refusal import Refusal

SUMMARY = "problems"  # the id of what says at the top of a form what is wrong


class Form(FlaskForm):
    """A form that a page shows again, with what was typed, where it is refused.

    Also where a rule refuses it after it was found valid: see `matchmaker.errors`.
    """

    # Which field says what a rule calls by another name.
    says: ClassVar[Mapping[str, str]] = {}

    def validate(self, extra_validators: Any = None) -> bool:
        g.form = self  # the one that was sent
        is_valid = super().validate(extra_validators)
        if "refusal" in g:
            self.refuse(g.refusal)
            return False
        return bool(is_valid)

    def refuse(self, refusal: Refusal) -> None:
        """Put a refusal beside the field that it is about, or above all of them."""
        field = self._fields.get(self.says.get(refusal.field, refusal.field))
        if field is None or isinstance(field, FieldList):
            self.form_errors.append(str(refusal))
        else:
            field.errors = [*field.errors, str(refusal)]


def is_refused() -> bool:
    """Whether the page answers a form that was refused."""
    return bool("form" in g and g.form.errors)


def problems(form: BaseForm) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a form, each with the id of the input it is about."""
    for sentence in form.form_errors:
        yield "", sentence
    for field in form:
        yield from _problems_of(field)


def _problems_of(field: Field) -> Iterator[tuple[str, str]]:
    if isinstance(field, FormField):
        yield from problems(field.form)
        return
    for entry in getattr(field, "entries", ()):
        yield from _problems_of(entry)
    for error in field.errors:
        if isinstance(error, str):  # an entry's errors are said by the entry
            yield _input_id(field), error


def _input_id(field: Field) -> str:
    if getattr(field.widget, "input_type", "") == "hidden":
        return ""
    # A choice among boxes to tick is reached at its first.
    return f"{field.id}-0" if _is_group(field) else str(field.id)


def _is_group(field: Field) -> bool:
    return hasattr(getattr(field, "option_widget", None), "input_type")


def shown_again(refusal: Refusal) -> Response | None:
    """Answer with the page of the form that was sent, and what the rule says on it.

    The view runs once more and finds its form not valid. None: no form was sent, or its
    page has no place for it any more.
    """
    if "form" not in g or "refusal" in g:
        return None
    g.refusal = refusal
    view: Any = current_app.view_functions[str(request.endpoint)]
    try:
        answer = current_app.make_response(view(**request.view_args or {}))
    except (Refusal, HTTPException):
        return None
    return answer if f'id="{SUMMARY}"' in answer.get_data(as_text=True) else None


def library_page(template: str, **context: Any) -> tuple[str, int]:
    """Show a page of the accounts library as ours are: with 422 where it says no."""
    sent = next(
        (f for f in context.values() if isinstance(f, FlaskForm) and f.errors), None
    )
    if sent is not None:
        g.form = sent
    return render_template(template, **context), 422 if sent is not None else 200
