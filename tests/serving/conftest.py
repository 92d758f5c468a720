"""A service in a thread, and the model behind it."""

import importlib
import json
import socket
import threading
import time
import urllib.error
import urllib.request

import numpy as np
import pytest

import lamina
from lamina import layers
from lamina.serving._app import make_app
from lamina.serving._settings import ServeSettings


@pytest.fixture(scope="session", autouse=True)
def extra():
    """Without the extra `serve` nothing here can run."""
    for module in ("starlette", "uvicorn", "prometheus_client"):
        pytest.importorskip(module)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Running:
    """A service in a thread."""

    def __init__(self, path, **options):
        self.port = free_port()
        uvicorn = importlib.import_module("uvicorn")
        config = uvicorn.Config(make_app(str(path), ServeSettings(**options)), port=self.port, log_level="critical")
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        deadline = time.monotonic() + 30
        while not self.server.started and time.monotonic() < deadline:
            time.sleep(0.01)

    def stop(self):
        self.server.should_exit = True
        self.thread.join(30)
        assert not self.thread.is_alive()

    def ask(self, body=None, path="/predict", kind="application/json", **headers):
        """Status and document."""
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": kind, **headers}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return reply.status, reply.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def json(self, *args, **kwargs):
        status, body = self.ask(*args, **kwargs)
        return status, json.loads(body)


def small_model(scale=1.0):
    model = lamina.Sequential([lamina.Input((3,), name="x"), layers.Dense(2, use_bias=False)])
    model.set_weights([np.arange(6, dtype="float32").reshape(3, 2) * scale])
    return model


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    path = tmp_path_factory.mktemp("network") / "model.keras"
    small_model().save(path)
    return path


@pytest.fixture(scope="module")
def service(network):
    running = Running(network, most_rows=50, most_bytes=20_000)
    yield running
    running.stop()
