"""`lamina playground`, without the page itself."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest


def test_export_writes_a_page(lamina, tmp_path):
    path = tmp_path / "page.html"
    result = lamina("playground", "--export", path, "--link", "#data=xor&layers=2", "--epochs", 3)
    assert "3 epochs of xor" in result.output
    assert "xor_gate" in path.read_text()
    assert "--force" in lamina.fails("playground", "--export", path)
    lamina("playground", "--export", path, "--epochs", 1, "--force")


def test_export_of_a_table(lamina, tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("a,b\n" + "\n".join(f"{i},{2 * i}.5" for i in range(20)))
    lamina("playground", "--export", tmp_path / "page.html", "--csv", table, "--epochs", 1)
    assert "table.csv" in (tmp_path / "page.html").read_text()
    assert "would be overwritten" in lamina.fails("playground", "--export", table, "--csv", table, "--force")


@pytest.mark.parametrize(
    "options, words",
    [
        (("--link", "#data=cats"), "data must be"),
        (("--link", "#data=csv"), "--csv"),
        (("--csv", "missing.csv"), "no such file"),
    ],
)
def test_mistakes_are_told_and_nothing_is_written(lamina, tmp_path, options, words):
    assert words in lamina.fails("playground", "--export", tmp_path / "page.html", *options)
    assert not list(tmp_path.iterdir())


def test_without_the_extra_it_is_named(lamina, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "lamina[playground]" in lamina.fails("playground")


def test_the_command_serves_until_it_is_stopped():
    pytest.importorskip("starlette")
    pytest.importorskip("uvicorn")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "lamina", "playground", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert f"http://127.0.0.1:{port}/" in process.stdout.readline()
        try:
            assert b"lamina" in page_at(port, process)
        finally:
            process.terminate()


def page_at(port, process):
    """The page, once it comes."""
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as reply:
                return reply.read()
        except urllib.error.URLError:
            assert process.poll() is None
            time.sleep(0.05)
