"""What we take of others is what it was there, with its licence beside it."""

import hashlib
import json
from pathlib import Path

import pytest

FOLDERS = [Path("matchmaker/static/vendor"), Path("tests/browser/vendor")]


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_every_vendored_file_is_the_one_in_the_manifest(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    listed = {name: entry["sha256"] for name, entry in manifest.items()}
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.name != "manifest.json"
    }

    assert found == listed
