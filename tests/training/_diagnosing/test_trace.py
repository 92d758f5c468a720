"""The first value that is not finite is traced to its layer, its operation, and its rows."""

import warnings

import numpy as np
import pytest

import lamina
from lamina import layers, ops
from lamina.training._diagnosing._trace import trace

X = np.random.default_rng(0).normal(size=(8, 4)).astype("float32")
PLACES = np.arange(100, 108)


class Own(layers.Layer):
    """A layer that computes what it is told."""

    def __init__(self, function, **options):
        super().__init__(**options)
        self.function = function

    def call(self, x):
        return self.function(x)


def traced(function, x=X, y=None, loss="mse", grew=False):
    chain = [lamina.Input((4,)), Own(function, name="own"), layers.Dense(1, name="end")]
    model = lamina.Sequential(chain, name="net")
    model.compile("sgd", loss)
    return trace(model, (x, X[:, :1] if y is None else y, None), PLACES, grew)


def test_a_finite_step_has_no_origin():
    assert traced(lambda x: x) is None


@pytest.mark.parametrize(
    ("function", "operation", "cause"),
    [
        (lambda x: ops.log(ops.abs(x) * 0), "log", "logarithm of zero"),
        (lambda x: ops.log(-ops.abs(x) - 1), "log", "logarithm of a negative number"),
        (lambda x: ops.divide(x, ops.zeros_like(x)), "divide", "division by zero"),
        (lambda x: ops.exp(1000 + x), "exp", "overflow"),
        (lambda x: ops.sqrt(-1 - ops.square(x)), "sqrt", "root of a negative number"),
    ],
)
def test_forward(function, operation, cause):
    origin = traced(function)
    assert (origin.layer, origin.operation, origin.direction, origin.cause) == ("net/own", operation, "forward", cause)
    assert origin.rows == PLACES.tolist()


def test_what_float16_cannot_hold():
    model = lamina.Sequential([
        lamina.Input((4,)), layers.Dense(8, "relu", dtype="float16", name="half"), layers.Dense(1, dtype="float32"),
    ])  # fmt: skip
    model.compile("sgd", "mse")
    x = X.copy()
    x[3, 0] = 1e6
    origin = trace(model, (x, X[:, :1], None), PLACES, False)
    assert (origin.layer.rpartition("/")[2], origin.cause, 103 in origin.rows) == ("half", "range of float16", True)
    x[3, 0] = np.nan
    assert trace(model, (x, X[:, :1], None), PLACES, False).cause == "data"


def test_rows_of_the_data():
    x = X.copy()
    x[[2, 5], 1] = np.nan
    origin = traced(lambda x: x, x=x)
    assert (origin.layer, origin.cause, origin.rows) == (None, "data", [102, 105])
    y = X[:, :1].copy()
    y[3] = np.inf
    assert traced(lambda x: x, y=y).rows == [103]


def test_the_loss():
    origin = traced(lambda x: x, loss=lambda t, p: ops.mean(ops.log(ops.square(p) * 0), axis=-1))
    assert (origin.layer, origin.operation, origin.cause) == ("loss", "log", "logarithm of zero")


def test_a_slope_that_is_infinite():
    chain = [lamina.Input((4,)), layers.Dense(3, name="first"), Own(lambda x: ops.sqrt(0 * ops.abs(x)), name="own")]
    model = lamina.Sequential([*chain, layers.Dense(1)], name="net")
    model.compile("sgd", "mse")
    origin = trace(model, (X, X[:, :1], None), PLACES, False)
    assert (origin.layer, origin.operation, origin.direction) == ("net/own", "sqrt", "gradient")
    assert origin.cause == "root at zero"


def test_weights_that_grew_made_an_overflow():
    assert traced(lambda x: ops.exp(1000 + x), grew=True).cause == "step size"


def test_callback_says_where(capsys):
    chain = [lamina.Input((4,)), Own(lambda x: ops.log(x), name="own"), layers.Dense(1)]
    model = lamina.Sequential(chain, name="net")
    model.compile("sgd", "mse")
    stop = lamina.callbacks.TerminateOnNaN()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a warning comes before the step on the engines where a pass is cheap
        model.fit(X, X[:, :1], verbose=0, callbacks=[stop])
    assert "in net/own, by ops.log (forward)" in capsys.readouterr().out


def test_the_step_that_went_wrong_is_found_again():
    """Finite at first; later a weight has run away."""
    lamina.utils.set_random_seed(0)
    x = np.random.default_rng(0).normal(size=(256, 8)).astype("float32")
    chain = [lamina.Input((8,)), *[layers.Dense(64, activation="relu") for _ in range(3)], layers.Dense(1)]
    model = lamina.Sequential(chain)
    model.compile(lamina.optimizers.SGD(0.5), "mse")
    with pytest.warns(lamina.diagnosis.DiagnosisWarning, match="non-finite-loss") as caught:
        model.fit(x, 30 * x[:, :1] ** 2, epochs=2, verbose=0)
    finding = caught[0].message.finding
    assert finding.evidence["cause"] in ("step size", "overflow")


def test_it_is_found_again_after_many_short_epochs():
    """The state is kept now and then only, and several epochs are gone through once more."""
    lamina.utils.set_random_seed(0)
    x = np.random.default_rng(0).normal(size=(32, 8)).astype("float32")
    model = lamina.Sequential([lamina.Input((8,)), layers.Dense(1, name="line")])
    model.compile(lamina.optimizers.SGD(3.0), "mse")
    with pytest.warns(lamina.diagnosis.DiagnosisWarning) as caught:
        model.fit(x, x[:, :1], epochs=200, verbose=0)
    found = [w.message.finding for w in caught]
    assert [f.rule for f in found][-1] in ("non-finite-loss", "learning-rate-high", "loss-diverging")
    lost = next((f for f in found if f.rule == "non-finite-loss"), None)
    assert lost is None or lost.evidence["cause"] in ("step size", "overflow")
