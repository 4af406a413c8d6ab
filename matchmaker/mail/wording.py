"""An introduction in a few words: its subject, why, and who gains what."""

from datetime import datetime
from typing import Any

from matchmaker.enums import GainKind
from matchmaker.mail.compose import SUBJECT_LENGTH
from matchmaker.mail.names import full_name, in_a_row, shortened
from matchmaker.mail.reasons import (
    GIVEN,
    gain_sentences,
    gains_label,
    is_lesson,
    is_said_alike,
    side_of,
)
from matchmaker.models import Kind, Part, Rsvp, Side


def day_words(local: datetime) -> str:
    """Thursday 4 December"""
    return f"{local:%A} {local.day} {local:%B}"


def days_words(first: datetime, last: datetime) -> str:
    """Monday 15 to Wednesday 17 February; of one day alone, that"""
    if first.date() == last.date():
        return day_words(first)
    begins = f"{first:%A} {first.day}"
    if (first.year, first.month) != (last.year, last.month):
        begins = day_words(first)
    return f"{begins} to {day_words(last)}"


def queue_rule(rsvp: Rsvp) -> str:
    """Say when somebody in a queue has their turn: parties and single people stand in
    one, and no place stays empty for a party that it's too small for."""
    event, party = rsvp.event, rsvp.party
    places = "a place is" if party == 1 else f"{_NUMBERS[party]} places are"
    it_is = "it’s" if party == 1 else "they’re"
    kept = "held for you for a while" if event.claim_hours else "yours"
    rule = f"As soon as {places} free and it’s your turn, {it_is} {kept}, and we write."
    if party == 2:
        return f"{rule} A single place goes to the next person who’s alone."
    if party > 2:
        return f"{rule} Fewer go to the next whose whole party fits."
    if event.guests_each:
        return (
            f"{rule} It’s your turn, too, when those ahead of you are too many for it."
        )
    return rule


_NUMBERS = ("no", "one", "two", "three", "four", "five", "six")


def subject(side: Side) -> str:
    """Name what each has for the other: Ana knows grant writing; you know Postgres."""
    if len(side.others) > 1:
        others = in_a_row(["You", *_called(side)])
        is_help = all(each.gains[0]["kind"] in GIVEN for each in _sides(side))
        return _fitting(
            "{first} could help each other" if is_help else "{first} should meet",
            others,
        )
    gain = side.gains[0]
    giver = side_of(side, gain["giver"])
    kind, name, back = GainKind(gain["kind"]), giver.member.called, giver.gains[0]
    if kind is GainKind.HELP and back["kind"] == GainKind.HELP:
        sentence = "{name} knows {first}; you know {second}"
        if _is_a_doing(gain["offer"]) or _is_a_doing(back["offer"]):
            sentence = "{name} can help with {first}; you with {second}"
        return _fitting(sentence, gain["offer"], back["offer"], name=name)
    sentence = _SUBJECTS[kind]
    if is_said_alike(gain):
        sentence = _SUBJECTS_OF_THE_SAME.get(kind, sentence)
    if is_lesson(gain, side, giver):
        sentence = "{name} wants to learn about {first}"
    words = gain["want"] if kind in _IN_MY_WORDS else gain["offer"]
    return _fitting(sentence, words, name=name)


_SUBJECTS = {
    GainKind.HELP: "{name} can help you with {first}",
    GainKind.MENTORING: "{name} offers to mentor in {first}",
    GainKind.HAS_HELPED: "{name} has helped with something like {first}",
    GainKind.BUSINESS: "{name} is looking for {first}, which you offer",
    GainKind.SAME_GOAL: "You and {name} are after much the same: {first}",
    GainKind.SAME_CRAFT: "You and {name} could swap notes on {first}",
    GainKind.SHARED_INTEREST: "You and {name} have this in common: {first}",
    GainKind.LANGUAGE: "{name} can help you with {first}",
    GainKind.SHARED_LANGUAGE: "You and {name} speak the same language",
    GainKind.CATCH_UP: "It’s time to catch up with {name}",
    GainKind.GIVING: "{name} is looking for {first}: can you help?",
    GainKind.NOT_MET_YET: "You haven’t met {name} yet",
    GainKind.MET_LONG_AGO: "It’s a while since you and {name} crossed paths",
    GainKind.MET_THERE: "You and {name} met at {first}",
}
_SUBJECTS_OF_THE_SAME = {
    GainKind.SAME_GOAL: "You and {name} are both looking for {first}",
    GainKind.SHARED_INTEREST: "You and {name} both like {first}",
}
_IN_MY_WORDS = {
    GainKind.HAS_HELPED,
    GainKind.SAME_GOAL,
    GainKind.SAME_CRAFT,
    GainKind.SHARED_INTEREST,
    GainKind.LANGUAGE,
}


def _is_a_doing(phrase: str) -> bool:
    """Whether one helps with it rather than knows it: finding grants."""
    return phrase.split()[:1] != [] and phrase.split()[0].endswith("ing")


def _fitting(sentence: str, first: str, second: str = "", name: str = "") -> str:
    """Fill a sentence so that it stays one line of a mail program."""
    name = shortened(name, 20)
    room = SUBJECT_LENGTH - len(sentence.format(name=name, first="", second=""))
    first = shortened(first, max(room // 2, room - len(second)) if second else room)
    second = shortened(second, room - len(first))
    return sentence.format(name=name, first=first, second=second)


def why(side: Side) -> str:
    """Say in a sentence or two how the introduction came about."""
    if side.introduction.kind is Kind.MENTORING and side.part is Part.MENTEE:
        return (
            "You’re trying to do what others here have done. One of them has said that "
            "they’d gladly help."
        )
    if side.introduction.kind is Kind.MENTORING and side.part is Part.MENTOR:
        return (
            "You said that you’d share what you’ve learned. Here’s somebody who’s "
            "looking for just that."
        )
    kinds = {each.gains[0]["kind"] for each in _sides(side)}  # the strongest
    if len(side.others) > 1:
        return (
            "Each of the three of you has something that another is looking for."
            if kinds <= GIVEN
            else "Each of the three of you has a reason to meet another."
        )
    for some, sentence in _WHY:
        if kinds <= some:
            return sentence
    if GainKind.GIVING in kinds:
        return _ONE_HELPS
    if kinds & GIVEN:
        return "One of you can help the other, and there’s something in it for both."
    return "Each of you has a reason to meet the other."


_ONE_HELPS = (
    "One of you can help the other. Next time it may be somebody else’s turn to help."
)
_WHY: tuple[tuple[set[GainKind], str], ...] = (
    ({GainKind.HELP}, "Each of you knows something that the other is looking for."),
    (GIVEN, "Each of you can help the other."),
    ({GainKind.SAME_GOAL}, "You’re both in the middle of the same thing."),
    ({GainKind.SAME_CRAFT}, "You do much the same work, and could compare notes."),
    ({GainKind.SHARED_INTEREST}, "You care about the same things."),
    (
        {GainKind.CATCH_UP},
        "You’ve met before, and you both told us that it was worth your while.",
    ),
    (
        {GainKind.MET_THERE},
        "You’ve met, and you’d both like to see each other again.",
    ),
    (
        {GainKind.NOT_MET_YET, GainKind.MET_LONG_AGO},
        "You both said that you’re glad to meet anybody here.",
    ),
)


def parties(side: Side) -> list[dict[str, Any]]:
    """The card: first what the reader gains, beside the face of the one it comes from;
    among three, beside the face of the one who gains it."""
    parts = [side, *side.others]
    faces = parts[::-1] if len(parts) == 2 else parts
    return [_party(*each, side) for each in zip(parts, faces, strict=True)]


def _party(side: Side, shown: Side, viewer: Side) -> dict[str, Any]:
    words = full_name(shown.member).split()
    return {
        "face": words[0][0] + (words[-1][0] if len(words) > 1 else ""),
        "tint": shown.member_id % 8,
        "label": gains_label(side, viewer),
        "gains": gain_sentences(side, viewer),
    }


def _sides(side: Side) -> list[Side]:
    return side.introduction.sides


def names_of(side: Side) -> str:
    return in_a_row(_called(side))


def _called(side: Side) -> list[str]:
    return [other.member.called for other in side.others]
