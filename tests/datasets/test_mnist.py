"""The loader of MNIST, fed by a server on this machine."""

import hashlib
import http.server
import io
import os
import threading

import numpy as np
import pytest

from lamina import datasets
from lamina.datasets import _mnist
from lamina.utils import _get_file


@pytest.fixture
def content():
    rng = np.random.default_rng(0)
    parts = {}
    for name, n in (("train", 6), ("test", 2)):
        parts[f"x_{name}"] = rng.integers(0, 256, (n, 28, 28), dtype="uint8")
        parts[f"y_{name}"] = rng.integers(0, 10, n, dtype="uint8")
    buffer = io.BytesIO()
    np.savez(buffer, **parts)
    return buffer.getvalue(), parts


@pytest.fixture
def server(content, monkeypatch, tmp_path):
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            if self.path != "/mnist.npz":
                self.send_error(404)
                return
            self.send_response(200)
            self.end_headers()
            self.wfile.write(content[0])

        def log_message(self, *args): ...

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    monkeypatch.setenv("LAMINA_HOME", str(tmp_path))
    monkeypatch.setattr(_mnist, "ORIGIN", f"http://127.0.0.1:{running.server_port}/mnist.npz")
    monkeypatch.setattr(_mnist, "SHA256", hashlib.sha256(content[0]).hexdigest())
    yield asked
    running.shutdown()
    running.server_close()
    thread.join()


def test_is_fetched_once_and_kept(server, content, tmp_path):
    (x_train, y_train), (x_test, y_test) = datasets.mnist.load_data()
    for found, name in ((x_train, "x_train"), (y_train, "y_train"), (x_test, "x_test"), (y_test, "y_test")):
        np.testing.assert_array_equal(found, content[1][name])
    datasets.mnist.load_data()
    assert server == ["/mnist.npz"]
    assert os.listdir(tmp_path / "datasets") == ["mnist.npz"]


def test_a_changed_file_is_fetched_again(server, tmp_path):
    datasets.mnist.load_data()
    (tmp_path / "datasets" / "mnist.npz").write_bytes(b"broken")
    datasets.mnist.load_data()
    assert len(server) == 2


def test_wrong_content_is_not_kept(server, monkeypatch, tmp_path):
    monkeypatch.setattr(_mnist, "SHA256", "0" * 64)
    with pytest.raises(ValueError, match="SHA-256 .* it was not kept"):
        datasets.mnist.load_data()
    assert os.listdir(tmp_path / "datasets") == []


def test_no_server_says_what_to_do(server, monkeypatch, tmp_path):
    monkeypatch.setattr(_mnist, "ORIGIN", _mnist.ORIGIN.replace("mnist.npz", "nothing.npz"))
    with pytest.raises(OSError, match=r"Could not fetch .*404.*Put the file at .*mnist\.npz yourself"):
        datasets.mnist.load_data()


def test_own_file_by_absolute_path(server, content, tmp_path):
    path = tmp_path / "mine.npz"
    path.write_bytes(content[0])
    (x_train, _), _ = datasets.mnist.load_data(str(path))
    assert x_train.shape == (6, 28, 28) and server == []


def test_where_files_are_kept(monkeypatch):
    monkeypatch.delenv("LAMINA_HOME", raising=False)
    monkeypatch.setenv("KERAS_HOME", "/k")
    assert _get_file.cache_home() == "/k"
    monkeypatch.setenv("LAMINA_HOME", "/l")
    assert _get_file.cache_home() == "/l"
    monkeypatch.delenv("LAMINA_HOME")
    monkeypatch.delenv("KERAS_HOME")
    assert _get_file.cache_home() == os.path.join(os.path.expanduser("~"), ".keras")
