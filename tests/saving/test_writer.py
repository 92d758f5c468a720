"""Files are written whole or not at all."""

import os
import stat

import pytest

from lamina.saving import _writer
from lamina.saving._writer import atomic_file, check_target, write_bytes, write_text


def test_it_replaces_the_whole_file(tmp_path):
    path = tmp_path / "f.txt"
    write_text(path, "first")
    write_text(path, "zwölf")
    assert path.read_text("utf-8") == "zwölf" and os.listdir(tmp_path) == ["f.txt"]


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "f.bin"
    write_bytes(path, b"old")
    with pytest.raises(RuntimeError), atomic_file(path) as file:
        file.write(b"half")
        raise RuntimeError
    with pytest.raises(KeyboardInterrupt), atomic_file(path):
        raise KeyboardInterrupt
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["f.bin"]


@pytest.mark.parametrize("name", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch, name):
    path = tmp_path / "f.bin"
    write_bytes(path, b"old")

    def fail(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_writer.os, name, fail)
    with pytest.raises(OSError, match="No space"):
        write_bytes(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["f.bin"]


def test_data_reach_the_disk_before_the_name_and_the_name_after(tmp_path, monkeypatch):
    events = []
    real_fsync, real_replace = os.fsync, os.replace

    def fsync(handle):
        events.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        real_fsync(handle)

    def replace(*args):
        events.append("rename")
        real_replace(*args)

    monkeypatch.setattr(_writer.os, "fsync", fsync)
    monkeypatch.setattr(_writer.os, "replace", replace)
    write_bytes(tmp_path / "f", b"x")
    assert events == ["file", "rename", "folder"]


def test_rights_are_those_of_a_new_file_or_kept(tmp_path):
    mask = os.umask(0o022)
    try:
        write_bytes(tmp_path / "new", b"")
        assert stat.S_IMODE(os.stat(tmp_path / "new").st_mode) == 0o644
        os.chmod(tmp_path / "new", 0o640)
        write_bytes(tmp_path / "new", b"")
        assert stat.S_IMODE(os.stat(tmp_path / "new").st_mode) == 0o640
    finally:
        os.umask(mask)


def test_names_of_files_in_another_encoding_are_written_as_their_bytes(tmp_path):
    name = "표.csv".encode()
    write_text(tmp_path / "t", name.decode("ascii", "surrogateescape"))  # as they are read under LC_ALL=C
    assert (tmp_path / "t").read_bytes() == name


def test_a_symbolic_link_stays_one(tmp_path):
    write_bytes(tmp_path / "real", b"1")
    os.symlink(tmp_path / "real", tmp_path / "link")
    write_bytes(tmp_path / "link", b"2")
    assert os.path.islink(tmp_path / "link") and (tmp_path / "real").read_bytes() == b"2"


def test_targets_that_cannot_be_written(tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist"):
        check_target(tmp_path / "none" / "f", True)
    with pytest.raises(IsADirectoryError):
        check_target(tmp_path, True)
    write_bytes(tmp_path / "f", b"")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        check_target(tmp_path / "f", False)
