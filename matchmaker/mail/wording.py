"""An introduction in a few words: its subject, why, and who gains what."""

from datetime import datetime
from typing import Any

from matchmaker.mail.brief import MENTORING, MET_THERE, OFFER_MEETS_WANT, side_of
from matchmaker.mail.compose import SUBJECT_LENGTH, gain_sentence
from matchmaker.mail.names import full_name, in_a_row, shortened
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
    gain = side.gains[0]
    giver = side_of(side, gain["giver"])
    back = next((g for g in giver.gains if g["giver"] == side.member_id), None)
    name, offer = giver.member.called, gain["offer"]
    if len(side.others) > 1:
        return _fitting(
            "{first} could help each other", in_a_row(["You", *_called(side)])
        )
    if gain["kind"] == MET_THERE:
        return _fitting("You and {name} met at {first}", gain["offer"], name=name)
    if gain["kind"] == MENTORING and giver.part is Part.MENTOR:
        return _fitting("{name} offers to mentor in {first}", offer, name=name)
    if gain["kind"] == MENTORING:
        return _fitting("{name} wants to learn about {first}", offer, name=name)
    if gain["kind"] == OFFER_MEETS_WANT and back and back["kind"] == OFFER_MEETS_WANT:
        sentence = "{name} knows {first}; you know {second}"
        if _is_a_doing(offer) or _is_a_doing(back["offer"]):
            sentence = "{name} can help with {first}; you with {second}"
        return _fitting(sentence, offer, back["offer"], name=name)
    if gain["kind"] == OFFER_MEETS_WANT:
        return _fitting("{name} can help you with {first}", offer, name=name)
    if back and back["kind"] == OFFER_MEETS_WANT:
        return _fitting(
            "{name} could use what you know about {first}", back["offer"], name=name
        )
    return _fitting("You and {name} both care about {first}", gain["want"], name=name)


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
    kinds = {s.gains[0]["kind"] for s in side.introduction.sides}  # the strongest
    if side.introduction.kind is Kind.MENTORING and side.part is Part.MENTEE:
        return (
            "You are trying to do what others here have done. One of them has said "
            "that they would gladly help."
        )
    if side.introduction.kind is Kind.MENTORING and side.part is Part.MENTOR:
        return (
            "You said that you would share what you have learned. Here is somebody "
            "who is looking for just that."
        )
    if len(side.others) > 1:
        return "Each of the three of you has something that another is looking for."
    if kinds == {OFFER_MEETS_WANT}:
        return "Each of you knows something that the other is looking for."
    if OFFER_MEETS_WANT in kinds:
        return (
            "One of you knows what the other is looking for, and you care about the "
            "same things."
        )
    if kinds == {MET_THERE}:
        return "You have met, and both of you would like to see each other again."
    return "You care about the same things, and do not know each other yet."


def parties(side: Side) -> list[dict[str, Any]]:
    """The card: the reader first, and under each the sentences of what they gain."""
    several = len(side.others) > 1
    mine = "What you gain" if several else f"What {names_of(side)} can give you"
    card = [_party(side, side, mine)]
    for other in side.others:
        name = other.member.called
        label = f"What {name} gains" if several else f"What you can give {name}"
        card.append(_party(other, side, label))
    return card


def _party(side: Side, viewer: Side, label: str) -> dict[str, Any]:
    words = full_name(side.member).split()
    return {
        "face": words[0][0] + (words[-1][0] if len(words) > 1 else ""),
        "tint": side.member_id % 8,
        "label": label,
        "gains": [gain_sentence(gain, side, viewer) for gain in side.gains],
    }


def names_of(side: Side) -> str:
    return in_a_row(_called(side))


def _called(side: Side) -> list[str]:
    return [other.member.called for other in side.others]
