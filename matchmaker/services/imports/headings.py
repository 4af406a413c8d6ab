"""Which column of a file is which of ours, by headings that are known word for word.

Nothing is guessed by likeness: of an unknown column nobody can say what is in it, and a
wrong guess ruins profiles. It is left out, and the report says so.
"""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from matchmaker.refusal import Refusal
from matchmaker.services.imports.cells import COLUMNS
from matchmaker.text import fold_words

# As coworking software (Cobot, Nexudus, OfficeRnD), mailing lists and events (Mailchimp,
# Eventbrite, Luma, Meetup) and address books (Google, Outlook) write them, in English,
# German, Dutch and French. Of two in one file the one that stands first here is read.
_KNOWN = {
    "email": "Email|Email address|Mail|Mail address|Email 1 Value|Primary email|User email|"
    "Attendee email|Member email|Contact email|Work email|Billing email|Buyer email|"
    "E-Mail-Adresse|Mailadresse|E-Mail-Adressen|E-Mail geschäftlich|Emailadresse|"
    "E-mailadres|E-mail adres|Mailadres|Adresse e-mail|Adresse mail|"
    "Adresse électronique|Adresse de messagerie|Courriel|Mél|Mel",
    "name": "Name|Full name|Member name|Customer name|Coworker name|Display name|User name|"
    "Attendee name|Contact name|Person|Vollständiger Name|Voller Name|Mitglied|Mitgliedsname|"
    "Naam|Volledige naam|Lid|Naam lid|Nom|Nom complet|Nom et prénom|Prénom et nom|Membre",
    "first_name": "First name|Firstname|Given name|Forename|FNAME|Attendee first name|"
    "User first name|Vorname|Voornaam|Prénom|Prenoms|Prénoms",
    "infix": "Tussenvoegsel|Tussenvoegsels|Voorvoegsel|Namenszusatz",
    "last_name": "Last name|Lastname|Family name|Surname|LNAME|Attendee last name|"
    "User last name|Nachname|Familienname|Zuname|Achternaam|Familienaam|Nom de famille",
    "preferred_name": "Preferred name|Nickname|Known as|Goes by|Rufname|Roepnaam|Surnom|"
    "Nom d'usage|Prénom usuel",
    "headline": "Headline|Job title|Profession|Occupation|Tagline|Organization title|"
    "Organization 1 Title|Position|Role in company|Beruf|Berufsbezeichnung|Jobtitel|"
    "Tätigkeit|Funktion|Beroep|Functie|Functietitel|Fonction|Métier|Poste|Titre du poste",
    "company": "Company|Company name|Organization|Organisation|Organization name|"
    "Organisation name|Organization 1 Name|Business name|Employer|Firma|Firmenname|"
    "Unternehmen|Unternehmensname|Bedrijf|Bedrijfsnaam|Organisatie|Organisatienaam|Société|"
    "Entreprise|Nom de l'entreprise|Nom de la société|Raison sociale",
    "bio": "Bio|Biography|About me|About you|Profile text|Über mich|Kurzbiografie|Over mij|"
    "Biografie|À propos de moi|Biographie",
    "offers": "Offers|Skills|Expertise|I can help with|Fähigkeiten|Kenntnisse|Kompetenzen|"
    "Ich biete|Vaardigheden|Ik bied|Compétences|Je propose|Savoir-faire",
    "wants": "Wants|Looking for|I am looking for|Ich suche|Ik zoek|Je cherche|Je recherche",
    "interests": "Interests|Hobbies|Interessen|Hobbys|Interesses|Hobby's|Centres d'intérêt|"
    "Intérêts|Loisirs",
    "languages": "Languages|Spoken languages|Languages spoken|Sprachen|Talen|Langues|"
    "Langues parlées",
    "industry": "Industry",
    "years": "Years of experience|Berufsjahre|Jaren ervaring|Années d'expérience",
}


def _fold(head: str) -> str:
    return fold_words(head).replace("e mail", "email")


_OURS = {_fold(ours): ours for ours in COLUMNS}
_FOLDED = {
    _fold(heading): (ours, place)
    for ours, headings in _KNOWN.items()
    for place, heading in enumerate(headings.split("|"), start=1)
}
_NAMES = {"name", "first_name", "last_name"}


@dataclass(frozen=True)
class Columns:
    """For each column of the file which of ours it is, "" for one that is left out."""

    heads: list[str]
    ours: list[str]

    @property
    def read(self) -> list[str]:
        """What is read as what, for the report."""
        pairs = zip(self.heads, self.ours, strict=True)
        return [f"“{head}” as {ours}" for head, ours in pairs if ours]

    @property
    def left_out(self) -> list[str]:
        pairs = zip(self.heads, self.ours, strict=True)
        return [head for head, ours in pairs if head and not ours]


def has_address(heads: Iterable[str], mapping: Mapping[str, str]) -> bool:
    """Return whether these are headings: one of them is that of the e-mail addresses."""
    return any(_recognised(head, _mapped(mapping))[0] == "email" for head in heads)


def known_among(heads: Iterable[str], mapping: Mapping[str, str]) -> int:
    return sum(bool(_recognised(head, _mapped(mapping))[0]) for head in heads)


def recognise(heads: Sequence[str], mapping: Mapping[str, str]) -> Columns:
    """Say which column is which; refuse a file without addresses or names."""
    _check_mapping(heads, mapping)
    found = [_recognised(head, _mapped(mapping)) for head in heads]
    best: dict[str, int] = {}
    for ours, place in found:
        best[ours] = min(place, best.get(ours, place))
    columns = [ours if place == best[ours] else "" for ours, place in found]
    for ours in {*columns} - {""}:
        same = [head for head, it in zip(heads, columns, strict=True) if it == ours]
        if len(same) > 1:
            raise Refusal(
                f"The columns {listed(same)} are all read as {ours}. Leave all but "
                f"one out with --map {shlex.quote(f'{same[-1]}=')}, or rename them."
            )
    if "email" not in columns:
        _refuse_without("email", heads)
    if not _NAMES.intersection(columns):
        _refuse_without("name", heads)
    return Columns([*heads], columns)


def listed(heads: Iterable[str]) -> str:
    return ", ".join(f"“{head[:60]}”" for head in heads if head)


def _recognised(head: str, mapped: Mapping[str, str]) -> tuple[str, int]:
    """Which of ours it is, and how well that is known: what --map says is known best."""
    folded = _fold(head)
    if plain(head) in mapped:
        return mapped[plain(head)], -1
    if folded in _OURS:
        return _OURS[folded], 0
    return _FOLDED.get(folded, ("", 0))


def _mapped(mapping: Mapping[str, str]) -> dict[str, str]:
    return {plain(theirs): ours for theirs, ours in mapping.items()}


def _check_mapping(heads: Sequence[str], mapping: Mapping[str, str]) -> None:
    there = {plain(head) for head in heads}
    for theirs, ours in mapping.items():
        if plain(theirs) not in there:
            raise Refusal(
                f"--map names a column “{theirs}” that the file does not have. Its "
                f"columns are: {listed(heads)}."
            )
        if ours and ours not in COLUMNS:
            raise Refusal(
                f"--map reads “{theirs}” as {ours}, which is none of our columns. They "
                f"are: {', '.join(COLUMNS)}."
            )


def _refuse_without(ours: str, heads: Sequence[str]) -> None:
    raise Refusal(
        f"The file has no column {ours}, by any heading that we know. If another holds "
        f"it, say so with --map 'Their column={ours}'. Its columns are: {listed(heads)}."
    )


def plain(head: str) -> str:
    return " ".join(head.split()).casefold()
