"""What one reads before a meeting: what is different, what to ask, what to bring.

Made of the members' own words, for letters and pages alike; told to one side.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.data import industries
from matchmaker.enums import GainKind
from matchmaker.mail.names import in_a_row
from matchmaker.mail.reasons import is_lesson, phrase, side_of
from matchmaker.models import Side, StatedGain

# Of each three, an introduction takes one, so that not every week asks the same.
_OF_AN_OFFER = (
    "What do people usually get wrong about “{what}” when they begin?",
    "If you had one hour to show somebody “{what}”, what would you leave out?",
    "What have you changed your mind about in “{what}”?",
)
_OF_A_WANT = (
    "You’re looking for “{what}”: what have you tried, and where did it stop?",
    "You’re looking for “{what}”: what would it change for you in half a year?",
    "You’re looking for “{what}”: which small piece of it would already help?",
)
_OF_A_MENTOR = (
    "What do you wish somebody had told you about “{what}” in your first year?",
    "Which mistake with “{what}” taught you the most?",
    "What would you do first about “{what}”, if you were me?",
)
_OF_A_MENTEE = (
    "What do you already do well in “{what}”, and where does it get hard?",
    "What made “{what}” matter to you now?",
    "Which decision about “{what}” is waiting for you?",
)
_OF_A_GOAL = (
    "What would you like to be able to do in half a year that you cannot do today?",
    "What have you decided already, and what are you still turning over?",
    "What kind of help has been useless to you so far?",
)
_OF_AN_INTEREST = (
    "“{what}”: how did you come to it?",
    "“{what}”: what would you show a beginner first?",
    "“{what}”: what has it taught you that helps in your work?",
)
_OF_HELP_GIVEN = (
    "You’ve helped somebody with something like “{what}”: what did it take?",
    "You’ve helped somebody with something like “{what}”: what came of it?",
    "You’ve helped somebody with something like “{what}”: what would you do first today?",
)
_OF_A_CATCH_UP = (
    "What has changed for you since we met?",
    "What came of what you were working on when we met?",
    "What would help you most just now?",
)
_OF_AN_EVENING = (
    "What has stayed with you from {what}?",
    "Whom else did you meet at {what}, and what did you talk about?",
    "What would you have liked more time for at {what}?",
)
_OF_THE_DIFFERENCE = (
    "What is ordinary in {theirs} that would surprise somebody from {mine}?",
    "What would somebody from {mine} do differently in {theirs}?",
    "What does {theirs} know that {mine} should have learned long ago?",
)
_OF_ANYBODY = (
    "What are you working on that you would talk about even on a Sunday?",
    "What has surprised you in your work this year?",
    "Who here have you been meaning to meet?",
)


@dataclass(frozen=True)
class Question:
    """Something to ask; `of` is who can answer it, where there are several."""

    text: str
    of: str = ""

    def __str__(self) -> str:
        return f"{self.of}: {self.text}" if self.of else self.text


def questions(side: Side) -> tuple[Question, Question, Question]:
    """Three to start with: about what they know, what they want, what you share."""
    first = side.gains[0]
    giver = side_of(side, first["giver"])
    given = _gain_from(side, giver) or _gain_from(side, *_but(side.others, giver))
    asks = [_about_their_offer(side, first, giver)]
    if given is None:
        asks.append(_about_anybody(side, giver))
    else:
        about_want = _about_their_want(side, *given)
        asks.append(_about_anybody(side, giver) if about_want in asks else about_want)
    asks.append(_about_both(side, giver))
    several = len(side.others) > 1
    first_ask, second_ask, third_ask = (
        Question(text, of.member.called if several else "") for text, of in asks
    )
    return first_ask, second_ask, third_ask


def difference(side: Side) -> str:
    """Say what is different between them, in a line; nothing where nothing is known."""
    mine = trade(side)
    theirs = [(other.member.called, trade(other)) for other in side.others]
    told = [(name, work) for name, work in theirs if work]
    if mine and told and any(work != mine for _, work in told):
        (name, work), *rest = told
        comes = ", ".join(
            [f"{name} comes from {work}", *(f"{n} from {w}" for n, w in rest)]
        )
        return f"{comes}; you come from {mine}."
    if mine and told:
        return (
            f"All of you work in {mine}."
            if len(told) > 1
            else f"You both work in {mine}."
        )
    if shared := side.introduction.shared:
        who = "You all" if len(theirs) > 1 else "You both"
        return f"{who} care about {in_a_row([phrase(word) for word in shared[:2]])}."
    return ""


def to_bring(side: Side) -> str:
    """One thing that makes the meeting better than its talk."""
    for other in side.others:
        gain = _gain_of(other, side)
        if gain and (thing := _to_bring_for(gain, other, side)):
            return thing
    first = side.gains[0]
    mine = phrase(first["want"])
    match first["kind"]:
        case GainKind.HELP | GainKind.MENTORING | GainKind.HAS_HELPED:
            return f"whatever you have so far for “{mine}”."
        case GainKind.SAME_GOAL:
            return f"what you’ve tried so far for “{mine}”, even in vain."
        case GainKind.SAME_CRAFT | GainKind.BUSINESS:
            return f"a real example of “{mine}” from your own work, even a failed one."
        case GainKind.SHARED_INTEREST:
            return f"a story to tell about “{mine}”."
        case GainKind.MET_THERE:
            return "whatever you had begun to talk about."
    return "something you’re working on that you’d like to show."


def _to_bring_for(gain: StatedGain, receiver: Side, side: Side) -> str:
    """What `side` could bring, of whom `receiver` has this gain."""
    what = phrase(gain["offer"])
    match gain["kind"]:
        case GainKind.HELP:
            return f"a real example of “{what}” from your own work, even a failed one."
        case GainKind.MENTORING:
            return f"one mistake of your own with “{what}”: it helps more than advice."
        case GainKind.GIVING if is_lesson(gain, receiver, side):
            return f"one decision about “{what}” that you have to make soon."
        case GainKind.GIVING if not gain["want"]:
            return "something to tell in the language, however slowly."
        case GainKind.GIVING:
            return f"whatever you have so far for “{what}”."
        case GainKind.BUSINESS:
            return f"two sentences on “{what}”: what it should do for you, and by when."
    return ""


def trade(side: Side) -> str:
    """The member's industry, as one says it within a sentence."""
    industry = industries.get(side.member.profile.industry)
    if industry is None:
        return ""
    label = industry.label
    acronym = len(label) > 1 and not label[1].islower()
    return label if acronym else label[0].lower() + label[1:]


def _about_their_offer(side: Side, gain: StatedGain, giver: Side) -> tuple[str, Side]:
    wordings, what = _OF_ANYBODY, gain["offer"]
    match gain["kind"]:
        case GainKind.HELP | GainKind.SAME_CRAFT:
            wordings = _OF_AN_OFFER
        case GainKind.MENTORING:
            wordings = _OF_A_MENTOR
        case GainKind.HAS_HELPED:
            wordings, what = _OF_HELP_GIVEN, gain["want"]
        case GainKind.GIVING if is_lesson(gain, side, giver):
            wordings = _OF_A_MENTEE
        case GainKind.GIVING | GainKind.BUSINESS | GainKind.SAME_GOAL:
            wordings = _OF_A_WANT
        case GainKind.CATCH_UP:
            wordings = _OF_A_CATCH_UP
        case GainKind.SHARED_INTEREST:
            wordings = _OF_AN_INTEREST
        case GainKind.MET_THERE:
            wordings = _OF_AN_EVENING
    turn = 2 if wordings is _OF_ANYBODY else 0
    return _one_of(wordings, side, turn).format(what=phrase(what)), giver


def _about_their_want(side: Side, gain: StatedGain, receiver: Side) -> tuple[str, Side]:
    if gain["kind"] == GainKind.HELP:
        return _one_of(_OF_A_WANT, side).format(what=phrase(gain["want"])), receiver
    if gain["kind"] == GainKind.MENTORING:
        return _one_of(_OF_A_GOAL, side), receiver
    return _about_anybody(side, receiver)


def _about_both(side: Side, giver: Side) -> tuple[str, Side]:
    mine, others = trade(side), [*_but(side.others, giver), giver]
    for other in others:
        theirs = trade(other)
        if mine and theirs and mine != theirs:
            wording = _one_of(_OF_THE_DIFFERENCE, side)
            return wording.format(theirs=theirs, mine=mine), other
    said = {gain["offer"].casefold() for gain in side.gains}
    said |= {gain["want"].casefold() for gain in side.gains}
    for interest in side.introduction.shared:
        if interest.casefold() not in said:
            wording = _one_of(_OF_AN_INTEREST, side, turn=1)
            return wording.format(what=phrase(interest)), others[0]
    return _about_anybody(side, others[0], turn=1)


def _about_anybody(side: Side, other: Side, turn: int = 0) -> tuple[str, Side]:
    return _one_of(_OF_ANYBODY, side, turn), other


def _gain_from(giver: Side, *receivers: Side) -> tuple[StatedGain, Side] | None:
    for receiver in receivers:
        if gain := _gain_of(receiver, giver):
            return gain, receiver
    return None


def _gain_of(receiver: Side, giver: Side) -> StatedGain | None:
    return next((g for g in receiver.gains if g["giver"] == giver.member_id), None)


def _but(sides: Sequence[Side], one: Side) -> list[Side]:
    return [side for side in sides if side is not one]


def _one_of(wordings: tuple[str, ...], side: Side, turn: int = 0) -> str:
    return wordings[(side.introduction_id + turn) % len(wordings)]
