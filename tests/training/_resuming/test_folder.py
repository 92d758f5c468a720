import pytest

from lamina.saving import ModelFileError
from lamina.training._resuming._folder import StateFolder


@pytest.fixture
def folder(tmp_path):
    folder = StateFolder(str(tmp_path / "states"))
    for step in (5, 10, 100):
        folder.write(step, {"step": step})
    return folder


def damage(folder, name):
    with open(f"{folder.path}/{name}", "r+b") as file:
        file.truncate(20)


def test_two_states_are_kept_and_the_newest_by_number_is_found(folder):
    assert folder.names() == ["state-10", "state-100"]
    assert StateFolder(folder.path).newest() == {"step": 100}


def test_a_folder_without_states_holds_none(tmp_path):
    (tmp_path / "state-x").write_text("")
    assert StateFolder(str(tmp_path)).newest() is None
    assert StateFolder(str(tmp_path / "none")).newest() is None


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotADirectoryError, match="file"):
        StateFolder(str(tmp_path / "file"))


def test_a_damaged_state_is_a_warning_and_the_one_before_is_used(folder):
    damage(folder, "state-100")
    again = StateFolder(folder.path)
    with pytest.warns(UserWarning, match="state before: .*state-100"):
        assert again.newest() == {"step": 10}
    again.write(15, {"step": 15})
    assert again.names() == ["state-10", "state-15"]  # not the damaged one, which would be the newest by its number


def test_no_whole_state_is_an_error(folder):
    damage(folder, "state-10")
    damage(folder, "state-100")
    with pytest.warns(UserWarning, match="state-100"), pytest.raises(ModelFileError, match="no whole training state"):
        StateFolder(folder.path).newest()


def test_what_a_killed_writer_left_is_removed(folder, tmp_path):
    left = tmp_path / "states" / ".state-7.abc.lamina.tmp"
    left.write_bytes(b"half")
    StateFolder(folder.path).newest()
    assert not left.exists()


def test_clearing_leaves_other_files(folder, tmp_path):
    other = tmp_path / "states" / "notes.txt"
    other.write_text("mine")
    folder.clear()
    assert [p.name for p in other.parent.iterdir()] == ["notes.txt"]
    other.unlink()
    folder.clear()
    assert not other.parent.exists()
