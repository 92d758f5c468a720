"""The service over HTTP, on loopback: what it answers, what it refuses, and what it survives."""

import importlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import lamina
from lamina.serving._app import make_app
from lamina.serving._settings import ServeSettings

from .conftest import Running, free_port, small_model

X = np.random.default_rng(0).normal(size=(6, 3)).astype("float32")


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    sizes = [7 * n % 40 for n in range(40)]
    rows = {
        "size": sizes,
        "colour": ["red" if n % 2 else "blau" for n in sizes],
        "kind": ["B" if n > 20 else "A" for n in sizes],
    }
    model = lamina.fit_table(rows, target="kind", folds=2, hidden=(), verbose=False)
    path = tmp_path_factory.mktemp("table") / "model.keras"
    model.save(str(path))
    running = Running(path)
    yield running, model
    running.stop()


def test_a_network_answers_as_predict(service):
    expected = X @ np.arange(6).reshape(3, 2)
    for document in ({"inputs": X.tolist()}, {"inputs": {"x": X.tolist()}}):
        status, reply = service.json(document)
        assert status == 200
        np.testing.assert_allclose(reply["predictions"], expected, rtol=1e-5)
    file = io.BytesIO()
    np.save(file, X)
    status, reply = service.json(file.getvalue(), kind="application/x-npy")
    assert status == 200
    np.testing.assert_allclose(reply["predictions"], expected, rtol=1e-5)


def test_a_table_answers_by_row_and_by_column(table):
    service, model = table
    columns = {"size": [3, 30, None], "colour": ["red", "blau", None]}
    rows = [dict(zip(columns, values)) for values in zip(*columns.values())]
    expected = model.predict(columns).tolist()
    for document in ({"columns": columns}, {"rows": rows}):
        status, reply = service.json(document)
        assert status == 200, reply
        assert [answer["class"] for answer in reply["predictions"]] == expected
    shares = [answer["probabilities"] for answer in reply["predictions"]]
    np.testing.assert_allclose(
        [[s[c] for c in model.target.classes] for s in shares], model.predict_proba(columns), rtol=1e-5
    )


@pytest.mark.parametrize(
    "document, words",
    [
        ({"columns": {"size": [1]}}, "colour"),
        ({"rows": [{"colour": "red"}]}, "size"),
        ({"rows": []}, "at least one"),
        ({"rows": [[1, 2]]}, "array of objects"),
        ({"columns": {"size": [1, 2], "colour": ["red"]}}, "equally many"),
        ({"rows": [{"size": [1], "colour": "red"}]}, "array or object"),
        ({"rows": [{"size": 1, "colour": "red"}], "columns": {}}, "Expected"),
        ([1, 2], "Expected"),
        ({"rows": [{"size": s, "colour": "red"} for s in (1, 2, 3, "abc")]}, "1 entry ('abc'), taken as missing"),
    ],
)
def test_wrong_tables_are_named(table, document, words):
    status, reply = table[0].json(document)
    assert status == 422 and words in reply["error"]


@pytest.mark.parametrize(
    "body, status, words",
    [
        (b"{", 422, "not JSON"),
        (b"\xff\xfe", 422, "not JSON"),
        (b'{"inputs": [[NaN, 1, 2]]}', 422, "NaN is no number"),
        (b'{"inputs": [[1e999, 1, 2]]}', 422, "infinite"),
        (b'{"inputs": [[1, 2]]}', 422, "must have the shape"),
        (b'{"inputs": [[1, 2, 3], [1, 2]]}', 422, "equally long rows"),
        (b'{"inputs": [["a", "b", "c"]]}', 422, "float32"),
        (b'{"inputs": {"y": [[1, 2, 3]]}}', 422, "has the inputs"),
        (b'{"inputs": []}', 422, "must have the shape"),
        (b"[" * 10_000, 422, "cannot be read"),
        (b'{"inputs": [[' + b"9" * 5000 + b", 1, 2]]}", 422, "cannot be read"),
        (json.dumps({"inputs": [[0, 0, 0]] * 51}).encode(), 413, "at most 50"),
        (b" " * 20_001, 413, "larger than 20000 bytes"),
    ],
)  # fmt: skip
def test_bad_bodies_are_refused_and_the_service_goes_on(service, body, status, words):
    found, reply = service.json(body)
    assert found == status and words in reply["error"]
    assert service.json({"inputs": X.tolist()})[0] == 200


def test_a_file_of_objects_is_not_unpickled(service):
    file = io.BytesIO()
    np.save(file, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    status, reply = service.json(file.getvalue(), kind="application/x-npy")
    assert status == 422 and "no .npy file of numbers" in reply["error"]


def test_many_clients_lose_nothing_and_are_answered_together(network):
    service = Running(network, wait_ms=5.0)
    try:

        def one(n):
            x = np.full((1 + n % 3, 3), n, "float32")
            status, reply = service.json({"inputs": x.tolist()})
            assert status == 200
            np.testing.assert_allclose(reply["predictions"], x @ np.arange(6).reshape(3, 2), rtol=1e-5)

        with ThreadPoolExecutor(24) as pool:
            list(pool.map(one, range(240)))
        text = service.ask(path="/metrics")[1].decode()
        counts = {
            line.split(" ")[0]: float(line.split(" ")[1]) for line in text.splitlines() if line and line[0] != "#"
        }
        assert counts['lamina_requests_total{status="200"}'] == 240
        assert counts["lamina_rows_total"] == sum(1 + n % 3 for n in range(240)) == counts["lamina_batch_rows_sum"]
        assert counts["lamina_batch_rows_count"] < 240  # some were answered together
    finally:
        service.stop()


def test_too_many_requests_are_refused(network):
    service = Running(network, most_waiting=1, wait_ms=200.0)
    try:
        with ThreadPoolExecutor(12) as pool:
            found = list(pool.map(lambda _: service.json({"inputs": X.tolist()}), range(12)))
        assert {status for status, _ in found} == {200, 429}
        assert all("Too many requests" in reply["error"] for status, reply in found if status == 429)
    finally:
        service.stop()


def test_a_slow_body_is_given_up(network):
    service = Running(network, timeout_s=0.3)
    try:
        with socket.create_connection(("127.0.0.1", service.port)) as slow:
            slow.sendall(b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
            slow.settimeout(10)
            assert slow.recv(100).startswith(b"HTTP/1.1 408")
        assert service.json({"inputs": X.tolist()})[0] == 200
    finally:
        service.stop()


def test_the_token_is_asked_for(network):
    service = Running(network, token="secret")
    try:
        assert service.json({"inputs": X.tolist()})[0] == 401
        assert service.json({"inputs": X.tolist()}, Authorization="Bearer wrong")[0] == 401
        assert service.json({"inputs": X.tolist()}, Authorization="Bearer secret")[0] == 200
        assert b'id="token"' in service.ask(path="/")[1]
    finally:
        service.stop()


def test_a_new_file_is_taken_and_a_damaged_one_is_not(tmp_path):
    path = tmp_path / "model.keras"
    small_model().save(path)
    service = Running(path)
    try:

        def until(condition):
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline:
                state = service.json(path="/ready")[1]
                if condition(state):
                    return state
                time.sleep(0.1)
            raise AssertionError(state)

        small_model(2.0).save(path)
        until(lambda state: state["version"] == 2)
        expected = 2 * X @ np.arange(6).reshape(3, 2)
        np.testing.assert_allclose(service.json({"inputs": X.tolist()})[1]["predictions"], expected, rtol=1e-5)
        (tmp_path / "other").write_bytes(b"no model")
        os.replace(tmp_path / "other", path)
        assert until(lambda state: state["error"])["version"] == 2
        np.testing.assert_allclose(service.json({"inputs": X.tolist()})[1]["predictions"], expected, rtol=1e-5)
    finally:
        service.stop()


def test_the_description_and_the_page_hold_an_example_that_is_answered(table, service):
    for running in (table[0], service):
        status, described = running.json(path="/openapi.json")
        example = described["paths"]["/predict"]["post"]["requestBody"]["content"]["application/json"]["example"]
        assert status == 200 and running.json(example)[0] == 200
        page = running.ask(path="/")[1].decode()
        assert "<form" in page and "src=" not in page and page.count("http") == 0  # nothing from outside
    assert service.json(path="/health") == (200, {"status": "ok"})


def test_the_command_stops_gracefully(network):
    port = free_port()
    command = [sys.executable, "-m", "lamina", "serve", str(network), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert f":{port}" in process.stdout.readline()
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline:
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=5) as reply:
                        assert json.load(reply)["ready"]
                    break
                except OSError:
                    time.sleep(0.1)
            process.send_signal(signal.SIGTERM)
            process.wait(30)
        finally:
            process.kill()
    assert process.returncode in (0, -signal.SIGTERM)


def test_what_is_no_model_is_named(tmp_path):
    (tmp_path / "no.keras").write_bytes(b"nothing")
    with pytest.raises(lamina.saving.ModelFileError, match=r"no\.keras"):
        make_app(str(tmp_path / "no.keras"), ServeSettings())


def test_malformed_requests_among_good_ones_lose_none(network, monkeypatch):
    """A sample of `python benchmarks/serving.py --abuse 100000`."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "benchmarks"))
    serving = importlib.import_module("serving")
    service = Running(network)
    try:
        good = json.dumps({"inputs": X.tolist()}).encode()
        found = serving.abuse(service.port, good, clients=6, requests=900)
        assert (found["wrong"], found["lost"]) == (0, 0) and found["200"] == 450 and sum(found.values()) == 900
        assert found["422"] > 300 and found["404"] > 20 and found.get("413", 0) + found.get("closed", 0) > 0
    finally:
        service.stop()
