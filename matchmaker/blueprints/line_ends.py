"""What a browser sends, as the pages read it."""

from typing import IO, Any

from flask import Request
from werkzeug.datastructures import MultiDict
from werkzeug.datastructures.file_storage import FileStorage
from werkzeug.formparser import FormDataParser


class _OneLineEnd(FormDataParser):
    """Read "\\r\\n" as "\\n": a browser's `maxlength` counts a line break once."""

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]:
        stream, form, files = super().parse(stream, mimetype, content_length, options)
        texts: Any = self.cls(
            [(name, _one_line_end(text)) for name, text in form.items(multi=True)]
        )
        return stream, texts, files


class FormRequest(Request):
    form_data_parser_class = _OneLineEnd


def _one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
