"""A network whose loss does not fall is looked at again, once for each `compile`."""

import warnings

import numpy as np

import lamina
from lamina import layers
from lamina.engines import engine
from lamina.training._diagnosing import _watch


def test_it_is_looked_at_once(monkeypatch):
    looks = []
    original = _watch.case_now
    monkeypatch.setattr(_watch, "case_now", lambda *args: looks.append(1) or original(*args))
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(128, 4)).astype("float32"), rng.normal(size=(128, 1)).astype("float32")
    model = lamina.Sequential([layers.Dense(1)])

    def fit_twice():
        model.compile(lamina.optimizers.SGD(1e-7), "mse")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", lamina.diagnosis.DiagnosisWarning)
            for _ in range(2):
                model.fit(x, y, batch_size=2, epochs=3, verbose=0)
        return len(looks)

    each = 0 if engine.COSTLY_TRACES else 1  # no look where each costs a compilation
    assert fit_twice() == each
    assert fit_twice() == 2 * each
