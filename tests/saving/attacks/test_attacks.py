"""Files written to do harm, from public reports: each is stopped by a ModelFileError and by nothing else.

`run.py` opens them in processes of their own; here is every seventh file of each builder, and LAMINA_ATTACKS=1 gives all.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FAMILIES = sorted(p.stem for p in HERE.glob("*.py") if p.stem not in ("corpus", "run", "test_attacks", "mutants"))
pytestmark = [
    pytest.mark.native_only("what files may do is one for all engines"),
    pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the canaries are those of Linux"),
]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    every = os.environ.get("LAMINA_ATTACKS", "7")
    command = [sys.executable, str(HERE / "run.py"), str(tmp_path_factory.mktemp("attacks")), "*", every]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_file_is_stopped(results, family):
    own = [r for r in results if r["family"] == family]
    assert own
    assert not [(r["name"], r["faults"]) for r in own if r["faults"]]


def test_the_canaries_sing(tmp_path):
    """A good file is no attack, and the guard says so; what opens a file beside it is seen."""
    (tmp_path / "canary.py").write_text(
        "import sys; sys.path.insert(0, sys.argv[2])\n"
        "import corpus, run\n"
        "def opens(path):\n"
        "    open(path.parent.parent / 'secret' / 'words.txt').close()\n"
        "    raise run.ModelFileError(path, None, 'stopped')\n"
        "corpus._enter('good', 'code', '', lambda lab: lab.write(lab.good['keras']))\n"
        "corpus._enter('opens', 'code', '', lambda lab: (lab.write(b''), opens))\n"
        "corpus._enter('dies', 'code', '', lambda lab: (lab.write(b''), lambda p: 1 / 0))\n"
        "run.FAMILIES = ()\n"
        "run.main(sys.argv[1])\n"
    )
    (tmp_path / "lab").mkdir()
    command = [sys.executable, str(tmp_path / "canary.py"), str(tmp_path / "lab"), str(HERE)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100)
    good, opens, dies = (r["faults"] for r in json.loads(done.stdout))
    assert good == ["was loaded"]
    assert any("words.txt" in f and f.startswith("open") for f in opens) and "touched words.txt" in opens
    assert dies == ["ZeroDivisionError came out: division by zero"]
