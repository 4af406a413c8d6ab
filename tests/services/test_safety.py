import pytest
from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.models import Block, LetterStatus
from matchmaker.refusal import Refusal
from matchmaker.services import rounds, safety
from tests.factories import NOON, make_introduction, make_member, make_space


def test_a_block_withdraws_what_they_share_and_its_letters(app, letters):
    space = make_space()
    ana = make_member("Ana", space=space, offers=["law"], wants=["tax"])
    ben = make_member("Ben", space=space, offers=["tax"], wants=["law"])
    (introduction,) = rounds.run(space, "2030-W19", NOON).introductions

    safety.block(ben, ana, NOON)

    assert introduction.withdrawn_at == NOON
    assert {letter.status for letter in letters()} == {LetterStatus.CANCELLED}


def test_what_is_between_others_stays(app):
    space = make_space()
    ana, ben, cem = (make_member(space=space) for _ in range(3))
    theirs = make_introduction(ana, cem)

    safety.block(ana, ben, NOON)

    assert theirs.withdrawn_at is None


def test_blocking_twice_is_blocking_once(app):
    ana, ben = make_member(), make_member()

    safety.block(ana, ben, NOON)
    safety.block(ana, ben, NOON)

    assert len(db.session.scalars(select(Block)).all()) == 1


def test_nobody_blocks_themselves(app):
    ana = make_member()

    with pytest.raises(Refusal):
        safety.block(ana, ana, NOON)
