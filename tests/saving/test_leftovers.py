"""Files of killed writers are cleared by the next save, those of living ones never."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from lamina import layers, models
from lamina.saving import _leftovers
from lamina.saving._leftovers import clear_leftovers, new_file
from lamina.saving._writer import atomic_file, write_bytes

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such locks")

SLOW = """
import sys, time
from lamina.saving._writer import atomic_file

with atomic_file(sys.argv[1]) as file:
    file.write(b"half")
    file.flush()
    print("begun", flush=True)
    sys.stdin.readline()
    file.write(b" and the rest")
"""


def slow_writer(path):
    """A process in the middle of a save."""
    program = [sys.executable, "-c", SLOW, str(path)]
    process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "begun\n"
    return process


def names(folder):
    return sorted(os.listdir(folder))


def test_the_next_save_clears_what_a_killed_one_left(tmp_path):
    process = slow_writer(tmp_path / "net.keras")
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdin.close(), process.stdout.close()
    assert len(names(tmp_path)) == 1 and names(tmp_path)[0].startswith(".net.keras.")
    model = models.Sequential([layers.Input((2,)), layers.Dense(1)])
    model.save_weights(tmp_path / "other.weights.h5")
    assert names(tmp_path) == ["other.weights.h5"]
    model.load_weights(tmp_path / "other.weights.h5")


def test_what_a_living_process_writes_stays(tmp_path):
    process = slow_writer(tmp_path / "a")
    write_bytes(tmp_path / "a", b"in between")
    write_bytes(tmp_path / "b", b"other")
    assert len(names(tmp_path)) == 3
    process.communicate("\n")
    assert process.returncode == 0 and names(tmp_path) == ["a", "b"]
    assert (tmp_path / "a").read_bytes() == b"half and the rest"


def test_what_another_thread_writes_stays(tmp_path):
    with atomic_file(tmp_path / "a") as file:
        file.write(b"1")
        thread = threading.Thread(target=write_bytes, args=(tmp_path / "b", b"2"))
        thread.start()
        thread.join()
        clear_leftovers(str(tmp_path))
    assert (tmp_path / "a").read_bytes() == b"1" and names(tmp_path) == ["a", "b"]


def test_the_lock_holds_until_the_file_has_its_name(tmp_path):
    with new_file(str(tmp_path), "a") as (handle, path):
        os.close(handle)
        clear_leftovers(str(tmp_path))
        assert os.path.exists(path)
        os.replace(path, tmp_path / "a")
    clear_leftovers(str(tmp_path))
    assert names(tmp_path) == ["a"]


def test_a_file_cleared_before_it_was_locked_is_made_anew(tmp_path, monkeypatch):
    real, seen = _leftovers._locks, []

    def locks(handle, wait):
        if wait and not seen:  # another process comes first
            seen.extend(names(tmp_path))
            clear_leftovers(str(tmp_path))
        return real(handle, wait)

    monkeypatch.setattr(_leftovers, "_locks", locks)
    write_bytes(tmp_path / "a", b"whole")
    assert len(seen) == 1 and names(tmp_path) == ["a"] and (tmp_path / "a").read_bytes() == b"whole"


def test_files_of_others_stay(tmp_path):
    others = [".a.12345678.tmp", "a.lamina.tmp", ".hidden", "b"]
    for name in others:
        (tmp_path / name).write_text("mine")
    (tmp_path / "real").write_text("1")
    os.symlink(tmp_path / "real", tmp_path / ".link.lamina.tmp")
    os.mkfifo(tmp_path / ".pipe.lamina.tmp")
    (tmp_path / ".folder.lamina.tmp").mkdir()
    clear_leftovers(str(tmp_path))
    assert names(tmp_path) == sorted([*others, "real", ".link.lamina.tmp", ".pipe.lamina.tmp", ".folder.lamina.tmp"])


def test_where_there_are_no_locks_nothing_is_cleared(tmp_path, monkeypatch):
    (tmp_path / ".a.x.lamina.tmp").write_text("")

    def refuse(*args):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(_leftovers.fcntl, "flock", refuse)
    write_bytes(tmp_path / "b", b"1")
    assert names(tmp_path) == [".a.x.lamina.tmp", "b"]
    monkeypatch.undo()
    write_bytes(tmp_path / "b", b"2")
    assert names(tmp_path) == ["b"]
