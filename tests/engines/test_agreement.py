"""One seed, one program: the same start, and nearly the same weights after ten steps, on every engine."""

import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest

PROGRAM = """
import numpy as np

import lamina
from lamina import layers


def mlp():
    model = lamina.Sequential([lamina.Input((12,)), layers.Dense(16, activation="relu"), layers.BatchNormalization(),
                               layers.Dense(3, activation="softmax")])
    model.compile(lamina.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, (12,)


def convnet():
    model = lamina.Sequential([lamina.Input((8, 8, 3)), layers.Conv2D(6, 3, activation="relu"), layers.MaxPooling2D(),
                               layers.Conv2D(4, 3, padding="same", activation="gelu"), layers.GlobalAveragePooling2D(),
                               layers.Dense(3)])
    loss = lamina.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(lamina.optimizers.SGD(0.1, momentum=0.9), loss, metrics=["accuracy"])
    return model, (8, 8, 3)


def lstm():
    model = lamina.Sequential([lamina.Input((7, 5)), layers.LSTM(8, return_sequences=True), layers.GRU(6),
                               layers.Dense(3, activation="softmax")])
    model.compile(lamina.optimizers.RMSprop(0.01, clipnorm=1.0), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, (7, 5)


def train(make):
    lamina.utils.set_random_seed(7)
    model, shape = make()
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(150, *shape)).astype("float32"), rng.integers(0, 3, 150)
    found = {f"start{i}": w for i, w in enumerate(model.get_weights())}
    history = model.fit(x, y, batch_size=16, verbose=0).history
    found.update({f"end{i}": w for i, w in enumerate(model.get_weights())})
    found.update({k: np.array(v) for k, v in history.items()})
    found["evaluated"] = np.array(model.evaluate(x, y, batch_size=64, verbose=0))
    found["predicted"] = model.predict(x, batch_size=64, verbose=0)
    return found
"""


@pytest.fixture(scope="module")
def on_native(tmp_path_factory):
    path = tmp_path_factory.mktemp("native")
    save = "\nfor make in (mlp, convnet, lstm):\n    np.savez(make.__name__ + '.npz', **train(make))\n"
    environment = {**os.environ, "LAMINA_ENGINE": "native"}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(PROGRAM) + save],
        cwd=path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return path


@pytest.mark.parametrize("name", ["mlp", "convnet", "lstm"])
def test_ten_steps_agree_with_the_native_engine(name, on_native, engine_name):
    if engine_name == "native":
        pytest.skip("the native engine is what the others are compared with")
    program: dict = {}
    exec(PROGRAM, program)
    found, wanted = program["train"](program[name]), np.load(on_native / f"{name}.npz")
    assert sorted(found) == sorted(wanted)
    for key in wanted:
        if key.startswith("start"):
            np.testing.assert_array_equal(found[key], wanted[key], err_msg=key)
        else:
            np.testing.assert_allclose(found[key], wanted[key], rtol=1e-4, atol=1e-4, err_msg=key)
