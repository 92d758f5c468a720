"""The names and defaults of every public callable are as `signatures.txt` has them."""

import importlib.util
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.native_only("signatures are the same on every engine")
def test_no_default_changes_unseen():
    spec = importlib.util.spec_from_file_location("signatures", HERE.parent / "scripts" / "signatures.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    known = script.FILE.read_text(encoding="utf-8").splitlines()
    found = list(script.lines())
    assert sorted(set(found) ^ set(known)) == [], "if these are meant, run python scripts/signatures.py"
