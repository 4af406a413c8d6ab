"""What we ship of others is what we took from them, with its licence beside it."""

import hashlib
import json
from pathlib import Path

VENDOR = Path("matchmaker/static/vendor")


def test_every_vendored_file_is_the_one_in_the_manifest():
    manifest = json.loads((VENDOR / "manifest.json").read_text())
    listed = {name: entry["sha256"] for name, entry in manifest.items()}
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.iterdir()
        if path.name != "manifest.json"
    }

    assert found == listed
