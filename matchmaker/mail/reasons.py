"""Why people are introduced, in sentences for pages and letters alike.

Each is true of what it's made of: both people's own words, or what each of them has done.
Sentences are plain text; a page and a letter's HTML escape them.
"""

from dataclasses import dataclass

from matchmaker.enums import GainKind, WhyNow
from matchmaker.mail.names import in_a_row, shortened
from matchmaker.models import Format, Introduction, Side, StatedGain

_PHRASE = 90  # characters
_MOST_SHARED = 3


@dataclass(frozen=True)
class _Wording:
    """One gain, told to the one who has it, to the one they have it from, and to others."""

    to_receiver: str
    to_giver: str
    to_others: str


_CLIENT = "a possible client, or somebody who knows one"
_LIKE_IT = "has helped somebody here with something like it"

_WORDINGS = {
    GainKind.HELP: _Wording(
        "{giver} can help you with {offer}: you’re looking for {want}.",
        "You can help {receiver} with {offer}: they’re looking for {want}.",
        "{giver} can help {receiver} with {offer}: {receiver} is looking for {want}.",
    ),
    GainKind.MENTORING: _Wording(
        "{giver} can be your mentor in {offer}: you’d like to learn about {want}.",
        "You can be {receiver}’s mentor in {offer}: they’d like to learn about {want}.",
        "{giver} can be {receiver}’s mentor in {offer}: {receiver} would like to learn "
        "about {want}.",
    ),
    GainKind.HAS_HELPED: _Wording(
        f"You’re looking for {{want}}. {{giver}} {_LIKE_IT}.",
        "{receiver} is looking for {want}. You’ve helped somebody here with something "
        "like it.",
        f"{{receiver}} is looking for {{want}}. {{giver}} {_LIKE_IT}.",
    ),
    GainKind.BUSINESS: _Wording(
        f"{{giver}} is looking for {{offer}}, and you offer {{want}}: {_CLIENT}.",
        "You’re looking for {offer}, and {receiver} offers {want}: you may be a client, "
        "or know one.",
        f"{{giver}} is looking for {{offer}}, and {{receiver}} offers {{want}}: "
        f"{_CLIENT}.",
    ),
    GainKind.SAME_GOAL: _Wording(
        "You’re after much the same thing: you’re looking for {want}, and {giver} for "
        "{offer}.",
        "You’re after much the same thing: {receiver} is looking for {want}, and you "
        "for {offer}.",
        "They’re after much the same thing: {receiver} is looking for {want}, and "
        "{giver} for {offer}.",
    ),
    GainKind.SAME_CRAFT: _Wording(
        "You offer {want} and {giver} offers {offer}, so you could {swap_notes}.",
        "{receiver} offers {want} and you offer {offer}, so you could {swap_notes}.",
        "{receiver} offers {want} and {giver} offers {offer}, so they could {swap_notes}.",
    ),
    GainKind.SHARED_INTEREST: _Wording(
        "You have this in common: you wrote {want}, and {giver} wrote {offer}.",
        "You have this in common: {receiver} wrote {want}, and you wrote {offer}.",
        "They have this in common: {receiver} wrote {want}, and {giver} wrote {offer}.",
    ),
    GainKind.GIVING: _Wording(
        "You can help: {giver} is looking for {offer}, and you offer {want}.",
        "Somebody to help: you’re looking for {offer}, and {receiver} offers {want}.",
        "Somebody to help: {giver} is looking for {offer}, and {receiver} offers {want}.",
    ),
    GainKind.LANGUAGE: _Wording(
        "You’re looking for {want}, and {giver} speaks the language.",
        "{receiver} is looking for {want}, and you speak the language.",
        "{receiver} is looking for {want}, and {giver} speaks the language.",
    ),
    GainKind.SHARED_LANGUAGE: _Wording(
        "You and {giver} both speak {language} few people here speak.",
        "You and {receiver} both speak {language} few people here speak.",
        "{receiver} and {giver} both speak {language} few people here speak.",
    ),
    GainKind.CATCH_UP: _Wording(
        "You and {giver} were both glad you met. It’s time to catch up.",
        "You and {receiver} were both glad you met. It’s time to catch up.",
        "{receiver} and {giver} were both glad they met. It’s time to catch up.",
    ),
    GainKind.NOT_MET_YET: _Wording(
        "You haven’t met {giver} yet.",
        "{receiver} hasn’t met you yet.",
        "{receiver} and {giver} haven’t met yet.",
    ),
    GainKind.MET_LONG_AGO: _Wording(
        "You and {giver} have crossed paths here, a while ago.",
        "You and {receiver} have crossed paths here, a while ago.",
        "{receiver} and {giver} have crossed paths here, a while ago.",
    ),
    GainKind.MET_THERE: _Wording(
        "You and {giver} met at {offer}, and you’d both like to see each other again.",
        "{receiver} would like to see you again after {offer}.",
        "{receiver} and {giver} met at {offer}, and would both like to see each other "
        "again.",
    ),
}

# Where both wrote the same, it's said once.
_WORDINGS_OF_THE_SAME = {
    GainKind.HELP: _Wording(
        "{giver} can help you with {offer}, which you’re looking for.",
        "You can help {receiver} with {offer}, which they’re looking for.",
        "{giver} can help {receiver} with {offer}.",
    ),
    GainKind.MENTORING: _Wording(
        "{giver} can be your mentor in {offer}, which you’d like to learn about.",
        "You can be {receiver}’s mentor in {offer}, which they’d like to learn about.",
        "{giver} can be {receiver}’s mentor in {offer}.",
    ),
    GainKind.BUSINESS: _Wording(
        f"{{giver}} is looking for {{offer}}, which you offer: {_CLIENT}.",
        "You’re looking for {offer}, which {receiver} offers: you may be a client, or "
        "know one.",
        f"{{giver}} is looking for {{offer}}, which {{receiver}} offers: {_CLIENT}.",
    ),
    GainKind.SAME_GOAL: _Wording(
        "You and {giver} are both looking for {offer}.",
        "You and {receiver} are both looking for {offer}.",
        "{receiver} and {giver} are both looking for {offer}.",
    ),
    GainKind.SAME_CRAFT: _Wording(
        "You and {giver} both offer {offer}, so you could {swap_notes}.",
        "You and {receiver} both offer {offer}, so you could {swap_notes}.",
        "{receiver} and {giver} both offer {offer}, so they could {swap_notes}.",
    ),
    GainKind.SHARED_INTEREST: _Wording(
        "You and {giver} both like {offer}.",
        "You and {receiver} both like {offer}.",
        "{receiver} and {giver} both like {offer}.",
    ),
    GainKind.GIVING: _Wording(
        "You can help {giver} with {offer}, which they’re looking for.",
        "Somebody to help: you’re looking for {offer}, which {receiver} offers.",
        "Somebody to help: {giver} is looking for {offer}, which {receiver} offers.",
    ),
}

# Giving, where what is given is a lesson.
_TEACHING = _Wording(
    "You can teach {want}: {giver} would like to learn about {offer}.",
    "Somebody to teach: you’d like to learn about {offer}, and {receiver} can teach "
    "{want}.",
    "Somebody to teach: {giver} would like to learn about {offer}, and {receiver} can "
    "teach {want}.",
)
_TEACHING_THE_SAME = _Wording(
    "You can teach {offer}, which {giver} would like to learn about.",
    "Somebody to teach: you’d like to learn about {offer}, which {receiver} can teach.",
    "Somebody to teach: {giver} would like to learn about {offer}, which {receiver} can "
    "teach.",
)

# Giving, where the other would like to practise a language.
_TALKING = _Wording(
    "You can help: {giver} is looking for {offer}, and you speak the language.",
    "Somebody to help: you’re looking for {offer}, and {receiver} speaks the language.",
    "Somebody to help: {giver} is looking for {offer}, and {receiver} speaks the "
    "language.",
)

# Where the words of the one who can help are their headline: what they are, and no offer.
_WORDINGS_BY_HEADLINE = {
    GainKind.HELP: _Wording(
        "You’re looking for {want}, and {giver} describes themselves as {offer}.",
        "{receiver} is looking for {want}, and you describe yourself as {offer}.",
        "{receiver} is looking for {want}, and {giver} describes themselves as {offer}.",
    ),
    GainKind.BUSINESS: _Wording(
        "{giver} is looking for {offer}, and you describe yourself as {want}: "
        f"{_CLIENT}.",
        "You’re looking for {offer}, and {receiver} describes themselves as {want}: you "
        "may be a client, or know one.",
        "{giver} is looking for {offer}, and {receiver} describes themselves as {want}: "
        f"{_CLIENT}.",
    ),
    GainKind.GIVING: _Wording(
        "You can help: {giver} is looking for {offer}, and you describe yourself as "
        "{want}.",
        "Somebody to help: you’re looking for {offer}, and {receiver} describes "
        "themselves as {want}.",
        "Somebody to help: {giver} is looking for {offer}, and {receiver} describes "
        "themselves as {want}.",
    ),
}

# What the other has of it, where the reader has just read the same words of themselves.
_THE_SAME = "The same goes for {receiver}."
_MIRRORED = {
    GainKind.HELP: "Your help with “{want}”.",
    GainKind.MENTORING: "You as a mentor.",
    GainKind.LANGUAGE: "Your help with “{want}”.",
    GainKind.BUSINESS: "You may be a client, or know one.",
    GainKind.GIVING: "You’re looking for what {receiver} offers.",
}

# What somebody has from the other, and not only with them.
GIVEN = {
    GainKind.HELP,
    GainKind.MENTORING,
    GainKind.HAS_HELPED,
    GainKind.LANGUAGE,
}

_NOW = {
    WhyNow.REKINDLED: "Something has changed since you were last introduced: “{changed}” "
    "is new.",
    WhyNow.NEW_WORDS: "One of you has only just written this down.",
    WhyNow.BRIDGE: "You hardly know any of the same people yet.",
}

_TIMES = {
    "morning": "mornings",
    "lunch": "lunchtimes",
    "afternoon": "afternoons",
    "evening": "evenings",
}
_FORMATS = {
    Format.COFFEE.value: "over coffee",
    Format.WALK.value: "on a walk",
    Format.LUNCH.value: "over lunch",
    Format.ONLINE.value: "online",
}


def gain_sentences(receiver: Side, viewer: Side) -> list[str]:
    """Say what `receiver` gains to a viewer who has read what they gain themselves."""
    sentences = []
    for gain in receiver.gains:
        if receiver is viewer or not _is_read(gain, receiver, viewer):
            sentences.append(gain_sentence(gain, receiver, viewer))
        elif short := _MIRRORED.get(GainKind(gain["kind"])):
            want = phrase(gain["want"])
            sentences.append(short.format(receiver=receiver.member.called, want=want))
    return sentences or [_THE_SAME.format(receiver=receiver.member.called)]


def _is_read(gain: StatedGain, receiver: Side, viewer: Side) -> bool:
    """Whether one of the viewer's own gains is this one, seen from the other side."""
    return gain["giver"] == viewer.member_id and any(
        mine["giver"] == receiver.member_id
        and (mine["offer"], mine["want"]) == (gain["want"], gain["offer"])
        and (mine["offer"] or mine["want"] or mine["kind"] == gain["kind"])
        for mine in viewer.gains
    )


def gain_sentence(gain: StatedGain, receiver: Side, viewer: Side | None) -> str:
    """Say what `receiver` gains, to `viewer`: who gains, who gives, or somebody else."""
    giver = side_of(receiver, gain["giver"])
    is_same, wording = is_said_alike(gain), _wording(gain, receiver, giver)
    if receiver is viewer:
        sentence = wording.to_receiver
    elif giver is viewer:
        sentence = wording.to_giver
    else:
        sentence = wording.to_others
    is_quoted = not is_same and gain["kind"] != GainKind.MET_THERE
    offer, want = phrase(gain["offer"]), phrase(gain["want"])
    return sentence.format(
        giver=giver.member.called,
        receiver=receiver.member.called,
        swap_notes=_swap_notes(receiver, giver),
        language=_language(receiver, giver),
        offer=f"“{offer}”" if is_quoted else offer,
        want=f"“{want}”" if is_quoted else want,
    )


def _wording(gain: StatedGain, receiver: Side, giver: Side) -> _Wording:
    kind, is_same = GainKind(gain["kind"]), is_said_alike(gain)
    if is_lesson(gain, receiver, giver):
        return _TEACHING_THE_SAME if is_same else _TEACHING
    if kind is GainKind.GIVING and not gain["want"]:
        return _TALKING
    if is_same and kind in _WORDINGS_OF_THE_SAME:
        return _WORDINGS_OF_THE_SAME[kind]
    is_headline = (
        _is_headline(gain["offer"], giver)
        if kind is GainKind.HELP
        else _is_headline(gain["want"], receiver)
    )
    if is_headline and kind in _WORDINGS_BY_HEADLINE:
        return _WORDINGS_BY_HEADLINE[kind]
    return _WORDINGS[kind]


def _is_headline(words: str, side: Side) -> bool:
    profile = side.member.profile
    is_offered = words in profile.offers or words in profile.mentor_topics
    return words == profile.headline and not is_offered


def _swap_notes(receiver: Side, giver: Side) -> str:
    industries = {side.member.profile.industry_label for side in (receiver, giver)}
    is_across = len(industries) == 2 and "" not in industries
    return "swap notes from two industries" if is_across else "swap notes"


def _language(receiver: Side, giver: Side) -> str:
    """Name the language that both speak, unless they have several."""
    mine, theirs = (side.member.profile.languages for side in (receiver, giver))
    shared = [language for language in mine if language in theirs]
    return f"{shared[0]}, which" if len(shared) == 1 else "a language that"


def is_said_alike(gain: StatedGain) -> bool:
    """Whether both wrote the same."""
    return phrase(gain["offer"]).casefold() == phrase(gain["want"]).casefold()


def is_lesson(gain: StatedGain, receiver: Side, giver: Side) -> bool:
    """Whether what `receiver` can give is what `giver` is to learn from them."""
    return gain["kind"] == GainKind.GIVING and any(
        back["kind"] == GainKind.MENTORING
        and back["giver"] == receiver.member_id
        and (back["offer"], back["want"]) == (gain["want"], gain["offer"])
        for back in giver.gains
    )


def gains_label(side: Side, viewer: Side) -> str:
    """Head what one side gains, for the viewer, who may be that side."""
    name, is_mine = side.member.called, side is viewer
    if len(viewer.others) > 1:
        return "What you gain" if is_mine else f"What {name} gains"
    if side.gains[0]["kind"] not in GIVEN:
        return "For you" if is_mine else f"For {name}"
    other = viewer.others[0].member.called
    return f"What {other} can give you" if is_mine else f"What you can give {name}"


def shared_sentence(introduction: Introduction) -> str:
    """Name interests that all of them wrote down, unless a gain says it already."""
    kinds = {gain["kind"] for side in introduction.sides for gain in side.gains}
    if not introduction.shared or GainKind.SHARED_INTEREST in kinds:
        return ""
    interests = in_a_row([phrase(each) for each in introduction.shared[:_MOST_SHARED]])
    who = "You both" if len(introduction.sides) == 2 else "All of you"
    return f"{who} like {interests}."


def now_sentence(introduction: Introduction) -> str:
    """Say why it is made now; "" where it might as well be later."""
    for reason, sentence in _NOW.items():
        if reason in introduction.now:
            return sentence.format(changed=phrase(introduction.changed))
    return ""


def preferences(side: Side) -> str:
    """Say which hours and ways to meet of two people don't go together, if any.

    Nothing for an introduction at an event, where they are anyway.
    """
    if len(side.others) > 1 or side.introduction.round.event_id:
        return ""
    other = side.others[0]
    name, mine, theirs = other.member.called, side.member.profile, other.member.profile
    sentences = []
    if _differ(mine.times, theirs.times):
        sentences.append(
            f"You prefer {_any_of(mine.times, _TIMES)}, and {name} prefers "
            f"{_any_of(theirs.times, _TIMES)}."
        )
    if _differ(mine.formats, theirs.formats):
        sentences.append(
            f"You’d rather meet {_any_of(mine.formats, _FORMATS)}, and {name} "
            f"{_any_of(theirs.formats, _FORMATS)}."
        )
    return " ".join(sentences)


def _differ(mine: list[str], theirs: list[str]) -> bool:
    return bool(mine and theirs and not set(mine) & set(theirs))


def _any_of(chosen: list[str], words: dict[str, str]) -> str:
    return in_a_row([words[each] for each in words if each in chosen], "or")


def side_of(side: Side, member_id: int) -> Side:
    """The side of somebody in the same introduction."""
    return next(s for s in side.introduction.sides if s.member_id == member_id)


def phrase(words: str) -> str:
    """A phrase of somebody's as it stands within a sentence."""
    return shortened(words.strip().rstrip("."), _PHRASE)
