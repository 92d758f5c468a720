"""The loss of the best constant: no other constant has less, by the losses themselves."""

import numpy as np
import pytest

from lamina import losses
from lamina.diagnosis._head import Head
from lamina.engines import engine
from lamina.training._diagnosing._floor import floor_of

RNG = np.random.default_rng(0)
SKEWED = np.stack([RNG.exponential(2.0, 200), RNG.gamma(3.0, 0.3, 200)], axis=1).astype("float32")


def head(loss, name, y, **known):
    def judge(y_true, y_pred):
        return float(np.mean(engine.numpy(loss(engine.tensor(y_true), engine.tensor(y_pred)))))

    return Head(loss=name, y=y, units=y.shape[-1], judge=judge, **known)


@pytest.mark.parametrize(
    "loss, name, options",
    [
        (losses.MeanSquaredError(), "mean_squared_error", {}),
        (losses.MeanAbsoluteError(), "mean_absolute_error", {}),
        (losses.MeanSquaredLogarithmicError(), "mean_squared_logarithmic_error", {}),
        (losses.Huber(), "huber", {}),
        (losses.Huber(delta=0.2), "huber", {"delta": 0.2}),
        (losses.LogCosh(), "log_cosh", {}),
        (losses.Poisson(), "poisson", {}),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_of_numbers(loss, name, options):
    one = head(loss, name, SKEWED, options=options)
    columns = [
        min(one.judge(y[:, None], np.full_like(y[:, None], c)) for c in np.linspace(0.01, y.max(), 2000))
        for y in SKEWED.T
    ]
    assert floor_of([one]) == pytest.approx(np.mean(columns), rel=1e-3)


def test_of_distributions():
    y = RNG.dirichlet([1.0, 2.0, 4.0], 100)
    one = head(losses.KLDivergence(), "kl_divergence", y, activation="softmax")
    found = floor_of([one])
    assert found == pytest.approx(one.judge(y, np.tile(y.mean(axis=0), (100, 1))), rel=1e-4)
    for _ in range(50):
        assert one.judge(y, np.tile(RNG.dirichlet(100 * y.mean(axis=0)), (100, 1))) > 0.9999 * found
    # Outputs that need not be shares have no best constant.
    assert floor_of([head(losses.KLDivergence(), "kl_divergence", y, activation="relu")]) is None


def test_where_it_is_not_known():
    assert floor_of([head(losses.Poisson(), "poisson", -SKEWED)]) is None
    assert floor_of([head(losses.Poisson(), "poisson", 100 * SKEWED)]) is None  # below 0
    assert floor_of([head(losses.MeanSquaredLogarithmicError(), "mean_squared_logarithmic_error", -SKEWED)]) is None
    assert floor_of([head(losses.Hinge(), "hinge", SKEWED)]) is None
    assert floor_of([head(losses.Huber(), "huber", SKEWED)] * 2) is None
