"""Members as the engine knows them, and what it proposes as we keep it."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache

from matchmaker.data import companies, industries, languages, skills
from matchmaker.extensions import settings
from matchmaker.matching import Embedding, Person, Rules, essence
from matchmaker.matching import Introduction as Proposal
from matchmaker.models import Introduction, Kind, Membership, Part, Side, Space


def rules(space: Space) -> Rules:
    """A space's own weights."""
    return Rules(
        industry_weight=space.industry_weight,
        explore=space.explore_share,
        control=space.control_share,
    )


@cache
def aliases() -> Mapping[str, str]:
    """Which tags mean the same, as the engine reads them."""
    read = {essence(tag): essence(name) for tag, name in skills.aliases().items()}
    return {tag: name for tag, name in read.items() if tag != name}


def embedding() -> Embedding | None:
    """The transformer, where the operator has asked for it."""
    if not settings().transformer:
        return None
    from matchmaker.matching import transformer  # here: it needs an extra

    return transformer.embed


def person(
    membership: Membership,
    weeks_waited: int,
    mentees: int,
    now: datetime,
    *,
    is_present: bool = False,
) -> Person:
    """Put a member in the engine's terms. Whoever is present needs no hour or way to
    meet, and takes one introduction at a time."""
    profile = membership.member.profile
    changed_at = profile.words_changed_at
    industry = industries.get(profile.industry)
    return Person(
        id=membership.member_id,
        offers=tuple(profile.offers),
        wants=tuple(profile.wants),
        interests=tuple(profile.interests),
        industry=industry.path if industry else (),
        company=companies.key(profile.company),
        years=profile.years,
        mentor_topics=tuple(profile.mentor_topics),
        mentor_places=max(profile.mentor_places - mentees, 0),
        mentee_topics=tuple(profile.mentee_topics),
        formats=frozenset() if is_present else frozenset(profile.formats),
        times=frozenset() if is_present else frozenset(profile.times),
        languages=languages.codes(tuple(profile.languages)),
        unlike=profile.unlike,
        introductions=1 if is_present else membership.per_round,
        weeks_waited=weeks_waited,
        weeks_unchanged=(now - changed_at).days // 7 if changed_at else None,
    )


def kept(proposal: Proposal, now: datetime) -> Introduction:
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
                        "kind": gain.ground.value,
                        "strength": gain.strength,
                    }
                    for gain in side.gains
                ],
            )
            for side in proposal.sides
        ],
    )
