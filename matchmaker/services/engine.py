"""Members as the engine knows them, and what it proposes as we keep it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from matchmaker.data import companies, industries, languages
from matchmaker.enums import GainKind
from matchmaker.extensions import db
from matchmaker.matching import (
    Choosiness,
    Gain,
    Person,
    Phrase,
    Reader,
    Reading,
    Role,
    Rules,
)
from matchmaker.matching import Introduction as Proposal
from matchmaker.matching import Side as ProposedSide
from matchmaker.models import Introduction, Kind, Membership, Part, Side, Space
from matchmaker.services import history, readings, topics

# Somebody who is present takes part once, whatever their rhythm is in the week's rounds.
_ONCE = 52  # rounds

# So many people take part where a share of each round is left to chance.
ENOUGH_TO_LEARN = 500

# A gain that is told beside the strongest has so much of its strength.
_BESIDE = 0.5
_MOST = 3  # gains that are told


def rules(space: Space, people: int = 0) -> Rules:
    """A space's own weights, in a round of so many people. Among few, what could be
    learnt never pays for what chance costs, so nothing is left to it."""
    is_enough = people >= ENOUGH_TO_LEARN
    return Rules(
        industry_weight=space.industry_weight,
        explore=space.explore_share if is_enough else 0.0,
        control=space.control_share if is_enough else 0.0,
    )


def reader(space: Space) -> Reader:
    """Return what says what members' phrases mean in a space."""
    index = topics.index(space)

    def read(phrases: Sequence[Phrase]) -> Reading:
        said = readings.confirmed({phrase.person for phrase in phrases}, space)
        read_as = readings.read_with(
            index,
            readings.stored(db.session(), [each.text for each in phrases]),
            [each.field.name.lower() for each in phrases],
        )
        confirmed = [
            said.get(each.person, {}).get((each.field.name.lower(), each.text))
            for each in phrases
        ]
        number = {slug: at for at, slug in enumerate(index.slugs)}

        def numbers(slugs: Collection[str] | None) -> Collection[int] | None:
            """A topic of the space's own that has yet to be encoded has none."""
            found = [number[slug] for slug in slugs or () if slug in number]
            return None if slugs is None or (slugs and not found) else found

        return replace(read_as, confirmed=[numbers(slugs) for slugs in confirmed])

    return read


def people(
    space: Space,
    due_in: Mapping[Membership, int],
    now: datetime,
    *,
    is_present: bool = False,
) -> list[Person]:
    """Put members of the space in the engine's terms, each with the rounds until they
    are due. Whoever is present needs no hour or way to meet, and takes one introduction
    at a time."""
    waited = history.rounds_waited(space, (each.member_id for each in due_in))
    gave = history.gave_in_a_row(space)
    mentees = history.mentees(now)
    result = []
    for membership, rounds in due_in.items():
        member_id, profile = membership.member_id, membership.member.profile
        changed_at = profile.words_changed_at
        industry = industries.get(profile.industry)
        places = profile.mentor_places - mentees.get(member_id, 0)
        result.append(
            Person(
                id=member_id,
                offers=tuple(profile.offers),
                wants=tuple(profile.wants),
                interests=tuple(profile.interests),
                headline=profile.headline,
                industry=industry.path if industry else (),
                company=companies.key(profile.company),
                years=profile.years,
                mentor_topics=tuple(profile.mentor_topics),
                mentor_places=max(places, 0),
                mentee_topics=tuple(profile.mentee_topics),
                formats=frozenset() if is_present else frozenset(profile.formats),
                times=frozenset() if is_present else frozenset(profile.times),
                languages=languages.codes(tuple(profile.languages)),
                unlike=profile.unlike,
                choosiness=Choosiness(profile.choosiness.value),
                introductions=1 if is_present else membership.per_round,
                cadence=_ONCE if is_present else membership.cadence_weeks,
                due_in=rounds,
                rounds_waited=waited.get(member_id, 0),
                gave_in_a_row=gave.get(member_id, 0),
                weeks_unchanged=(now - changed_at).days // 7 if changed_at else None,
            )
        )
    return result


def kept(proposal: Proposal, now: datetime, ends_at: datetime) -> Introduction:
    return Introduction(
        kind=Kind(proposal.kind.value),
        value=proposal.value,
        industry_distance=proposal.industry_distance,
        shared=list(proposal.shared),
        now=[reason.value for reason in proposal.now],
        changed=proposal.changed,
        arm=proposal.arm.value,
        propensity=proposal.propensity,
        block=proposal.block,
        made_at=now,
        ends_at=ends_at,
        sides=[
            Side(
                member_id=side.person,
                part=Part(side.role.value),
                features=list(side.features),
                gains=[
                    {
                        "giver": gain.giver,
                        "offer": gain.offer,
                        "want": gain.want,
                        "kind": _true_kind(gain, side.person).value,
                        "strength": gain.strength,
                    }
                    for gain in _worth_telling(side)
                ],
            )
            for side in proposal.sides
        ],
    )


def _true_kind(gain: Gain, receiver: int) -> GainKind:
    """After the cool-down the engine knows of a meeting no more."""
    is_told = gain.kind is GainKind.NOT_MET_YET and history.know_each_other(
        receiver, gain.giver
    )
    return GainKind.MET_LONG_AGO if is_told else gain.kind


def _worth_telling(side: ProposedSide) -> list[Gain]:
    """Leave out what is weak beside the strongest, what the same words say already, and
    that one can help where there is something to be had too: the other reads of it.

    Among three, each is told one thing of each. A lesson is no business, unless it's all
    there is.
    """
    gains: Sequence[Gain] = [
        gain
        for gain in side.gains
        if gain.strength >= _BESIDE * side.gains[0].strength
        and not (side.role is Role.MENTOR and gain.kind is GainKind.BUSINESS)
    ] or side.gains[:1]
    has_more = {gain.giver for gain in gains if gain.kind is not GainKind.GIVING}
    is_of_three = len({gain.giver for gain in side.gains}) > 1
    told: list[Gain] = []
    said: set[tuple[int, str]] = set()
    for gain in gains:
        words = {(gain.giver, each) for each in (gain.offer, gain.want) if each}
        if is_of_three:
            words = {(gain.giver, "")}
        if (gain.kind is GainKind.GIVING and gain.giver in has_more) or words & said:
            continue
        told.append(gain)
        said |= words
    return told[:_MOST]
