from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from matchmaker.enums import GainKind, UnmatchedReason
from matchmaker.extensions import db
from matchmaker.models import (
    Answer,
    Choosiness,
    Introduction,
    Kind,
    Letter,
    MembershipStatus,
    Round,
    Side,
    Space,
)
from matchmaker.refusal import Refusal
from matchmaker.services import rounds
from tests.factories import (
    NOON,
    make_block,
    make_encounter,
    make_introduction,
    make_invited,
    make_member,
    make_pair,
    make_round,
    make_space,
)

WEEK = "2030-W19"  # in which NOON lies


def introduced(round_):
    return [{member.name for member in i.members} for i in round_.introductions]


def test_two_who_could_help_each_other_are_introduced(app, letters):
    space = make_space()
    ana, ben = make_pair(space)

    round_ = rounds.run(space, WEEK, NOON)

    (introduction,) = round_.introductions
    assert introduction.members == [ana, ben]
    help_ = [
        gain["offer"]
        for side in introduction.sides
        for gain in side.gains
        if gain["kind"] == GainKind.HELP
    ]
    assert help_ == ["Postgres", "grant writing"]
    assert [letter.member for letter in letters()] == [ana, ben]
    assert 0 < round_.value <= round_.bound


def test_nobody_takes_part_who_has_not_said_yes(app):
    space = make_space()
    make_pair(space)
    wishes = {"offers": ["Postgres"], "wants": ["grant writing"]}
    make_invited(space=space, **wishes)
    make_member("Off", space=space, introductions=False, **wishes)
    make_member("Gone", space=space, status=MembershipStatus.LEFT, **wishes)
    make_member("Held", space=space, status=MembershipStatus.SUSPENDED, **wishes)
    make_member("Shut", space=space, active=False, **wishes)
    make_member("Unknown", space=space, confirmed_at=None, **wishes)
    make_member("Blank", space=space)
    pause = {"paused_until": date(2030, 5, 7)}
    make_member("Away", space=space, membership=pause, **wishes)
    make_member("Other", space=make_space(), **wishes)

    turnout = rounds.who_is_due(space, WEEK, NOON)

    assert [m.member.name for m in turnout.due] == ["Ana", "Ben"]
    assert turnout.not_due == {
        "invited, not yet joined": 1,
        "not active": 4,
        "introductions off": 1,
        "paused": 1,
        "profile not finished": 1,
    }


def test_a_pause_ends_by_itself(app):
    space = make_space()
    make_member(
        space=space, offers=["x"], wants=["y"], membership={"paused_until": NOON.date()}
    )

    assert len(rounds.who_is_due(space, WEEK, NOON).due) == 1


@pytest.mark.parametrize(("cadence", "due"), [(1, True), (2, False), (4, False)])
def test_whoever_meets_every_other_week_sits_one_out(app, cadence, due):
    space = make_space()
    ana = make_member(
        space=space, offers=["x"], wants=["y"], membership={"cadence_weeks": cadence}
    )
    other = make_member(space=space)
    make_introduction(ana, other, round_=make_round(space, "2030-W18"))

    members = [m.member for m in rounds.who_is_due(space, WEEK, NOON).due]

    assert (ana in members) is due


def test_whoever_met_or_was_introduced_lately_is_not_introduced_again(app):
    space = make_space()
    ana, ben = make_pair(space)
    make_introduction(ana, ben, round_=make_round(space, "2030-W10"))

    assert introduced(rounds.run(space, WEEK, NOON)) == []


def test_after_the_cool_down_they_may_meet_again(app):
    space = make_space(cool_down_weeks=4)
    ana, ben = make_pair(space)
    make_introduction(ana, ben, made_at=NOON - timedelta(weeks=5))

    assert introduced(rounds.run(space, WEEK, NOON)) == [{"Ana", "Ben"}]


@pytest.mark.parametrize(("weeks", "again"), [(11, False), (13, True)])
def test_not_now_is_another_time(app, weeks, again):
    space = make_space()
    ana, ben = make_pair(space)
    made_at = NOON - timedelta(weeks=weeks)
    make_introduction(ana, ben, answers=[None, Answer.NOT_NOW], made_at=made_at)

    assert bool(introduced(rounds.run(space, WEEK, NOON))) is again


def test_an_encounter_from_elsewhere_counts_too(app):
    space = make_space()
    ana, ben = make_pair(space)
    make_encounter(ana, ben, make_space(), source="event")

    assert introduced(rounds.run(space, WEEK, NOON)) == []


@pytest.mark.parametrize("what", ["let go", "would not meet again"])
def test_what_was_let_go_stays_gone_after_the_cool_down(app, what):
    space = make_space(cool_down_weeks=1)
    ana, ben = make_pair(space)
    old = make_introduction(ana, ben, made_at=NOON - timedelta(weeks=9))
    if what == "let go":
        old.sides[0].answer = Answer.LET_GO
    else:
        old.sides[1].meet_again = False

    assert introduced(rounds.run(space, WEEK, NOON)) == []


@pytest.mark.parametrize("blocker", [0, 1])
def test_whoever_blocked_whomever_they_are_not_introduced(app, blocker):
    space = make_space()
    pair = make_pair(space)
    make_block(pair[blocker], pair[1 - blocker])

    round_ = rounds.run(space, WEEK, NOON)

    assert introduced(round_) == []
    assert {row.why for row in round_.left_out} == {UnmatchedReason.NOTHING_IN_COMMON}


@pytest.mark.parametrize(
    ("one", "other"),
    [("Acme  Ltd", "ACME ltd"), ("Acme B.V.", "ACME BV"), ("The Acme", "acmé GmbH")],
)
def test_colleagues_are_not_introduced(app, one, other):
    space = make_space()
    ana, ben = make_pair(space)
    ana.profile.company, ben.profile.company = one, other

    assert introduced(rounds.run(space, WEEK, NOON)) == []


@pytest.mark.parametrize("word", ["Freelance", "self-employed", "n/a", "Zelfstandig"])
def test_people_who_work_for_themselves_are_no_colleagues(app, word):
    space = make_space()
    for member in make_pair(space):
        member.profile.company = word

    assert introduced(rounds.run(space, WEEK, NOON)) == [{"Ana", "Ben"}]


@pytest.mark.parametrize(("weeks", "free"), [(1, False), (13, True)])
def test_a_mentor_gets_no_more_mentees_than_places(app, weeks, free):
    space = make_space()
    topic = {"mentor_topics": ["pricing"], "mentor_places": 1}
    mentor = make_member("Ana", space=space, profile=topic | {"years": 20})
    mentee = {"mentee_topics": ["pricing"], "years": 1}
    earlier = make_member("Ben", space=space, profile=mentee, introductions=False)
    make_member("Cem", space=space, profile=mentee)
    when = NOON - timedelta(weeks=weeks)
    make_introduction(
        mentor,
        earlier,
        kind=Kind.MENTORING,
        round_=make_round(space, "2029-W40"),
        introduced_at=when,
        made_at=when,
    )

    round_ = rounds.run(space, WEEK, NOON)

    assert bool(round_.introductions) is free


def test_an_odd_person_joins_two_others(app):
    space = make_space()
    for name in ("Ana", "Ben", "Cem"):
        make_member(
            name, space=space, offers=["grant writing"], wants=["grant writing"]
        )

    assert introduced(rounds.run(space, WEEK, NOON)) == [{"Ana", "Ben", "Cem"}]


def test_a_second_round_of_the_same_week_is_refused(app):
    space = make_space()
    make_pair(space)
    rounds.run(space, WEEK, NOON)

    with pytest.raises(Refusal, match="already been run"):
        rounds.run(space, WEEK, NOON)


@pytest.mark.parametrize("week", ["2030-W60", "2030-W00", "next week", "2030W19", ""])
def test_what_is_no_week_is_refused(app, week):
    with pytest.raises(Refusal, match="Write it as year and ISO week"):
        rounds.run(make_space(), week, NOON)


def test_a_dry_run_is_a_rollback(app, letters):
    space = make_space()
    make_pair(space)
    db.session.commit()

    assert len(rounds.run(space, WEEK, NOON).introductions) == 1
    db.session.rollback()

    assert db.session.scalars(select(Round)).all() == []
    assert db.session.scalars(select(Side)).all() == []
    assert letters() == []


def test_the_same_week_gives_the_same_round(app):
    space = make_space()
    for _ in range(4):
        make_pair(space)
    db.session.commit()

    def run_and_undo():
        pairs = introduced(rounds.run(space, WEEK, NOON))
        db.session.rollback()
        return pairs

    assert run_and_undo() == run_and_undo()


@pytest.mark.parametrize("was_empty", [False, True])
def test_two_at_once_make_one_round(any_database, was_empty):
    app = any_database
    space = make_space()
    if was_empty:
        rounds.run(space, WEEK, NOON - timedelta(hours=3))
    make_pair(space)
    space_id, start, said = space.id, Barrier(2), []
    db.session.commit()

    def run():
        with app.app_context():
            start.wait()
            try:
                rounds.run(db.session.get_one(Space, space_id), WEEK, NOON)
                db.session.commit()
                said.append("made")
            except Refusal:
                db.session.rollback()
                said.append("refused")
            finally:
                db.session.remove()

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(said) == ["made", "refused"]
    db.session.rollback()
    counts = {
        model: db.session.scalar(select(func.count()).select_from(model))
        for model in (Round, Introduction, Letter)
    }
    assert counts == {Round: 1, Introduction: 1, Letter: 2}


def test_the_round_comes_due_at_the_hour_of_the_space(app):
    space = make_space(timezone="Asia/Tokyo")  # nine there is midnight in UTC
    make_pair(space)
    monday = NOON.replace(hour=0)

    assert rounds.due(monday - timedelta(minutes=1)) == []
    assert rounds.due(monday) == [(space, WEEK)]
    rounds.run(space, WEEK, monday)
    assert rounds.due(monday + timedelta(hours=5)) == []
    assert rounds.due(monday + timedelta(days=7)) == [(space, "2030-W20")]


@pytest.mark.parametrize("week", ["2030-W13", "2030-W14"])  # the clocks change between
def test_nine_stays_nine_over_a_change_of_the_clocks(app, week):
    space = make_space(timezone="Europe/Berlin")

    local = rounds.starts_at(space, week).astimezone(space.zone)

    assert (local.hour, local.isocalendar().weekday) == (9, 1)


def test_years_with_53_weeks_have_a_53rd_round(app):
    space = make_space()

    assert rounds.this_week(space, NOON.replace(year=2032, month=12, day=31)) == (
        "2032-W53"
    )
    assert rounds.monday_of("2032-W53") == date(2032, 12, 27)


def test_the_organiser_may_ask_for_a_pair_or_against_one(app):
    space = make_space()
    ana, ben = make_pair(space)
    cem = make_member("Cem", space=space, offers=["Postgres"], wants=["grant writing"])
    wanted = frozenset({ana.id, cem.id})

    pinned = rounds.run(space, WEEK, NOON, pins=[wanted])
    vetoed = rounds.run(
        space,
        "2031-W20",
        NOON + timedelta(weeks=60),
        vetoes=[wanted, frozenset({ana.id, ben.id})],
    )

    assert {"Ana", "Cem"} <= introduced(pinned)[0]
    assert pinned.introductions[0].arm == "pinned"
    assert introduced(vetoed) == [{"Ben", "Cem"}]  # who are after the same


def test_a_pair_that_no_rule_allows_is_refused_without_saying_why(app):
    space = make_space()
    ana, ben = make_pair(space)
    make_block(ana, ben)

    with pytest.raises(Refusal, match="cannot be introduced this week: Ana and"):
        rounds.run(space, WEEK, NOON, pins=[frozenset({ana.id, ben.id})])


@pytest.mark.parametrize("per_round", [1, 2])
def test_who_has_time_for_two_may_meet_two(app, per_round):
    space = make_space()
    ana, ben = make_pair(space)
    ana.memberships[0].per_round = per_round
    cem = make_member("Cem", space=space, offers=["Postgres"], wants=["grant writing"])
    pins = [frozenset({ana.id, other.id}) for other in (ben, cem)]

    if per_round == 1:
        with pytest.raises(Refusal, match="Ana and Cem"):
            rounds.run(space, WEEK, NOON, pins=pins)
    else:
        round_ = rounds.run(space, WEEK, NOON, pins=pins)
        assert introduced(round_) == [{"Ana", "Ben"}, {"Ana", "Cem"}]


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        (["Nederlands"], ["English"], False),
        (["Nederlands"], ["Vlaams"], True),
        (["Deutsch"], ["Englsh"], True),  # which we cannot read
        (["Deutsch"], ["English", "Dutsch"], True),
        (["Deutsch"], [], True),
    ],
)
def test_languages_keep_apart_only_those_who_share_none(app, one, other, meet):
    space = make_space()
    ana, ben = make_pair(space)
    ana.profile.languages, ben.profile.languages = one, other

    assert bool(introduced(rounds.run(space, WEEK, NOON))) is meet


def test_what_a_rule_costs_can_be_asked(app):
    space = make_space()
    ana, ben = make_pair(space)
    ana.profile.company = ben.profile.company = "Acme"

    found = {cost.rule: cost for cost in rounds.rule_costs(space, WEEK, NOON)}

    assert found["colleagues apart"].people == 2


def test_whose_turn_comes_later_is_planned_for_and_not_left_out(app):
    space = make_space()
    make_pair(space)
    monthly = make_member(
        "Cem",
        space=space,
        offers=["tax advice"],
        wants=["logo design"],
        membership={"cadence_weeks": 4},
    )
    last = make_round(space, "2030-W17")
    make_introduction(monthly, make_member(space=space), round_=last)

    people = {person.id: person for person in rounds.ask(space, WEEK, NOON)["people"]}
    round_ = rounds.run(space, WEEK, NOON)

    assert (people[monthly.id].due_in, people[monthly.id].cadence) == (2, 4)
    assert introduced(round_) == [{"Ana", "Ben"}]
    assert round_.left_out == []


def test_who_only_gave_lately_is_known_to_the_round(app):
    space = make_space()
    ana, ben = make_pair(space)
    kinds = [GainKind.GIVING, GainKind.HELP, GainKind.GIVING, GainKind.GIVING]
    for week, kind in enumerate(kinds, start=1):
        other = make_member(space=space, introductions=False)
        round_ = make_round(space, f"2030-W{week:02}")
        answers = [Answer.YES]
        (side, _) = make_introduction(ana, other, round_=round_, answers=answers).sides
        side.gains = [side.gains[0] | {"kind": kind.value}]

    people = {person.id: person for person in rounds.ask(space, WEEK, NOON)["people"]}

    assert people[ana.id].gave_in_a_row == 2
    assert people[ben.id].gave_in_a_row == 0


def test_who_has_nobody_is_told_what_others_look_for(app):
    space = make_space()
    for _ in range(3):
        make_pair(space)
    make_member("Odd", space=space, offers=["beekeeping"], wants=["opera tickets"])

    (left_out,) = rounds.run(space, WEEK, NOON).left_out

    assert left_out.member.name == "Odd"
    fields, topics = zip(
        *rounds.suggested(left_out.round.space, left_out.suggestions), strict=True
    )
    assert set(fields) == {"offers"}
    assert topics[0] in {"grant applications", "databases and SQL"}


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ((Answer.YES, Answer.YES), GainKind.MET_LONG_AGO),
        ((Answer.YES, Answer.NOT_NOW), GainKind.NOT_MET_YET),
    ],
)
def test_who_knows_each_other_is_not_told_that_they_have_not_met(app, answers, kind):
    space = make_space(cool_down_weeks=4)
    words = {"choosiness": Choosiness.ANYONE}
    ana = make_member(
        "Ana", space=space, offers=["opera"], wants=["bees"], profile=words
    )
    ben = make_member("Ben", space=space, offers=["law"], wants=["ski"], profile=words)
    long_ago = NOON - timedelta(weeks=20)
    introduced_at = long_ago if kind is GainKind.MET_LONG_AGO else None
    make_introduction(
        ana, ben, answers=answers, made_at=long_ago, introduced_at=introduced_at
    )

    (introduction,) = rounds.run(space, WEEK, NOON).introductions

    assert {side.gains[0]["kind"] for side in introduction.sides} == {kind}
