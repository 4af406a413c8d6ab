"""Letters that anybody may ask for by typing in an e-mail address.

To ask is to write one row, whoever has an account: neither the answer nor the time that
it takes tells. A job finds out, and writes the letter if there is one to write.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from matchmaker.extensions import db, job_client, keyed_hash
from matchmaker.mail import account_letters, governor, letters
from matchmaker.models import AccountRequest, Member, Wanted
from matchmaker.services import accounts

JOB, QUEUE = "answer_account_requests", "accounts"


def ask(wanted: Wanted, email: str, back: str, source: str, now: datetime) -> None:
    """Note what is asked for, and leave a job that answers."""
    request = AccountRequest(
        wanted=wanted,
        email=email,
        back=back[:100],
        source=keyed_hash("source", source),
        created_at=now,
    )
    db.session.add(request)
    db.session.flush()
    job_client().enqueue_in_transaction(
        db.session(),
        {
            "queue_name": QUEUE,
            "workflow_name": JOB,
            "workflow_id": f"account-request-{request.id}-{int(now.timestamp())}",
        },
        request.id,
    )


def waiting(_now: datetime) -> Sequence[AccountRequest]:
    return db.session.scalars(select(AccountRequest).order_by(AccountRequest.id)).all()


def answer(request: AccountRequest, now: datetime) -> None:
    """Write the letter that was asked for, within what a mailbox may get."""
    _write(request, now)
    db.session.delete(request)


def _write(request: AccountRequest, now: datetime) -> None:
    member = accounts.find(request.email)
    is_confirmed = member is not None and member.confirmed_at is not None
    if not _is_for(request.wanted, member) or not governor.may_write(
        request.email, request.source, is_confirmed=is_confirmed, now=now
    ):
        return
    if member is None:
        member = Member(email=request.email, made_at=now)
        db.session.add(member)
        db.session.flush()
    if request.wanted is Wanted.RESET:
        letters.reset_password(member, account_letters.reset_token(member), now)
    elif is_confirmed:
        letters.already_registered(member, now, request.back)
    else:
        token = account_letters.confirmation_token(member)
        letters.confirm_address(member, token, now, request.back)


def _is_for(wanted: Wanted, member: Member | None) -> bool:
    match wanted:
        case Wanted.ACCOUNT:
            return member is None or member.active
        case Wanted.CONFIRMATION:
            return member is not None and member.active and not member.confirmed_at
        case Wanted.RESET:
            return member is not None and member.active and bool(member.confirmed_at)
