import hashlib
import json
import random
import zipfile

import numpy as np
import pytest

from lamina.saving import ModelFileError
from lamina.training._resuming._file import read_state, write_state

STATE = {"weights": [np.arange(6.0).reshape(2, 3), np.ones(3, "uint8")], "epoch": 3, "history": {"loss": [0.1, 0.2]}}


@pytest.fixture
def path(tmp_path):
    write_state(str(tmp_path / "state-1"), STATE)
    return tmp_path / "state-1"


def rewrite(path, change, **options):
    """The file again, with its members, a dict of bytes, changed."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w", **options) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def test_a_state_comes_back(path):
    found = read_state(str(path))
    np.testing.assert_array_equal(found["weights"][0], STATE["weights"][0])
    assert {**found, "weights": 0} == {**STATE, "weights": 0}


def test_nothing_is_left_beside_the_file(path):
    assert [p.name for p in path.parent.iterdir()] == ["state-1"]


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_file_cut_short_is_an_error(path, share):
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ModelFileError, match="not a whole training state"):
        read_state(str(path))


def test_a_changed_byte_is_found_or_changes_nothing(path):
    content, rng = path.read_bytes(), random.Random(0)
    errors = 0
    for _ in range(300):
        place = rng.randrange(len(content))
        path.write_bytes(content[:place] + bytes([content[place] ^ (1 << rng.randrange(8))]) + content[place + 1 :])
        try:
            found = read_state(str(path))
        except ModelFileError:
            errors += 1
            continue
        np.testing.assert_array_equal(found["weights"][0], STATE["weights"][0])
        assert {**found, "weights": 0} == {**STATE, "weights": 0}
    assert errors > 200


def test_a_member_whose_checksum_is_another_is_named(path):
    rewrite(path, lambda members: members.update({"arrays/1": b"\2\2\2"}))
    with pytest.raises(ModelFileError, match="'arrays/1': is damaged: its checksum"):
        read_state(str(path))


def test_members_must_be_those_listed(path):
    rewrite(path, lambda members: members.update(more=b""))
    with pytest.raises(ModelFileError, match="does not list the members"):
        read_state(str(path))


def test_compressed_members_are_refused(path):
    rewrite(path, lambda members: None, compression=zipfile.ZIP_DEFLATED)
    with pytest.raises(ModelFileError, match="compressed"):
        read_state(str(path))


def test_a_state_of_another_format_is_an_error(path):
    def change(members):
        members["state.json"] = json.dumps({**json.loads(members["state.json"]), "format": 99}).encode()
        sums = {**json.loads(members["checksums.json"])}
        members["checksums.json"] = json.dumps(
            {**sums, "state.json": hashlib.sha256(members["state.json"]).hexdigest()}
        ).encode()

    rewrite(path, change)
    with pytest.raises(ModelFileError, match="format 99"):
        read_state(str(path))
