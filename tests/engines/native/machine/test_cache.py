"""What was compiled is found again, and nothing but that: a damaged, foreign or planted file is as good as none."""

import os
import time

import numpy as np
import pytest

from lamina.engines import native
from lamina.engines.native.machine import _cache

POSIX = pytest.mark.skipif(os.name != "posix", reason="the system knows no users")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LAMINA_CACHE", str(tmp_path))
    return tmp_path / "machine"


def keep(key="a", content=b"some code"):
    _cache.write(key, content)
    return _cache.folder() / f"{key}.object"


def test_what_was_written_is_read():
    assert _cache.read("a") is None
    keep()
    assert _cache.read("a") == b"some code" and _cache.read("b") is None


def test_the_last_of_one_name_counts(home):
    keep(content=b"old")
    keep(content=b"new")
    assert _cache.read("a") == b"new" and [path.name for path in home.iterdir()] == ["a.object"]


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-1], lambda b: b"", lambda b: b + b"x", lambda b: b[:40] + b"!" + b[41:]]
)
def test_a_damaged_file_is_none(damage):
    path = keep(content=b"0123456789" * 9)
    path.write_bytes(damage(path.read_bytes()))
    assert _cache.read("a") is None
    keep(content=b"whole")
    assert _cache.read("a") == b"whole"


@POSIX
def test_rights_are_private(home):
    path = keep()
    assert home.stat().st_mode & 0o777 == 0o700 and path.stat().st_mode & 0o777 == 0o600


@POSIX
def test_what_others_can_write_is_not_read(home):
    path = keep()
    path.chmod(0o666)
    assert _cache.read("a") is None
    path.chmod(0o600)
    assert _cache.read("a") == b"some code"
    home.chmod(0o777)
    assert _cache.read("a") is None
    keep("b")
    assert not (home / "b.object").exists()


@POSIX
def test_links_are_not_followed(home, tmp_path):
    path = keep()
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert _cache.read("a") is None
    home.rename(tmp_path / "moved")
    home.symlink_to(tmp_path / "moved")
    path.unlink()
    (tmp_path / "elsewhere").rename(path)
    assert _cache.read("a") is None


def test_the_longest_unused_make_room(monkeypatch):
    monkeypatch.setattr(_cache, "LARGEST", 400)
    hour_ago = time.time() - 3600
    for k, key in enumerate("abc"):
        os.utime(keep(key, b"x" * 100), (hour_ago + k, hour_ago + k))  # with its digest each has 132 bytes
    _cache.read("a")
    keep("d", b"x" * 100)
    assert [_cache.read(key) is None for key in "abcd"] == [False, True, False, False]


def test_nothing_is_kept_if_so_asked(home, monkeypatch):
    monkeypatch.setenv("LAMINA_CACHE", "0")
    _cache.write("a", b"some code")
    assert _cache.folder() is None and _cache.read("a") is None and not home.exists()


def test_where_files_lie(monkeypatch, tmp_path):
    monkeypatch.delenv("LAMINA_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert _cache.folder() == tmp_path / "lamina" / "machine"


def test_a_folder_that_cannot_be_made_is_no_error(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("LAMINA_CACHE", str(tmp_path / "file"))
    _cache.write("a", b"some code")
    assert _cache.read("a") is None and _cache.files() == [] and _cache.clear() == 0


def test_all_is_removed(home):
    keep("a")
    keep("b")
    (home / "of somebody else").write_text("stays")
    assert [path.stem for path, _, _ in _cache.files()] == ["a", "b"]
    assert _cache.clear() == 2 and [path.name for path in home.iterdir()] == ["of somebody else"]


def test_names_tell_texts_apart():
    assert len({_cache.key_of("ab", "c"), _cache.key_of("a", "bc"), _cache.key_of("abc")}) == 3


def test_a_program_is_compiled_once(with_machine_code, monkeypatch, home):
    from lamina.engines.native.machine import _library

    def run():
        _library.library.cache_clear()
        return native.compile(lambda x: np.exp(x) * 3 + 1)(np.arange(5, dtype="float32"))

    compiled = []
    make = _library._compiled
    monkeypatch.setattr(_library, "_compiled", lambda *a: compiled.append(1) or make(*a))
    first = np.asarray(run())
    assert np.asarray(run()).tobytes() == first.tobytes() and len(compiled) == 1
    (path,) = home.iterdir()
    path.write_bytes(b"nonsense")
    assert np.asarray(run()).tobytes() == first.tobytes() and len(compiled) == 2
    assert np.asarray(run()).tobytes() == first.tobytes() and len(compiled) == 2


def test_what_was_only_translated_has_another_name(monkeypatch, home):
    pytest.importorskip("llvmlite")
    from lamina.engines.native.machine import _library

    text = "define void @f() {\n  ret void\n}\n"
    for quick in (False, True, True):
        _library.Library(text, quick)
    assert len(list(home.iterdir())) == 2
