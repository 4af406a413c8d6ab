"""Searches in the database, as `matchmaker.text` makes them elsewhere."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_

from matchmaker.text import search_words

_MOST_WORDS = 12  # a statement of thousands is refused by the database


def finds(searched: Any, query: str) -> ColumnElement[bool]:
    """Return whether a column of `search_text` holds each word of the query, or begins it.

    The same on every database: both sides are folded before they get there.
    """
    words = search_words(query)[:_MOST_WORDS]
    if not words:
        return false()
    return and_(
        *(
            or_(*(searched.contains(f" {spelling}") for spelling in {*word}))
            for word in words
        )
    )
