"""Companies by name: which names mean the same one, and which mean none."""

import csv
import re
from functools import cache, lru_cache
from pathlib import Path

from matchmaker.text import fold_words

_WORDS = Path(__file__).parent / "companies" / "words.tsv"

_LONGEST_FORM = 4  # words: gmbh and co kg
_SPA = re.compile(r"\s(S\.\s?p\.\s?A\.?|SpA)\s*$")  # a form; a spa is a spa
_INITIALS = re.compile(r"(?<=\b\w)[./]\s?(?=\w\b)")  # b. v., K.P.M.G., A/S
_CJK_FORM = re.compile("株式会社|有限会社|合同会社|股份有限公司|有限公司|주식회사|㈱")
_MARKS = re.compile("[™®©℠]")

_TRADE_ALONE = re.compile(  # freelance designer, but Freelance Union
    r"(freelance|self employed|zzp|freiberufliche?r?|selbststandige?r?|selbstandige?r?|"
    r"zelfstandig|independent) (\w+ ){0,2}\w+(er|or|ist|ect|ant|eur|euse|rin|eer)"
)
_REMARK = re.compile(r"\s*[(,/|:;–—].*|\s+-.*")  # Freelancer (design), Freelance / web


@lru_cache(maxsize=50_000)
def key(name: str) -> str:
    """Return what colleagues' companies have in common, however each writes the name.

    Empty where the name is no company's: freelance, n/a, between jobs.
    """
    if not is_company(name):
        return ""
    words = _words(_SPA.sub("", _CJK_FORM.sub(" ", name)) or name).split()
    if len(words) > 1 and words[0] == "the" != words[1]:
        del words[0]
    while cut := _form_after(words):
        del words[-cut:]
    if len(words) > 1 and words[0] in _listed("form before"):
        del words[0]
    return " ".join("company" if word == "co" else word for word in words)


@lru_cache(maxsize=50_000)
def is_company(name: str) -> bool:
    """Return whether the name may be a company's. A legal form is enough: Solo Ltd."""
    words = _words(name)
    alone = _words(_REMARK.sub("", name))
    return bool(
        re.search(r"\w\w|[^\W\d_a-z]", words)
        and words not in _listed("no company")
        and words not in _listed("works alone")
        and alone not in _listed("works alone")
        and not _TRADE_ALONE.fullmatch(alone)
    )


def _words(name: str) -> str:
    text = _MARKS.sub("", name).replace("&", " and ").replace(" + ", " and ")
    return fold_words(_INITIALS.sub("", text), keep="+#")


def _form_after(words: list[str]) -> int:
    """Return how many of the last words are a legal form; a name is always left."""
    for length in range(min(_LONGEST_FORM, len(words) - 1), 0, -1):
        form, before = " ".join(words[-length:]), words[-length - 1]
        if form in _listed("form after") and before != "and":
            return length
    return 0


@cache
def _listed(kind: str) -> frozenset[str]:
    """Return what our list has of a kind, folded; a longer legal form wins."""
    with _WORDS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, "excel-tab"))
    return frozenset(
        words for row in rows if row[0] == kind for words in row[1].split("|")
    )
