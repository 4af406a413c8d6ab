"""What a member says of themselves."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from matchmaker.data import companies, given_names, industries, skills
from matchmaker.data import languages as known_languages
from matchmaker.models import Choosiness, DayPart, Format, Member, Profile
from matchmaker.refusal import Unfit
from matchmaker.services import encoding

MOST_PHRASES = 12
LONGEST_PHRASE = 80


def say_who_you_are(
    member: Member,
    *,
    name: str,
    preferred_name: str,
    headline: str,
    company: str,
    industry: str,
    years: int | None,
    bio: str,
) -> None:
    if industry and industries.get(industry) is None:
        raise Unfit(
            "industry_query", "We do not know that industry. Choose one from the list."
        )
    guesses = {given_names.guess(member.name), given_names.guess(name)}
    preferred_name = " ".join(preferred_name.split())
    # A guess that they left as it was follows the name.
    member.preferred_name = "" if preferred_name in guesses else preferred_name
    member.name = " ".join(name.split())
    profile = member.profile
    profile.headline = headline.strip()
    profile.company = company_name(company)
    profile.industry = industry
    profile.years = years
    profile.bio = bio.strip()


def say_what_you_exchange(
    member: Member,
    *,
    offers: Iterable[str],
    wants: Iterable[str],
    interests: Iterable[str],
    now: datetime,
) -> None:
    profile = member.profile
    with _noting_new_words(profile, now):
        profile.offers = phrases(offers, "offers")
        profile.wants = phrases(wants, "wants")
        profile.interests = phrases(interests, "interests")
    encoding.request(now, f"{member.id}")


def say_how_you_meet(
    member: Member,
    *,
    formats: Iterable[Format],
    times: Iterable[DayPart],
    languages: Iterable[str],
    unlike: int,
    choosiness: Choosiness,
    mentor_topics: Iterable[str],
    mentor_places: int,
    mentee_topics: Iterable[str],
    now: datetime,
) -> None:
    """`unlike` is -1 for people like me, 1 for people unlike me, 0 for either."""
    profile = member.profile
    profile.formats = [format_.value for format_ in formats]
    profile.times = [part.value for part in times]
    profile.languages = language_names(languages)
    profile.unlike = unlike
    profile.choosiness = choosiness
    with _noting_new_words(profile, now):
        profile.mentor_topics = phrases(mentor_topics, "mentor_topics")
        profile.mentor_places = mentor_places if profile.mentor_topics else 0
        profile.mentee_topics = phrases(mentee_topics, "mentee_topics")
    encoding.request(now, f"{member.id}")


def add_want(member: Member, text: str, now: datetime) -> None:
    """Put one more want before the others, to be read like them."""
    profile = member.profile
    with _noting_new_words(profile, now):
        profile.wants = phrases([text, *profile.wants], "want")
    encoding.request(now, f"{member.id}")


def phrases(texts: Iterable[str], field: str = "") -> list[str]:
    """Tidy short phrases: the member's own words, none twice. `field` is what they say."""
    tidy = (skills.spelt(text) for text in texts)
    kept = list({text.casefold(): text for text in tidy if text}.values())
    for phrase in kept:
        if len(phrase) > LONGEST_PHRASE:
            raise Unfit(
                field,
                f"“{phrase[:40]}…” is too long. Say it in {LONGEST_PHRASE} characters.",
            )
    if len(kept) > MOST_PHRASES:
        raise Unfit(field, f"Keep the {MOST_PHRASES} that matter most.")
    return kept


def company_name(text: str) -> str:
    """Tidy a company's name; nothing where it is none, such as "freelance"."""
    return " ".join(text.split()) if companies.is_company(text) else ""


def language_names(texts: Iterable[str]) -> list[str]:
    """Name languages as our list does, none twice; refuse what is no language."""
    try:
        kept = {
            language.name: None
            for name in texts
            for language in known_languages.read(name)
        }
    except known_languages.UnknownLanguage as problem:
        raise Unfit("languages", str(problem)) from None
    if len(kept) > MOST_PHRASES:
        raise Unfit("languages", f"Keep the {MOST_PHRASES} languages you speak best.")
    return list(kept)


@contextmanager
def _noting_new_words(profile: Profile, now: datetime) -> Iterator[None]:
    """Remember when words changed and which are new: two who let each other go are
    introduced again only when something has changed."""
    before = _words(profile)
    yield
    after = _words(profile)
    if before != after:
        profile.words_changed_at = now
        profile.new_words = [word for word in after if word not in before]


def _words(profile: Profile) -> dict[str, None]:
    fields = (
        profile.offers,
        profile.wants,
        profile.interests,
        profile.mentor_topics,
        profile.mentee_topics,
    )
    return dict.fromkeys(phrase for field in fields for phrase in field)
