"""What a phrase is about, without the words in which people wrap it.

"I'm looking for somebody who can help me with my books, not taxes" is about *my books*:
the opening only says that something is wanted, and what is ruled out would pull the
reading towards it. The *head* is how the phrase begins; what follows a comma or a "for"
is mostly detail or audience ("yoga, mornings", "slides for lawyers").
"""

import re
from pathlib import Path

# Words by language that open a phrase and say nothing of its subject. They are taken from
# the front, up to the first other word.
_WRAPPING = frozenset(
    Path(__file__).with_name("wrapping.tsv").read_text(encoding="utf-8").split()
)
_WORD = re.compile(r"(?:[dljmtnsc]|qu|quelqu)['’]|[\w+#&./-]+(?:['’]\w+)*")
_ENDS_A_HEAD = re.compile(
    r"\s*(?:[,;:(.?!]|\s[–—-]\s|\b(?:for|voor|pour|für|para|per|because|omdat|weil|porque)\b)"
)
# From a comma, a bracket or a "but", up to the end of the clause.
_RULED_OUT = re.compile(
    r"(?:[,;(–—]|\b(?:but|maar|mais|aber|sondern|pero|ma)\b)\s*"
    r"(?:but |and |en |et |und |y |mais |maar )?"
    r"\b(?:not|no|never|except|niet|geen|nooit|behalve|nicht|kein\w*|außer|pas|sauf"
    r"|jamais|excepto|salvo|non|tranne)\b[^,;.()]*\)?"
    r"|\b(?:anything|everything|alles|tout|todo) (?:but|except|behalve|außer|sauf|menos)\b"
    r"[^,;.()]*",
    re.IGNORECASE,
)


def essence(text: str) -> str:
    """Return the phrase without its wrapping; as it is where little would be left."""
    kept = _RULED_OUT.sub("", text)
    for word in _WORD.finditer(kept):
        if word.group().lower().replace("’", "'") not in _WRAPPING:
            kept = kept[word.start() :]
            break
    else:
        kept = text
    kept = kept.strip(" ,;:-–—")
    return kept if _says_something(kept) else text.strip()


def head(essence: str) -> str:
    """Return how an essence begins; all of it where that would be little."""
    end = _ENDS_A_HEAD.search(essence)
    beginning = essence[: end.start()] if end else essence
    return beginning if _says_something(beginning) else essence


def _says_something(text: str) -> bool:
    return re.search(r"\w{3}|\w[\d+#&]", text) is not None
