"""RemoteMonitor, against a server on this machine."""

import http.server
import json
import threading
import urllib.parse

import numpy as np
import pytest

from lamina import callbacks, layers
from lamina.models import Sequential


@pytest.fixture
def server():
    """Its URL, and the requests that came."""
    came = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            came.append((self.path, dict(self.headers), body))
            self.send_response(500 if self.path == "/broken" else 200)
            self.end_headers()

        def log_message(self, *args):
            pass

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}", came
    running.shutdown()
    running.server_close()
    thread.join()


def fit(monitor):
    model = Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    return model.fit(np.ones((4, 2)), np.ones((4, 1)), epochs=2, verbose=0, callbacks=[monitor]).history


def test_logs_come_as_a_form(server):
    history = fit(callbacks.RemoteMonitor(root=server[0], headers={"X-Run": "7"}))
    assert [path for path, _, _ in server[1]] == ["/publish/epoch/end/"] * 2
    for epoch, (_, headers, body) in enumerate(server[1]):
        assert headers["X-Run"] == "7"
        sent = json.loads(urllib.parse.parse_qs(body)["data"][0])
        assert sent == {"epoch": epoch, "loss": pytest.approx(history["loss"][epoch])}


def test_logs_come_as_json(server):
    fit(callbacks.RemoteMonitor(root=server[0], path="/here", send_as_json=True))
    path, headers, body = server[1][1]
    assert path == "/here" and headers["Content-Type"] == "application/json" and json.loads(body)["epoch"] == 1


def test_arrays_are_sent_as_lists(server):
    monitor = callbacks.RemoteMonitor(root=server[0], send_as_json=True)
    monitor.on_epoch_end(3, {"f1": np.array([0.5, 1.0]), "n": np.int64(2)})
    assert json.loads(server[1][0][2]) == {"epoch": 3, "f1": [0.5, 1.0], "n": 2}


def test_a_server_that_does_not_take_them_costs_a_warning(server):
    with pytest.warns(UserWarning, match="did not take the logs of epoch 0: .*500"):
        callbacks.RemoteMonitor(root=server[0], path="/broken").on_epoch_end(0, {})
    with pytest.warns(UserWarning, match="RemoteMonitor: http://127.0.0.1:1 did not take"):
        callbacks.RemoteMonitor(root="http://127.0.0.1:1").on_epoch_end(0, {"loss": 1.0})


def test_root_must_be_a_web_address():
    with pytest.raises(ValueError, match="root must be a URL with http or https; got 'file:///etc'"):
        callbacks.RemoteMonitor(root="file:///etc")
