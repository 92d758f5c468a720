"""A playground on loopback, and the network that its weights make."""

import base64
import json
import socket
import threading
import time
import urllib.error
import urllib.request

import numpy as np
import pytest


class Running:
    """A playground in a thread."""

    def __init__(self, classroom):
        uvicorn = pytest.importorskip("uvicorn")
        from lamina.playground._app import make_app

        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        app = make_app(classroom, ["127.0.0.1"])
        self.server = uvicorn.Server(uvicorn.Config(app, port=self.port, log_level="critical"))
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        deadline = time.monotonic() + 30
        while not self.server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        self.url = f"http://127.0.0.1:{self.port}/"

    def stop(self):
        self.server.should_exit = True
        self.thread.join(30)
        assert not self.thread.is_alive()

    def ask(self, path, document=None, **headers):
        """Status, headers and body; a document is posted as JSON."""
        data = None if document is None else document if isinstance(document, bytes) else json.dumps(document).encode()
        headers = ({} if data is None else {"Content-Type": "application/json"}) | headers
        try:
            with urllib.request.urlopen(urllib.request.Request(self.url + path, data, headers), timeout=60) as reply:
                return reply.status, reply.headers, reply.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def json(self, *args, **headers):
        status, _, body = self.ask(*args, **headers)
        return status, json.loads(body)


@pytest.fixture(scope="session")
def playground():
    pytest.importorskip("starlette")
    from lamina.playground._classroom import Classroom

    running = Running(Classroom())
    yield running
    running.stop()


def unpacked(text):
    return np.frombuffer(base64.b64decode(text), "<f4")
