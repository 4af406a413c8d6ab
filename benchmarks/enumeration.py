"""Whether the time of an answer tells who has an account: `python benchmarks/enumeration.py`.

Prints, for each door, the area under the ROC curve of telling known from unknown by the
seconds that an answer took, over interleaved requests: 0.5 tells nothing, 1 all. An
address is asked about once, as somebody would who goes through a list.
"""

import random
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import flask_migrate
from flask_security.utils import hash_password
from sklearn.metrics import roc_auc_score

from matchmaker import create_app
from matchmaker.config import Settings
from matchmaker.extensions import db
from matchmaker.models import Member, Membership, MembershipStatus, Space, utcnow

EACH = 400
SETTINGS = Settings(
    secret_key="a key for this measurement only, long enough",
    base_url="http://localhost",
    smtp_url="smtp://127.0.0.1:9",
    mail_from="Matchmaker <matchmaker@example.org>",
)
DOORS = {
    "sign in": ("/sign-in", "member"),
    "register": ("/register", "member"),
    "register, invited": ("/register", "invited"),
    "forgot": ("/reset-password", "member"),
    "send confirmation": ("/confirm", "invited"),
}


def main() -> None:
    """Measure each door on a database of its own."""
    for name, (path, kind) in DOORS.items():
        with tempfile.TemporaryDirectory() as folder:
            auc = measure(Path(folder) / "matchmaker.db", path, kind)
        sys.stdout.write(
            f"{name:20} AUC {auc:.3f} over {EACH} requests of each class\n"
        )


def measure(file: Path, path: str, kind: str) -> float:
    """Return the AUC of one door, 0.5 or more: either class may be the slower one."""
    app = create_app(
        replace(SETTINGS, database_url=f"sqlite:///{file}"), {"WTF_CSRF_ENABLED": False}
    )
    with app.app_context():
        flask_migrate.upgrade()
        fill(kind)
    asked = [(f"known{n}@example.org", 1) for n in range(EACH)]
    asked += [(f"other{n}@example.org", 0) for n in range(EACH)]
    random.Random(1).shuffle(asked)
    asked = [(f"warm{n}@example.org", 0) for n in range(20)] + asked
    seconds, known = [], []
    for number, (email, is_known) in enumerate(asked):
        source = {"REMOTE_ADDR": f"10.0.{number // 200}.{number % 200}"}
        client = app.test_client()
        began = time.perf_counter()
        client.post(
            path,
            data={"email": email, "password": "a guess of somebody"},
            environ_overrides=source,
        ).close()
        seconds.append(time.perf_counter() - began)
        known.append(is_known)
    auc = float(roc_auc_score(known[20:], seconds[20:]))
    return max(auc, 1 - auc)


def fill(kind: str) -> None:
    """Make the accounts that are known."""
    space = Space(slug="mill", name="The Old Mill", timezone="UTC")
    is_member = kind == "member"
    kept = hash_password("a few words to remember") if is_member else None
    for number in range(EACH):
        member = Member(
            email=f"known{number}@example.org",
            name="Ana Duarte",
            password=kept,
            confirmed_at=utcnow() if is_member else None,
        )
        status = MembershipStatus.ACTIVE if is_member else MembershipStatus.INVITED
        member.memberships.append(Membership(space=space, status=status))
        db.session.add(member)
    db.session.commit()


if __name__ == "__main__":
    main()
