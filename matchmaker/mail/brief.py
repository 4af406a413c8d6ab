"""What one reads before a meeting: what is different, what to ask, what to bring.

Made of the members' own words, for letters and pages alike; told to one side.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.data import industries
from matchmaker.mail.names import in_a_row, shortened
from matchmaker.models import Part, Side, StatedGain

OFFER_MEETS_WANT = "offer meets want"  # values of matching.Ground
MENTORING = "mentoring"
MET_THERE = "met there"  # of two who met at an event, and would like to again

# Of each three, an introduction takes one, so that not every week asks the same.
_OF_AN_OFFER = (
    "What do people usually get wrong about {what} when they begin?",
    "If you had one hour to show somebody {what}, what would you leave out?",
    "What have you changed your mind about in {what}?",
)
_OF_A_WANT = (
    "You are looking for “{what}”: what have you tried, and where did it stop?",
    "You are looking for “{what}”: what would it change for you in half a year?",
    "You are looking for “{what}”: which small piece of it would already help?",
)
_OF_A_MENTOR = (
    "What do you wish somebody had told you about {what} in your first year?",
    "Which mistake with {what} taught you the most?",
    "What would you do first about {what}, if you were me?",
)
_OF_A_MENTEE = (
    "What do you already do well in {what}, and where does it get hard?",
    "What made {what} matter to you now?",
    "Which decision about {what} is waiting for you?",
)
_OF_A_GOAL = (
    "What would you like to be able to do in half a year that you cannot do today?",
    "What have you decided already, and what are you still turning over?",
    "What kind of help has been useless to you so far?",
)
_OF_AN_INTEREST = (
    "How did {what} come into your life?",
    "What would you show a beginner in {what} first?",
    "What has {what} taught you that helps in your work?",
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
        asks.append(_about_their_want(side, *given))
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
        return f"{who} care about {in_a_row([_phrase(word) for word in shared[:2]])}."
    return ""


def to_bring(side: Side) -> str:
    """One thing that makes the meeting better than its talk."""
    for other in side.others:
        if gain := _gain_of(other, side):
            if gain["kind"] == OFFER_MEETS_WANT:
                return (
                    f"a real example of {_phrase(gain['offer'])} from your own work, "
                    "even a failed one."
                )
            if gain["kind"] == MENTORING and side.part is Part.MENTOR:
                return (
                    f"one mistake of your own with {_phrase(gain['offer'])}: "
                    "it helps more than advice."
                )
            if gain["kind"] == MENTORING:
                topic = _phrase(gain["offer"])
                return f"one decision about {topic} that you have to make soon."
    topic = _phrase(side.gains[0]["want"])
    if side.gains[0]["kind"] == MET_THERE:
        return "whatever you had begun to talk about."
    return f"something to do with {topic} that you would like to show."


def trade(side: Side) -> str:
    """The member's industry, as one says it within a sentence."""
    industry = industries.get(side.member.profile.industry)
    if industry is None:
        return ""
    label = industry.label
    acronym = len(label) > 1 and not label[1].islower()
    return label if acronym else label[0].lower() + label[1:]


def side_of(side: Side, member_id: int) -> Side:
    """The side of somebody in the same introduction."""
    return next(s for s in side.introduction.sides if s.member_id == member_id)


def _about_their_offer(side: Side, gain: StatedGain, giver: Side) -> tuple[str, Side]:
    if gain["kind"] == OFFER_MEETS_WANT:
        wording = _OF_AN_OFFER
    elif gain["kind"] == MENTORING:
        wording = _OF_A_MENTEE if giver.part is Part.MENTEE else _OF_A_MENTOR
    elif gain["kind"] == MET_THERE:
        wording = _OF_AN_EVENING
    else:
        wording = _OF_AN_INTEREST
    return _one_of(wording, side).format(what=_phrase(gain["offer"])), giver


def _about_their_want(side: Side, gain: StatedGain, receiver: Side) -> tuple[str, Side]:
    if gain["kind"] == OFFER_MEETS_WANT:
        return _one_of(_OF_A_WANT, side).format(what=_phrase(gain["want"])), receiver
    if gain["kind"] == MENTORING and receiver.part is Part.MENTEE:
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
    for interest in side.introduction.shared:
        if interest.casefold() not in said:
            wording = _one_of(_OF_AN_INTEREST, side, turn=1)
            return wording.format(what=_phrase(interest)), others[0]
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


def _phrase(words: str) -> str:
    return shortened(words.strip().rstrip("."), 90)
