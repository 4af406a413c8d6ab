"""The data map: for every column whose it is, what for, how long, and what becomes of it.

A test fails on a column that is not here. `export` says whether the member it is about
is given it when they ask for their data; `erasure` what happens to it when they leave
for good. Retention is counted from the row's last use.
"""

import enum
from dataclasses import dataclass


class Owner(enum.Enum):
    """Whom a column is about."""

    MEMBER = "the member"
    BOTH = "each member of an introduction or a block"
    SPACE = "the space"


class Erasure(enum.Enum):
    DELETE = "the row is deleted"
    EMPTY = "the column is emptied; the row stays, for the others in it"
    KEEP = "stays: it says nothing about a person"


@dataclass(frozen=True)
class Rule:
    owner: Owner
    purpose: str
    retention: str
    export: bool
    erasure: Erasure


MEMBERSHIP_LIFE = "as long as the account"
HISTORY = "as long as one of the members has an account"
SPACE_LIFE = "as long as the space"
SESSION_LIFE = "until signing out, at most 30 days"
THROTTLE_LIFE = "until it is clear, some hours"
REQUEST_LIFE = "a day; for good where the mailbox was never confirmed"
LETTER_LIFE = "two years"


def _about_member(purpose: str, *, export: bool = True) -> Rule:
    return Rule(Owner.MEMBER, purpose, MEMBERSHIP_LIFE, export, Erasure.DELETE)


def _about_session(purpose: str, *, export: bool = True) -> Rule:
    return Rule(Owner.MEMBER, purpose, SESSION_LIFE, export, Erasure.DELETE)


def _asked_for(purpose: str) -> Rule:
    """What a job deletes as it answers."""
    return Rule(
        Owner.MEMBER, purpose, "some seconds", export=False, erasure=Erasure.DELETE
    )


def _nobodys(purpose: str, retention: str) -> Rule:
    """What no row of anybody's leads to."""
    return Rule(Owner.MEMBER, purpose, retention, export=False, erasure=Erasure.KEEP)


def _about_space(purpose: str) -> Rule:
    return Rule(Owner.SPACE, purpose, SPACE_LIFE, export=False, erasure=Erasure.KEEP)


def _shared(purpose: str, *, export: bool = True) -> Rule:
    """Kept for the other while one of them erases; what nobody sees is not exported."""
    return Rule(Owner.BOTH, purpose, HISTORY, export, Erasure.KEEP)


def _own_part(purpose: str, *, export: bool = True) -> Rule:
    return Rule(Owner.MEMBER, purpose, HISTORY, export, Erasure.EMPTY)


def _letter(purpose: str, *, export: bool = True) -> Rule:
    return Rule(Owner.MEMBER, purpose, LETTER_LIFE, export, Erasure.DELETE)


DATA_MAP: dict[str, dict[str, Rule]] = {
    "space": {
        "id": _about_space("tells spaces apart"),
        "slug": _about_space("the space's address"),
        "name": _about_space("shown to members"),
        "city": _about_space("shown to members"),
        "blurb": _about_space("shown to whoever might join"),
        "timezone": _about_space("the space's own clock"),
        "joining": _about_space("who may join by themselves"),
        "newcomers_told_at": _about_space("organisers hear of newcomers once a day"),
        "round_weekday": _about_space("when the round is run"),
        "round_hour": _about_space("when the round is run"),
        "waits_for_approval": _about_space("whether rounds run by themselves"),
        "remind_after_days": _about_space("when members are reminded to answer"),
        "end_after_days": _about_space("when an introduction ends unanswered"),
        "cool_down_weeks": _about_space("nobody is sent the same person again"),
        "industry_weight": _about_space("how the engine weighs industries"),
        "explore_share": _about_space("the share of a round left to chance"),
        "control_share": _about_space("the share that tells what the engine adds"),
        "made_at": _about_space("when it began"),
    },
    "member": {
        "id": _about_member("tells members apart", export=False),
        "email": _about_member("letters and signing in"),
        "name": _about_member("shown to whoever is introduced"),
        "preferred_name": _about_member("what we call them"),
        "search_name": _about_member("the names, for searches", export=False),
        "password": _about_member("signing in; a hash", export=False),
        "active": _about_member("shut out by the operator"),
        "confirmed_at": _about_member("the address is really theirs"),
        "fs_uniquifier": _about_member("ties sessions to the account", export=False),
        "is_operator": _about_member("runs the deployment"),
        "calendar_version": _about_member("ends calendar addresses", export=False),
        "made_at": _about_member("when the account was made"),
        "bounced_at": _about_member("nothing is sent to an address that is gone"),
    },
    "api_key": {
        "id": _about_member("tells keys apart", export=False),
        "member_id": _about_member("for whom it acts", export=False),
        "name": _about_member("what they call it"),
        "scope": _about_member("what a program may do with it"),
        "prefix": _about_member("finds it; its first characters"),
        "digest": _about_member("tells it from others; a hash", export=False),
        "made_under": _about_member("a new password ends it", export=False),
        "made_at": _about_member("when it was made"),
        "expires_at": _about_member("when it ends"),
        "last_changed_on": _about_member("shows what is no longer used"),
    },
    "member_session": {
        "id": _about_session("tells sessions apart", export=False),
        "member_id": _about_session("who is signed in", export=False),
        "digest": _about_session("finds it; a hash", export=False),
        "made_under": _about_session("a new password ends it", export=False),
        "device": _about_session("tells the member which browser it is"),
        "created_at": _about_session("tells the member when they signed in"),
        "last_seen_at": _about_session("tells the member whether it is in use"),
        "expires_at": _about_session("ends it"),
    },
    "account_request": {
        "id": _asked_for("tells them apart"),
        "wanted": _asked_for("which letter"),
        "email": _asked_for("where the letter goes, if it goes"),
        "back": _asked_for("where its button leads"),
        "source": _asked_for("one computer cannot ask for many; a keyed hash"),
        "created_at": _asked_for("when it was asked for"),
    },
    "throttle": {
        "key": _nobodys("finds a count; a keyed hash", THROTTLE_LIFE),
        "clear_at": _nobodys("slows down those who guess passwords", THROTTLE_LIFE),
    },
    "requested_letter": {
        "id": _nobodys("tells letters apart", REQUEST_LIFE),
        "mailbox": _nobodys(
            "nobody is sent more than a few; a keyed hash", REQUEST_LIFE
        ),
        "source": _nobodys(
            "nor can one computer ask for many; a keyed hash", REQUEST_LIFE
        ),
        "was_confirmed": _nobodys("strangers are sent fewer", REQUEST_LIFE),
        "created_at": _nobodys("counts those of a day", REQUEST_LIFE),
    },
    "membership": {
        "id": _about_member("tells memberships apart", export=False),
        "member_id": _about_member("whose it is", export=False),
        "space_id": _about_member("of which space"),
        "role": _about_member("what they may do there"),
        "status": _about_member("invited, active, suspended or left"),
        "invited_at": _about_member("when the invitation went out"),
        "joined_at": _about_member("when they joined"),
        "wants_introductions": _about_member(
            "nobody is introduced who has not said yes"
        ),
        "cadence_weeks": _about_member("how often they like to meet"),
        "per_round": _about_member("how many they like to meet at a time"),
        "paused_until": _about_member("no introductions before that day"),
        "unanswered": _about_member("introductions in a row that they didn't answer"),
        "sought_at": _about_member("a first introduction is looked for once"),
        "resting_since": _about_member("no introductions until they come back"),
    },
    "possible_twins": {
        "first_id": _shared("keeps two accounts of one person apart", export=False),
        "second_id": _shared("keeps two accounts of one person apart", export=False),
        "likeness": _shared("what they have in common", export=False),
        "found_at": _shared("which to look at first", export=False),
        "verdict": _shared("what an organiser said of them", export=False),
        "decided_at": _shared("when an organiser said so", export=False),
        "decided_by_id": _own_part("which organiser said so", export=False),
    },
    "join_request": {
        "id": _about_member("tells requests apart", export=False),
        "member_id": _about_member("who asks", export=False),
        "space_id": _about_member("which space they ask"),
        "words": _about_member("what brings them there"),
        "made_at": _about_member("when they asked"),
        "approved": _about_member("what the organisers said"),
        "decided_at": _about_member("when they may ask again"),
        "decided_by_id": _own_part("which organiser decided", export=False),
    },
    "consent": {
        "id": _about_member("tells answers apart", export=False),
        "membership_id": _about_member("whose answer it is", export=False),
        "given": _about_member("shows what was agreed"),
        "wording": _about_member("shows what was agreed"),
        "way": _about_member("shows how it was agreed"),
        "made_at": _about_member("shows when it was agreed"),
    },
    "block": {
        # Only the one who blocked is given it: the other must not learn of it.
        "blocker_id": _own_part("keeps the two apart"),
        "blocked_id": _shared("keeps the two apart"),
        "called": _own_part("names them on the blocker's list"),
        "made_at": _shared("keeps the two apart"),
    },
    "safety_report": {
        # The one who is reported must not learn of it from what they are given.
        "id": _about_space("tells reports apart"),
        "space_id": _about_space("whose organisers read it"),
        "reporter_id": _own_part("who reports"),
        "reported_id": _shared("keeps the two apart", export=False),
        "event_id": _about_space("where it happened"),
        "concern": _own_part("what it is about"),
        "words": _own_part("what happened"),
        "made_at": _shared("when it was made", export=False),
        "notes": _shared("what organisers did about it", export=False),
        "closed_at": _shared("ends the hold", export=False),
        "closed_by_id": _own_part("which organiser closed it", export=False),
    },
    "profile": {
        "member_id": _about_member("whose it is", export=False),
        "headline": _about_member("shown to whoever is introduced"),
        "company": _about_member("shown; colleagues are not introduced"),
        "industry": _about_member("shown; different industries are favoured"),
        "years": _about_member("shown; a mentor has more of them"),
        "bio": _about_member("shown; used for matching"),
        "offers": _about_member("shown; used for matching"),
        "wants": _about_member("shown; used for matching"),
        "interests": _about_member("shown; used for matching"),
        "mentor_topics": _about_member("shown; used for matching"),
        "mentor_places": _about_member("no mentor gets more than they said"),
        "mentee_topics": _about_member("shown; used for matching"),
        "formats": _about_member("shown; used for matching"),
        "times": _about_member("proposing times that suit"),
        "languages": _about_member("shown; so that they can talk"),
        "unlike": _about_member("used for matching"),
        "choosiness": _about_member("used for matching"),
        "words_changed_at": _about_member("new words are matched first"),
        "new_words": _about_member("says what has changed since"),
        "read_by": _about_member("finds phrases still to be read", export=False),
        "readings_seen_at": _about_member("asks them for a look once"),
    },
    "space_topic": {
        "id": _about_space("tells topics apart"),
        "space_id": _about_space("whose members are read so"),
        "name": _about_space("what it is called"),
        "aliases": _about_space("recognises it in what members write"),
        "near": _about_space("recognises it in what members write"),
        "static": _about_space("its meaning in numbers"),
        "multilingual": _about_space("its meaning in numbers"),
        "encoder": _about_space("tells when it must be read again"),
        "created_at": _about_space("when an organiser added it"),
    },
    "phrase_reading": {
        "member_id": _about_member("whose phrase it is", export=False),
        "field": _about_member("where they wrote it"),
        "text": _about_member("the phrase"),
        "static": _about_member("its meaning in numbers, for matching", export=False),
        "multilingual": _about_member(
            "its meaning in numbers, for matching", export=False
        ),
        "closeness": _about_member("how close it is to each topic", export=False),
        "read_by": _about_member("tells when it must be read again", export=False),
        "topics": _about_member("what they say it means"),
    },
    "round": {
        "id": _about_space("tells rounds apart"),
        "space_id": _about_space("of which space"),
        "week": _about_space("one round a week"),
        "event_id": _about_space("or one for an event"),
        "seed": _about_space("makes the same round again"),
        "value": _about_space("how good the round is"),
        "bound": _about_space("how good it could be at most"),
        "is_optimal": _about_space("how good it could be at most"),
        "blocks": _about_space("judges other ways of matching"),
        "made_at": _about_space("when it was run"),
    },
    "round_decision": {
        "id": _about_space("tells decisions apart"),
        "space_id": _about_space("of which space"),
        "kind": _about_space("what an organiser decided"),
        "week": _about_space("of which round"),
        "first_id": _about_member("whom it is about", export=False),
        "second_id": _about_member("whom it is about", export=False),
        "made_by_id": _about_member("who decided it", export=False),
        "made_at": _about_space("when it was decided"),
        "undone_at": _about_space("when it was undone"),
    },
    "left_out": {
        "round_id": _about_member("nobody is left out twice running"),
        "member_id": _about_member("who was left out", export=False),
        "why": _about_member("tells them and the organiser why"),
        "suggestions": _about_member("tells them what to add to their profile"),
    },
    "introduction": {
        "id": _shared("tells introductions apart"),
        "round_id": _shared("of which round"),
        "kind": _shared("peers, or mentor and mentee"),
        "value": _shared("how good the engine thought it", export=False),
        "industry_distance": _shared("how different their industries are"),
        "shared": _shared("interests that both wrote down"),
        "now": _shared("why they were introduced just then"),
        "changed": _shared("what had changed since they let each other go"),
        "arm": _shared("chosen by the engine or at random", export=False),
        "propensity": _shared("judges other ways of matching", export=False),
        "block": _shared("judges other ways of matching", export=False),
        "made_at": _shared("when it was proposed"),
        "ends_at": _shared("until when all could say yes"),
        "ended_at": _shared("when it ended without"),
        "introduced_at": _shared("when all had said yes"),
        "withdrawn_at": _shared("taken back; nobody is told why", export=False),
    },
    "side": {
        "introduction_id": _shared("of which introduction"),
        "member_id": _own_part("whose side it is", export=False),
        "part": _shared("peer, mentor or mentee"),
        "features": _own_part("learns which reasons hold", export=False),
        "gains": _own_part("the benefit stated to them, in both members' words"),
        "answer": _own_part("yes, not now, let go, or that they know each other"),
        "answered_at": _own_part("when they answered"),
        "reason": _own_part("why they said no"),
        "not_before": _own_part("until when it was let go"),
        "reminded_at": _own_part("when they were reminded to answer"),
        "asked_at": _own_part("when they were last asked whether they met"),
        "met": _own_part("whether they met"),
        "gave_up": _own_part("that it won't happen, as they said"),
        "outcome": _own_part("what came of it"),
        "meet_again": _own_part("whether to introduce them again"),
        "note": _own_part("what they added"),
        "told_at": _own_part("when they told us"),
    },
    "encounter": {
        "id": _shared("tells encounters apart"),
        "first_id": _shared("nobody is sent the same person again"),
        "second_id": _shared("nobody is sent the same person again"),
        "space_id": _shared("where it came about"),
        "introduction_id": _shared("what it came of"),
        "event_id": _shared("where it came about"),
        "told_on": _shared("the cool-down counts from it"),
        "met_on": _shared("when they met, if they knew each other already"),
        "source": _shared("what it came of"),
    },
    "job_failure": {
        "job": _about_space("what failed: the deed, and the numbers of its rows"),
        "attempts": _about_space("when to give up"),
        "problem": _about_space("what kind of error it was"),
        "due_at": _about_space("when it is tried again"),
        "failed_at": _about_space("when it failed last"),
    },
    "letter": {
        "id": _letter("tells letters apart", export=False),
        "cause": _letter("written once for one cause", export=False),
        "kind": _letter("which of our letters it is"),
        "member_id": _letter("to whom it goes", export=False),
        "to": _letter("the address it goes to"),
        "introduction_id": _letter("what it is about"),
        "event_id": _letter("what it is about"),
        "membership_id": _letter("stops with the membership", export=False),
        "details": _letter(
            "what its writing needs, encrypted; emptied once sent", export=False
        ),
        "subject": _letter("the letter itself, encrypted; kept in a demonstration"),
        "text": _letter("the letter itself, encrypted; kept in a demonstration"),
        "html": _letter("the letter itself, encrypted; kept in a demonstration"),
        "calendar": _letter("the letter itself, encrypted; kept in a demonstration"),
        "headers": _letter("the letter itself; kept in a demonstration", export=False),
        "status": _letter("whether it has been sent"),
        "attempts": _letter("how often sending was tried", export=False),
        "unknown_outcomes": _letter("how often no reply came", export=False),
        "due_at": _letter("when it is to be sent"),
        "made_at": _letter("when it was written"),
        "sent_at": _letter("when it was sent"),
        "problem": _letter("why it could not be sent", export=False),
    },
    "outbox": {
        "id": _about_space("there is one"),
        "installation": _about_space("tells a copy from the original"),
        "claims": _about_space("tells an older copy from the original"),
        "written_by": _about_space("tells a copy from the original"),
        "held_at": _about_space("nothing is sent before the operator says so"),
        "paused_at": _about_space("since when the mail server refuses us"),
        "retry_at": _about_space("when it is asked again"),
        "problem": _about_space("what the mail server says of us"),
    },
    "interest_group": {
        "id": _about_space("tells groups apart"),
        "space_id": _about_space("of which space"),
        "slug": _about_space("the group's address"),
        "name": _about_space("shown to members"),
        "blurb": _about_space("shown to members"),
        "made_at": _about_space("when it began"),
        "archived_at": _about_space("no longer listed"),
    },
    "following": {
        "group_id": _about_member("which group they follow"),
        "member_id": _about_member("who follows it", export=False),
        "is_host": _about_member("runs the group's events"),
        "wants_letters": _about_member("asked to hear of its new events"),
        "made_at": _about_member("since when"),
    },
    "group_picture": {
        "group_id": _about_space("of which group"),
        "caption": _about_space("says what it shows"),
        "width": _about_space("so that pages do not jump"),
        "height": _about_space("so that pages do not jump"),
        "webp": _about_space("shown"),
        "made_at": _about_space("when it was added"),
    },
    "series": {
        "id": _about_space("tells series apart"),
        "space_id": _about_space("of which space"),
        "key": _about_space("the series' address in calendars"),
        "split_from_id": _about_space("told of once, with the one it was split from"),
        "rule": _about_space("when it recurs"),
        "timezone": _about_space("on which clock"),
        "starts_at": _about_space("when it first was"),
        "made_at": _about_space("when it was made"),
    },
    "calendar_source": {
        "id": _about_space("tells calendars apart"),
        "space_id": _about_space("of which space"),
        "group_id": _about_space("of which group"),
        "name": _about_space("shown to organisers"),
        "url": _about_space("where it is read"),
        "publishes": _about_space("whether members see it at once"),
        "made_at": _about_space("when it was added"),
        "read_at": _about_space("when it was last read"),
        "problem": _about_space("why it could not be read"),
        "left_out": _about_space("which of its entries did not come, and why"),
        "notes": _about_space("what else is to be said of it"),
        "pending": _about_space("looked at before it changes anything"),
    },
    "event": {
        "id": _about_space("tells events apart"),
        "key": _about_space("the event's link and its name in calendars"),
        "space_id": _about_space("of which space"),
        "group_id": _about_space("of which group"),
        "series_id": _about_space("of which series"),
        "own_fields": _about_space("what the series leaves alone"),
        "rule_time": _about_space("which one of the series it is"),
        "source_id": _about_space("from which calendar"),
        "source_uid": _about_space("read twice, it is one event"),
        "title": _about_space("shown"),
        "description": _about_space("shown"),
        "kind": _about_space("shown; found by it"),
        "venue": _about_space("shown; found by it"),
        "place": _about_space("shown"),
        "search_text": _about_space("title and place, for searches"),
        "online_url": _about_space("shown to those going"),
        "starts_at": _about_space("shown"),
        "ends_at": _about_space("shown"),
        "is_all_day": _about_space("whether it lasts whole days"),
        "visibility": _about_space("who finds it"),
        "capacity": _about_space("how many there is room for"),
        "guests_each": _about_space("how many each may bring"),
        "rsvp_opens_at": _about_space("from when one can sign up"),
        "rsvp_closes_at": _about_space("until when one can sign up"),
        "needs_approval": _about_space("whether the host says who comes"),
        "claim_hours": _about_space("how long a freed place is held"),
        "questions": _about_space("what the host asks"),
        "status": _about_space("draft, published or cancelled"),
        "why_cancelled": _about_space("shown once it is called off"),
        "sequence": _about_space("tells calendars to look again"),
        "made_at": _about_space("when it was made"),
        "changed_at": _about_space("tells calendars to look again"),
        "archived_at": _about_space("no longer listed"),
        "notes": _about_space("shown afterwards"),
    },
    "event_host": {
        "event_id": _about_member("which event they run"),
        "member_id": _about_member("who runs it", export=False),
    },
    "rsvp": {
        "event_id": _about_member("which event"),
        "member_id": _about_member("who comes", export=False),
        "status": _about_member("whether they come"),
        "number": _about_member("the order of the queue"),
        "guests": _about_member("how many they bring"),
        "guests_here": _about_member("how many of them came"),
        "answers": _about_member("asked by the host"),
        "is_shown": _about_member("seen by the others, or not"),
        "wants_introductions": _about_member(
            "nobody is introduced who has not said yes"
        ),
        "remind_hours": _about_member("when to remind them"),
        "wants_messages": _about_member("whether the host may write to them"),
        "made_at": _about_member("when they signed up"),
        "changed_at": _about_member("when they last changed it"),
        "offered_until": _about_member("how long the place is held"),
        "reminded_at": _about_member("reminded once"),
        "checked_in_at": _about_member("when they came"),
        "door_changed_at": _about_member(
            "the door has the last word once", export=False
        ),
        "is_walk_in": _about_member("came without having signed up"),
        "asked_at": _about_member("thanked once"),
        "verdict": _about_member("how it was for them"),
        "come_again": _about_member("whether they would come again"),
        "note": _about_member("what they added"),
        "told_at": _about_member("when they told us"),
    },
    "picture": {
        "id": _about_space("tells pictures apart"),
        "event_id": _about_space("of which event"),
        "is_cover": _about_space("shown on top"),
        "caption": _about_space("says what it shows"),
        "width": _about_space("so that pages do not jump"),
        "height": _about_space("so that pages do not jump"),
        "webp": _about_space("shown"),
        "made_at": _about_space("when it was added"),
    },
    "timeline_entry": {
        "id": _about_space("tells entries apart"),
        "event_id": _about_space("of which event"),
        "member_id": _own_part("who did it"),
        "about_id": _own_part("whom it was done to"),
        "what": _about_space("what was done"),
        "detail": _about_space("what was done"),
        "made_at": _about_space("when it was done"),
    },
    "recollection": {
        "event_id": _about_member("where they met"),
        "member_id": _about_member("who tells", export=False),
        "other_id": _about_member("of whom"),
        "met": _about_member("becomes an encounter"),
        "see_again": _about_member("whether to introduce them again"),
        "told_at": _about_member("when they told us"),
    },
    "seating": {
        "event_id": _about_space("of which event"),
        "rounds": _about_space("how many rounds of tables"),
        "table_size": _about_space("how many at a table"),
        "minutes": _about_space("how long a round is"),
        "seed": _about_space("makes the same seating again"),
        "repeats": _about_space("how good the seating is"),
        "repeats_bound": _about_space("how good it could be at most"),
        "met_before": _about_space("how good the seating is"),
        "benefit": _about_space("how good the seating is"),
        "random_benefit": _about_space("how good chance would have been"),
        "benefit_bound": _about_space("how good it could be at most"),
        "made_at": _about_space("when it was made"),
        "changed_at": _about_space("when it was last mended"),
        "round_now": _about_space("which round it is"),
        "round_ends_at": _about_space("when the next begins"),
    },
    "seat": {
        "event_id": _about_member("of which event"),
        "round": _about_member("in which round"),
        "member_id": _about_member("who sits there", export=False),
        "table": _about_member("at which table"),
    },
    "slot": {
        "id": _about_space("tells slots apart"),
        "event_id": _about_space("of which event"),
        "mentor_id": _own_part("whose time it is"),
        "starts_at": _about_space("when it is"),
        "minutes": _about_space("how long it is"),
        "mentee_id": _own_part("who booked it"),
        "topic": _own_part("what they want to talk about"),
        "booked_at": _about_space("when it was booked"),
    },
}
