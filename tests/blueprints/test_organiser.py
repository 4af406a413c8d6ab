import pytest
from sqlalchemy import event

from matchmaker import jobs
from matchmaker.extensions import db
from matchmaker.models import (
    Answer,
    Introduction,
    Joining,
    Member,
    Membership,
    MembershipStatus,
    Outcome,
    PossibleTwins,
    Role,
    Round,
    RoundDecision,
    Space,
    TwinVerdict,
    utcnow,
)
from matchmaker.queries import organiser
from matchmaker.queries.rounds import schedule
from matchmaker.services import rounds, topics
from tests.factories import (
    NOON,
    make_block,
    make_introduction,
    make_invited,
    make_member,
    make_pair,
    make_round,
    make_space,
    make_twins,
)


@pytest.fixture
def mill(app):
    return make_space("mill")


@pytest.fixture
def olga(mill, as_member):
    return as_member(make_member("Olga Berg", space=mill, role=Role.ORGANISER))


DRAFT = "/organise/mill/rounds/draft"


def test_a_draft_shows_the_round_and_saves_nothing(mill, olga, letters):
    make_pair(mill)

    page = olga.get(DRAFT)

    assert "Ana and Ben" in page.text
    assert "nothing is sent yet" in page.text
    assert db.session.scalars(db.select(Round)).all() == []
    assert letters() == []


def test_a_round_is_run_with_one_press_and_only_once(mill, olga, letters):
    make_pair(mill)

    page = olga.post("/organise/mill/rounds", follow_redirects=True)
    assert "1 introduction" in page.text
    assert len(letters()) == 2

    again = olga.post("/organise/mill/rounds")
    assert again.status_code == 409
    assert "already been run" in again.text


def decide(olga, kind, *names, **more):
    members = [mill_member(name).id for name in names]
    form = {"kind": kind, "member": members} | more
    return olga.post(f"{DRAFT}/decide", data=form, follow_redirects=True)


def introduced():
    return [
        {side.member.name for side in each.sides}
        for each in db.session.scalars(db.select(Introduction))
    ]


def make_third(mill):
    return make_member("Cem", space=mill, offers=["Postgres"], wants=["grant writing"])


def test_an_organiser_keeps_two_apart_and_the_round_knows_it(mill, olga):
    make_pair(mill)
    make_third(mill)

    page = decide(olga, "apart", "Ana", "Ben")
    assert "Ana and Cem" in page.text
    assert "Not introduced to each other" in page.text
    assert "Not introduced to each other" in olga.get(DRAFT).text  # and stays

    jobs.run_round(mill, rounds.this_week(mill, utcnow()), utcnow())
    assert introduced() == [{"Ana", "Cem"}]


def test_a_decision_can_be_undone(mill, olga):
    make_pair(mill)
    decide(olga, "apart", "Ana", "Ben", for_good="yes")
    (decision,) = db.session.scalars(db.select(RoundDecision)).all()
    assert decision.week is None

    page = olga.post(f"{DRAFT}/decisions/{decision.id}/undo", follow_redirects=True)

    assert "Ana and Ben" in page.text
    assert "you’ve decided" not in page.text


def test_somebody_is_left_out_this_time(mill, olga):
    make_pair(mill)
    make_third(mill)

    page = decide(olga, "aside", "Ben").text

    assert "Ana and Cem" in page
    assert "Not introduced this time" in page


def test_two_are_introduced_by_hand_and_the_other_decision_goes(mill, olga):
    make_pair(mill)
    make_third(mill)
    decide(olga, "apart", "Ana", "Cem")

    form = {"one": "ana", "other": mill_member("Cem").email}
    page = olga.post(f"{DRAFT}/together", data=form, follow_redirects=True)

    assert "Ana and Cem" in page.text
    assert "Introduced to each other" in page.text
    assert "Not introduced to each other" not in page.text
    olga.post("/organise/mill/rounds")
    assert any({"Ana", "Cem"} <= group for group in introduced())


def test_by_hand_no_rule_is_passed_over_and_none_is_told(mill, olga):
    make_pair(mill)
    make_third(mill)
    make_block(mill_member("Ana"), mill_member("Cem"))
    make_member("Dot", space=mill, introductions=False, offers=["tax"], wants=["law"])

    said = {
        decide(olga, "together", "Ana", name).get_data(as_text=True)
        for name in ("Cem", "Dot")
    }

    assert len(said) == 1
    assert "be introduced in this round" in said.pop()
    assert db.session.scalars(db.select(RoundDecision)).all() == []


def test_a_block_after_the_decision_wins_and_stops_nothing_else(mill, olga):
    make_pair(mill)
    make_third(mill)
    decide(olga, "together", "Ana", "Cem")
    make_block(mill_member("Cem"), mill_member("Ana"))
    db.session.commit()

    jobs.run_round(mill, rounds.this_week(mill, utcnow()), utcnow())

    assert introduced() == [{"Ana", "Ben"}]


def test_nobody_is_named_whom_the_organiser_may_not_see(mill, olga):
    make_pair(mill)
    make_member("Zed", space=make_space("elsewhere"))
    make_block(mill_member("Ben"), mill_member("Olga Berg"))

    for name in ("Zed", "Ben"):
        assert decide(olga, "apart", "Ana", name).status_code == 404
        form = {"one": "Ana", "other": name}
        page = olga.post(f"{DRAFT}/together", data=form)
        assert page.status_code == 422
        assert f"Nobody here is called “{name}”" in page.text
    assert "Ben" not in olga.get(DRAFT).text


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"kind": "nonsense"},
        {"kind": "apart"},
        {"kind": "apart", "member": "7"},
        {"kind": "apart", "member": "9" * 30},
        {"kind": "together", "member": "1"},
        {"one": "Ana", "other": "Ana"},
        {"one": "Ana"},
        {"kind": "approved", "member": "1"},
    ],
)
def test_what_decides_nothing_is_refused(mill, olga, form):
    make_pair(mill)

    path = "together" if "one" in form else "decide"
    page = olga.post(f"{DRAFT}/{path}", data=form)

    assert 400 <= page.status_code < 500
    assert db.session.scalars(db.select(RoundDecision)).all() == []


def test_a_round_can_wait_for_an_organisers_yes(mill, olga):
    make_pair(mill)
    olga.post(f"{DRAFT}/sending", data={"waits": "yes"})
    hour = schedule(mill, utcnow()).next_start

    assert rounds.due(hour) == []
    page = olga.post(f"{DRAFT}/approve", follow_redirects=True)
    assert "You’ve approved it" in page.text
    assert [space.id for space, _ in rounds.due(hour)] == [mill.id]
    olga.post(f"{DRAFT}/sending", data={"waits": "no"})
    assert not db.session.get_one(Space, mill.id).waits_for_approval


def test_what_changed_while_a_round_was_drafted_counts(mill, olga):
    make_pair(mill)
    now = utcnow()
    week = rounds.this_week(mill, now)
    drafted = rounds.draft(mill, week, now)
    make_block(mill_member("Ana"), mill_member("Ben"))

    made = rounds.run(mill, week, now, drafted=drafted)

    assert made.introductions == []


def test_the_round_page_says_who_was_left_out_and_why(mill, olga):
    make_pair(mill)
    make_member("Cem", space=mill, offers=["beekeeping"], wants=["opera"])

    page = olga.get(DRAFT).text

    assert "Cem" in page
    assert "Nobody with whom both would gain enough" in page


def test_members_are_found_by_name_and_address(mill, olga):
    make_member("Ana Duarte", space=mill, email="ana@example.org")
    make_invited("Ivo", space=mill, email="ivo@example.org")

    assert "Ana Duarte" in olga.get("/organise/mill/members?q=duart").text
    page = olga.get("/organise/mill/members?q=ivo@").text
    assert "Invited" in page
    assert "Ana Duarte" not in page
    assert "Nobody found" in olga.get("/organise/mill/members?q=%25").text


def test_many_members_come_in_pages(mill, olga):
    for number in range(60):
        make_member(f"Member {number:02}", space=mill)

    assert "Member 55" not in olga.get("/organise/mill/members").text
    assert "Member 55" in olga.get("/organise/mill/members?page=2").text
    assert olga.get("/organise/mill/members?page=9").status_code == 404


def test_a_member_is_suspended_and_let_back_in(mill, olga):
    ana = make_member("Ana", space=mill)

    olga.post(f"/organise/mill/members/{ana.id}/suspend")
    assert ana.memberships[0].status is MembershipStatus.SUSPENDED
    olga.post(f"/organise/mill/members/{ana.id}/reinstate")

    db.session.expire_all()
    assert ana.memberships[0].is_active


def test_nobody_suspends_themselves(mill, olga):
    me = db.session.scalars(db.select(db.metadata.tables["member"].c.id)).first()

    assert olga.post(f"/organise/mill/members/{me}/suspend").status_code == 409


def test_whom_a_block_parts_from_the_organiser_is_not_even_counted(mill, as_member):
    olga = make_member("Olga", space=mill, role=Role.ORGANISER)
    ana = make_member("Ana", space=mill)
    ben = make_member("Ben", space=mill)
    make_introduction(ana, ben, round_=make_round(mill, "2030-W19"))
    make_block(ana, olga)

    browser = as_member(olga)

    assert "2 members" in browser.get("/organise/mill/members").text
    page = browser.get("/organise/mill/rounds/2030-W19").text
    assert "Ana" not in page
    assert browser.post(f"/organise/mill/members/{ana.id}/suspend").status_code == 404


def test_an_operator_finds_every_space_from_the_start_page(mill, as_member):
    opal = as_member(make_member("Opal", is_operator=True))

    assert "/organise/mill/" in opal.get("/").text
    assert opal.get("/organise/mill/").status_code == 200


def test_of_somebody_invited_only_the_address_on_the_list_is_shown(mill, olga):
    lee = make_member("Lee Secret", space=make_space(), email="lee@example.org")
    lee.memberships.append(Membership(space=mill, status=MembershipStatus.INVITED))

    page = olga.get("/organise/mill/members").text

    assert "lee@example.org" in page
    assert "Lee Secret" not in page
    assert "lee@example.org" not in olga.get("/organise/mill/members?q=Secret").text
    assert olga.get(f"/people/{lee.id}").status_code == 404


def test_a_round_counts_only_whom_the_organiser_may_see(mill, as_member):
    olga = make_member("Olga", space=mill, role=Role.ORGANISER)
    make_pair(mill)
    make_block(mill_member("Ana"), olga)

    page = as_member(olga).post("/organise/mill/rounds", follow_redirects=True).text

    assert "0 introductions on the way" in page


def mill_member(name):
    return db.session.scalars(db.select(Member).where(Member.name == name)).one()


@pytest.mark.parametrize("page", ["", "members", "rounds/2030-W19"])
def test_a_page_asks_the_database_no_more_for_more_people(mill, as_member, page):
    olga = as_member(make_member("Olga", space=mill, role=Role.ORGANISER))
    round_ = make_round(mill, "2030-W19")
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda *about: asked.append(about))

    def questions_with(pairs):
        for _ in range(pairs):
            ana, ben = make_member("Ana", space=mill), make_member("Ben", space=mill)
            make_introduction(ana, ben, round_=round_)
        db.session.commit()
        asked.clear()
        assert olga.get(f"/organise/mill/{page}").status_code == 200
        return len(asked)

    assert questions_with(2) == questions_with(8)


def test_an_organiser_says_whether_two_accounts_are_one_persons(as_member):
    space = make_space("mill")
    olga = make_member("Olga", space=space, role=Role.ORGANISER)
    paula, again = (make_member("Paula Stein", space=space) for _ in range(2))
    first, second = make_twins(paula, again)
    browser = as_member(olga)
    page = browser.get("/organise/mill/twins").text
    assert paula.email in page
    assert again.email in page
    assert "Possible doubles" in browser.get("/organise/mill/").text

    browser.post(f"/organise/mill/twins/{first}/{second}", data={"act": "same"})

    pair = db.session.get(PossibleTwins, (first, second))
    assert pair.verdict is TwinVerdict.SAME
    assert "Possible doubles" not in browser.get("/organise/mill/").text
    assert "kept apart for good" in browser.get("/organise/mill/twins").text


def test_a_new_name_on_the_profile_is_compared_and_nothing_told(as_member):
    space = make_space("mill")
    make_member("Paula Stein", space=space)
    stranger = make_member("Pia", space=space)

    answer = as_member(stranger).post(
        "/profile/about",
        data={"name": "Paula Stein", "headline": "Tax adviser"},
        follow_redirects=True,
    )

    assert len(db.session.scalars(db.select(PossibleTwins)).all()) == 1
    assert not any(word in answer.text for word in ("twin", "double", "looks like"))


def test_organisers_add_change_and_remove_topics_of_their_own(app, as_member):
    space = make_space("mill")
    browser = as_member(make_member(space=space, role=Role.ORGANISER))
    assert "/organise/mill/topics" in browser.get("/organise/mill/").text
    said = {"name": "Falconry", "aliases": "flying hawks\nhawks", "near": "Töpfern"}

    page = browser.post("/organise/mill/topics", data=said, follow_redirects=True).text
    assert "Also said as flying hawks · hawks" in page
    assert "Near pottery and ceramics" in page
    (own,) = topics.own_of(space)
    url = f"/organise/mill/topics/{own.id}"
    assert "flying hawks\nhawks</textarea>" in browser.get(url).text

    refused = browser.post(url, data=said | {"name": "padel"})
    assert refused.status_code == 422
    assert "We know “padel” already, as padel." in refused.text
    browser.post(url, data=said | {"name": "Falcons", "near": ""})
    db.session.expire_all()
    assert (own.name, own.near) == ("Falcons", [])

    browser.post(f"{url}/remove")
    assert topics.own_of(space) == []
    assert browser.get(url).status_code == 404
    assert browser.get("/organise/mill/topics/suggest?q=pott").json == [
        "pottery and ceramics"
    ]


def test_the_overview_counts_what_came_of_each_round(mill, olga):
    round_ = make_round(mill, "2030-W10")
    yes, stated, nothing = Answer.YES, Outcome.STATED, Outcome.NOTHING
    came_of_it = [
        ([None, None], [None, None]),
        ([yes, None], [None, None]),
        ([yes, Answer.LET_GO], [None, None]),
        ([yes, yes], [stated, nothing]),
        ([yes, yes], [stated, Outcome.OTHER]),
    ]
    for answers, outcomes in came_of_it:
        two = [make_member(space=mill) for _ in range(2)]
        made = make_introduction(*two, round_=round_, answers=answers)
        made.introduced_at = NOON if answers == [yes, yes] else None
        for side, outcome in zip(made.sides, outcomes, strict=True):
            side.outcome, side.met = outcome, outcome and True
    db.session.commit()

    (figures,) = organiser.latest_rounds(mill, mill_member("Olga Berg"))

    assert figures == ("2030-W10", 5, 3, 2, 2, 1)
    page = olga.get("/organise/mill/").text
    assert "Valued by all" in page
    assert "let go" not in page


def test_a_house_that_runs_out_of_pairs_is_told_so(mill, olga):
    make_pair(mill)

    page = olga.get(DRAFT).text

    assert "Your house is small for this rhythm" in page
    assert (
        "about 1 in 10 of those due. With half as many rounds it’d be 2 in 10" in page
    )


def test_who_can_join_is_chosen_on_a_page(mill, olga):
    page = olga.get("/organise/mill/newcomers").text
    assert "Only those who are invited" in page

    olga.post("/organise/mill/newcomers/joining", data={"joining": "approval"})

    assert db.session.get_one(Space, mill.id).joining is Joining.APPROVAL
    wrong = olga.post("/organise/mill/newcomers/joining", data={"joining": "x"})
    assert wrong.status_code == 422
