"""Models in several threads and processes: each gives what it gives alone, and nothing waits for ever."""

import copy
import http.server
import os
import pickle
import subprocess
import sys
import textwrap
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from lamina import layers, models, optimizers
from lamina.engines import engine
from lamina.utils import set_random_seed

SECONDS = 120
RNG = np.random.default_rng(0)
X = RNG.normal(size=(96, 6)).astype("float32")
Y = (X[:, :1] * 2 - X[:, 1:2]).astype("float32")


def dense(seed=0):
    set_random_seed(seed)
    model = models.Sequential(
        [
            layers.Input((6,)),
            layers.Dense(8, "tanh"),
            layers.BatchNormalization(),
            layers.Dropout(0.2, seed=3),
            layers.Dense(1),
        ]
    )
    model.compile(optimizers.Adam(0.01), "mse", metrics=["mae"])
    return model


def recurrent(seed=0):
    set_random_seed(seed)
    x = layers.Input((6,))
    h = layers.LSTM(4)(layers.Reshape((3, 2))(x))
    model = models.Model(x, layers.Dense(1)(layers.Concatenate()([h, x])))
    model.compile("sgd", "mse")
    return model


def trained(make, seed=0, epochs=3):
    model = make(seed)
    model.fit(X, Y, epochs=epochs, batch_size=16, shuffle=False, verbose=0)
    return model


def same(a, b):
    """The same bits in all weights."""
    assert len(a) == len(b)
    for one, other in zip(a, b):
        np.testing.assert_array_equal(one, other)


def at_once(*functions):
    """What the functions give, run in a thread each that start together."""
    start = threading.Barrier(len(functions))

    def run(function):
        start.wait(SECONDS)
        return function()

    with ThreadPoolExecutor(len(functions)) as pool:
        return [future.result(SECONDS) for future in [pool.submit(run, function) for function in functions]]


@pytest.mark.parametrize("make", [dense, recurrent])
def test_eight_threads_predict_with_one_model(make):
    model = make()
    parts = [X[k : k + 40 + k] for k in range(8)]  # shapes of their own, traced while others run
    alone = [make().predict(part, verbose=0) for part in parts]
    for _ in range(3):
        for found, expected in zip(at_once(*(lambda p=p: model.predict(p, verbose=0) for p in parts)), alone):
            np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_eight_threads_call_one_model():
    model = dense()
    expected = np.asarray(model(X))
    for found in at_once(*(lambda: np.asarray(model(X)) for _ in range(8))):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_two_trainings_at_once_end_as_alone():
    alone = [trained(dense).get_weights(), trained(recurrent).get_weights()]
    one, other = dense(), recurrent()

    def fit(model):
        return model.fit(X, Y, epochs=3, batch_size=16, shuffle=False, verbose=0)

    at_once(lambda: fit(one), lambda: fit(other))
    same(one.get_weights(), alone[0])
    same(other.get_weights(), alone[1])


def test_one_trains_while_others_predict():
    reader, writer = recurrent(1), dense()
    expected = reader.predict(X, verbose=0)
    alone = trained(dense).get_weights()

    def fit():
        return writer.fit(X, Y, epochs=3, batch_size=16, shuffle=False, verbose=0)

    for found in at_once(fit, *(lambda: reader.predict(X, verbose=0) for _ in range(4)))[1:]:
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    same(writer.get_weights(), alone)


def test_in_the_worker_of_a_web_server():
    model = dense()
    expected = model.predict(X[:4], verbose=0)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            x = np.frombuffer(self.rfile.read(int(self.headers["Content-Length"])), "float32").reshape(-1, 6)
            body = model.predict(x, verbose=0).tobytes()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    def ask():
        with urllib.request.urlopen(
            f"http://127.0.0.1:{server.server_port}", X[:4].tobytes(), timeout=SECONDS
        ) as answer:
            return np.frombuffer(answer.read(), "float32").reshape(-1, 1)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            for found in at_once(*[ask] * 8):
                np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
        finally:
            server.shutdown()
            thread.join()


class Own(models.Model):
    """A subclassed model, which a pickle finds by its name."""

    def __init__(self, units=4, **kwargs):
        super().__init__(**kwargs)
        self.units, self.inner, self.head = units, layers.Dense(units, "relu"), layers.Dense(1)

    def call(self, x):
        return self.head(self.inner(x))


def own(seed=0):
    set_random_seed(seed)
    model = Own()
    model.compile("rmsprop", "mse")
    model.build((None, 6))
    return model


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))], ids=["deepcopy", "pickle"])
@pytest.mark.parametrize("make", [dense, recurrent, own])
def test_a_copy_goes_on_as_the_model_would(make, copied, monkeypatch):
    monkeypatch.setitem(sys.modules, Own.__module__, sys.modules.get(Own.__module__) or _this_module())
    model = trained(make, epochs=1)
    other = copied(model)
    same(model.get_weights(), other.get_weights())
    assert all(a is not b for a, b in zip(model.weights, other.weights))
    before = other.get_weights()
    model.fit(X, Y, epochs=2, batch_size=16, shuffle=False, verbose=0)
    same(other.get_weights(), before)  # nothing is shared
    other.fit(X, Y, epochs=2, batch_size=16, shuffle=False, verbose=0)
    if not model.optimizer.variables or engine.NAME == "native":
        same(model.get_weights(), other.get_weights())
    same(model.optimizer.variables[:1], other.optimizer.variables[:1])  # steps


def _this_module():
    import types

    module = types.ModuleType(Own.__module__)
    module.Own = Own
    return module


PROGRAM = """
import multiprocessing, os, signal, sys
import numpy as np
import lamina
from lamina import layers, models

x = np.ones((32, 6), "float32")
y = np.ones((32, 1), "float32")

def net():
    lamina.utils.set_random_seed(0)
    model = models.Sequential([layers.Input((6,)), layers.Dense(16, "tanh"), layers.Dense(1)])
    model.compile("adam", "mse")
    return model

def train(model):
    model.fit(x, y, epochs=2, batch_size=8, shuffle=False, verbose=0)
    return float(np.abs(model.predict(x, verbose=0)).sum())

def job(model):
    return train(model)

"""
FORK = """
expected = train(net())
used = net()
train(used)
results = []
for _ in range(3):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        os.write(writing, repr((train(net()), train(used))).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        results.append(pipe.read())
    assert os.waitpid(child, 0)[1] == 0, "the child hung"
assert len(set(results)) == 1 and repr(expected) in results[0], (expected, results)
assert train(net()) == expected
print("done")
"""
SPAWN = """
if __name__ == "__main__":
    model = net()
    expected = train(net())
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        found = pool.map(job, [model, net()])
    assert found == [expected, expected], (found, expected)
    print("done")
"""


def run_program(tmp_path, rest):
    script = tmp_path / "program.py"
    script.write_text(textwrap.dedent(PROGRAM) + textwrap.dedent(rest))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(script)],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        env=dict(os.environ),
    )
    assert done.stdout.strip() == "done", done.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.skipif(engine.NAME == "jax", reason="jax says itself that its threads do not survive a fork")
def test_a_forked_child_of_a_process_that_trained_trains(tmp_path):
    run_program(tmp_path, FORK)


def test_spawned_processes_get_a_model(tmp_path):
    run_program(tmp_path, SPAWN)
