"""What somebody wrote and we could not take: shown to them again, to be sent once more.

It travels on the page, signed, and is stored nowhere. Only what one of our own pages sent
is kept, or another site could fill in a form that somebody then sends with a careless
click. Passwords are never kept.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from io import RawIOBase
from typing import IO, Any, cast

from flask import current_app, g, request, session, url_for
from flask_login import current_user
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import RequestEntityTooLarge

MOST = 200_000  # characters; the sign-in page has to take it back
MOST_LOOKED_THROUGH = 64 * 1024 * 1024  # of a body that is too large for its page
GOOD_FOR = 24 * 60 * 60  # seconds
_TOKEN = "csrf_token"  # noqa: S105  (a field's name)


@dataclass(frozen=True)
class Kept:
    """A form as it was sent."""

    address: str  # a path of ours
    writer: int | None  # whose page the form was on; None: nobody had signed in
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...] = ()  # these have to be chosen again,
    passwords: tuple[str, ...] = ()  # and these typed

    @property
    def words(self) -> list[tuple[str, str]]:
        """The fields in which somebody wrote something, to be read and mended."""
        return [each for each in self.fields if _is_written(*each)]

    @property
    def rest(self) -> list[tuple[str, str]]:
        return [each for each in self.fields if not _is_written(*each)]


def bind_token() -> None:
    """Let a form stay good in every session of its account, and in no other account's."""
    if request.endpoint in {None, "static"} or not current_user.is_authenticated:
        return
    secret = hashlib.sha256(f"form {current_user.fs_uniquifier}".encode()).hexdigest()
    token = f"{current_user.id}:{secret}"
    if session.get(_TOKEN) != token:
        session[_TOKEN] = token
        g.pop(_TOKEN, None)  # where Flask-WTF remembers the one before


def sent_form() -> Kept | None:
    """Return the form that this request sent, if one of our own pages sent it."""
    if request.method != "POST" or request.endpoint is None or not _came_from_here():
        return None
    form, files = _form()
    texts = [(name, text.replace("\0", "")) for name, text in form.items(multi=True)]
    if not texts or sum(len(text) for _, text in texts) > MOST:
        return None
    return Kept(
        address=url_for(
            request.endpoint,
            **(request.view_args or {}),
            **request.args.to_dict(flat=False),  # type: ignore[arg-type]
        ),
        writer=_account_of(form.get(_TOKEN, "")),
        fields=tuple(each for each in texts if _may_be_kept(each[0])),
        files=tuple(files),
        passwords=tuple(name for name, _ in texts if "password" in name),
    )


def to_show() -> Kept | None:
    """Return the form that this request sent, unless somebody else sees the answer."""
    kept, here = sent_form(), account_here()
    return None if kept and kept.writer and here and kept.writer != here else kept


def account_here() -> int | None:
    """Return the id of the account whose session this is, without asking the database."""
    return _id_in(session.get(_TOKEN, ""))


def pack(kept: Kept) -> str:
    return _serializer("kept form").dumps(asdict(kept))


def unpack(text: str) -> Kept | None:
    try:
        said = _serializer("kept form").loads(text, max_age=GOOD_FOR)
    except BadData:
        return None
    return Kept(
        address=said["address"],
        writer=said["writer"],
        fields=tuple((name, text) for name, text in said["fields"]),
        files=tuple(said["files"]),
        passwords=tuple(said["passwords"]),
    )


def _may_be_kept(name: str) -> bool:
    return name != _TOKEN and "password" not in name


def _is_written(name: str, text: str) -> bool:
    if name == "opened":  # says how things were: see `EditForm`
        return False
    return len(text) > 30 or any(mark.isspace() for mark in text)


def _came_from_here() -> bool:
    """Whether the browser says so: it lets no page of another site say it."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == request.host_url.rstrip("/")


def _account_of(token: str) -> int | None:
    """Return whose page a token was on, however long ago."""
    try:
        return _id_in(_serializer("wtf-csrf-token").loads(token))  # Flask-WTF's salt
    except BadData:
        return None


def _id_in(token: Any) -> int | None:
    id_, mark, _ = str(token).partition(":")
    return int(id_) if mark and id_.isdecimal() else None


def _serializer(salt: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=salt)


def _form() -> tuple[ImmutableMultiDict[str, str], Iterable[str]]:
    """Return the fields of the request, and the names of those with a file."""
    try:
        files = [name for name, file in request.files.items() if file.filename]
        return request.form, files
    except RequestEntityTooLarge:
        return _without_files()


def _without_files() -> tuple[ImmutableMultiDict[str, str], Iterable[str]]:
    """Look through a body that is too large, and drop its files on the way."""
    size = request.content_length or 0
    if account_here() is None or size > MOST_LOOKED_THROUGH:
        return ImmutableMultiDict(), ()
    parser = request.form_data_parser_class(
        stream_factory=lambda *_, **__: cast(IO[bytes], _Nowhere()),
        max_form_memory_size=MOST * 4,
        cls=ImmutableMultiDict,
    )
    stream = request.environ["wsgi.input"]
    _, form, files = parser.parse(
        stream, request.mimetype, size, request.mimetype_params
    )
    return ImmutableMultiDict(form), tuple(files)


class _Nowhere(RawIOBase):
    """Takes what is written, and has none of it."""

    def write(self, data: Any) -> int:
        return len(data)

    def seek(self, *_: int) -> int:
        return 0
