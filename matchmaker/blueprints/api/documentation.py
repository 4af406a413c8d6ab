"""The API's description, for programs and for those who write them."""

from http import HTTPStatus

from flask import Blueprint, Flask, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_smorest import Api

from matchmaker.blueprints.api import routes, schemas
from matchmaker.problems import MEDIA_TYPE

bp = Blueprint("api_documentation", __name__)


class _Api(Api):
    ERROR_SCHEMA = schemas.Problem

    def _register_error_handlers(self) -> None:
        """Errors are answered by `matchmaker.errors`, as everywhere."""

    def _register_pagination_header(self) -> None:
        """Our lists say in their body how to go on."""

    def _register_responses(self) -> None:
        """The library would answer in a format of its own."""
        components = self.spec.components
        components.schema("Problem", schema=self.ERROR_SCHEMA)
        # The name, not the schema, which would be read again for each of them.
        problem = components.get_ref("schema", "Problem")
        content = {MEDIA_TYPE: {"schema": problem}}
        said = {status.name: status.phrase for status in HTTPStatus}
        for name, words in (said | {"DEFAULT_ERROR": "What is wrong."}).items():
            response = {"description": words, "content": content}
            components.response(name, response, lazy=True)


def register(app: Flask) -> None:
    key = {"type": "http", "scheme": "bearer"}
    api = _Api()
    api.init_app(app, spec_kwargs={"components": {"securitySchemes": {"key": key}}})
    api.register_blueprint(routes.bp)
    app.extensions["api_document"] = api.spec
    app.register_blueprint(bp)


@bp.get("/api")
def show() -> ResponseReturnValue:
    return render_template(
        "api/show.html",
        document=current_app.extensions["api_document"].to_dict(),
        base_url=current_app.config["SETTINGS"].base_url,
    )
