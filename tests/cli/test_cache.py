"""`lamina cache` says what is kept, and removes it."""

from lamina.cli._cache import show_cache
from lamina.engines.native.machine import _cache


def test_it_is_shown_and_removed(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("LAMINA_CACHE", str(tmp_path))
    show_cache(False)
    home = tmp_path / "machine"
    assert capsys.readouterr().out == f"{home}: 0 compiled modules, 0.0 MB of 128 at most.\n"
    _cache.write("a", bytes(2**20))
    show_cache(False)
    first, last = capsys.readouterr().out.splitlines()
    assert first == f"{home}: 1 compiled modules, 1.0 MB of 128 at most." and last.startswith("Last used: 2")
    show_cache(True)
    assert capsys.readouterr().out.splitlines()[1] == "1 removed."
    assert _cache.files() == []


def test_nothing_is_kept(monkeypatch, capsys):
    monkeypatch.setenv("LAMINA_CACHE", "0")
    show_cache(False)
    assert capsys.readouterr().out == "Nothing is kept: LAMINA_CACHE is 0.\n"
