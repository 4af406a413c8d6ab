"""What a member wrote, as the encoder wants it."""

import re
import unicodedata

LONGEST = 4000  # characters: a profile says early what matters, and time is bounded

# Words that say *that* something is offered or wanted, and not *what*. Two phrases
# that have only these in common ("help with taxes", "help with my garden") have
# nothing in common. "learning" is missing on purpose: machine learning is a subject.
_FRAME = """
    a about advice an and any anything are as at be becoming better can career do
    does finding for from get getting give good have help helping hello how i in
    into is it learn like looking make me more my need needed new of offer offering
    on or our people please seeking some somebody someone something support that the
    their them things this tips to us want wanted wanting way we who with would you
    your
"""
FRAME = frozenset(_FRAME.split())

# Stands before what a short phrase is *for*: who wants photography for social media
# is not helped by social media. In long sentences "for" says less.
FOR = "|"
_SHORT = 6  # words

_UNSEEN = re.compile(r"[\ud800-\udfff\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_AROUND = ".,;:!?\"'()[]{}<>«»“”„\u2019*_-\u2013—/|"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def essence(phrase: str) -> str:
    """The words of a phrase that carry its subject; "" when it names none.

    Letters are folded (NFKC, case); control and direction characters, lone
    surrogates and punctuation around words go. In a short phrase, `FOR` comes between
    its subject and what that is for ("photography | social media").
    """
    text = _CONTROL.sub(" ", _UNSEEN.sub("", phrase[:LONGEST]))
    text = unicodedata.normalize("NFKC", text).casefold()
    # Most words are letters only, which is quicker to see than to strip.
    bare = (w if w.isalnum() else w.strip(_AROUND) for w in text.split())
    words = [word for word in bare if word]
    subject, context = words, []
    if len(words) <= _SHORT and "for" in words:
        middle = words.index("for")
        subject, context = words[:middle], words[middle:]
    subject = [word for word in subject if word not in FRAME]
    context = [word for word in context if word not in FRAME]
    between = [FOR] if subject and context else []
    return " ".join(subject + between + context)
