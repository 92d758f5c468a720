"""`lamina.profile`: a step call by call, by layer, without changing the model."""

import numpy as np
import pytest

import lamina
from lamina import layers, ops
from lamina.engines.native.machine import _switch

pytestmark = pytest.mark.native_only("the native engine runs calls one by one")


def model(**compiled):
    lamina.utils.set_random_seed(0)
    made = lamina.Sequential(
        [
            lamina.Input((6,)),
            layers.Dense(5, activation="relu", name="hidden"),
            layers.BatchNormalization(name="normal"),
            layers.Dropout(0.5, name="drop"),
            layers.Dense(3, activation="softmax", name="out"),
        ]
    )
    made.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"], **compiled)
    return made


X, Y = np.random.default_rng(0).normal(size=(40, 6)).astype("float32"), np.arange(40) % 3


def test_rows_add_up_and_name_the_layers():
    said = []
    found = lamina.profile(model(), X, Y, batch_size=16, print_fn=said.append)
    by_layer = {s["layer"].split("/")[-1]: s for s in found.by_layer}
    names = list(by_layer)
    assert names[:4] == ["hidden", "normal", "drop", "out"]
    assert {"loss", "metrics", "optimizer"} <= set(names[4:])
    assert by_layer["hidden"]["forward"] > 0 and by_layer["hidden"]["backward"] > 0
    assert by_layer["optimizer"]["backward"] == 0
    # forward and kernel gradient in both, the gradient of the input in the second only; batches of 16
    products = {s["primitive"]: s for s in found.by_primitive}["matmul"]
    assert products["flops"] == 2 * 16 * (2 * 6 * 5 + 3 * 5 * 3)
    assert found.flops == sum(r["flops"] for r in found.rows) >= products["flops"]
    for sums in (found.by_layer, found.by_primitive):
        assert sum(s["seconds"] for s in sums) == pytest.approx(found.sum_seconds)
        assert sum(s["calls"] for s in sums) == len(found.rows)
        assert sum(s["bytes"] for s in sums) == found.bytes
    assert found.seconds > 0
    (text,) = said
    assert text == str(found)
    for word in ("hidden", "matmul", "forward ms", "backward ms", "of peak", "of bandwidth", "untiled"):
        assert word in text


def test_the_model_stays_as_it_was():
    one, other = model(), model()
    for m in (one, other):
        m.fit(X, Y, epochs=1, verbose=0, shuffle=False)
    before = [np.array(w) for w in one.get_weights()]
    lamina.profile(one, X, Y, print_fn=lambda text: None)
    for w, b in zip(one.get_weights(), before):
        np.testing.assert_array_equal(w, b)
    for m in (one, other):  # and so did optimizer, metrics and the seeds of dropout
        m.fit(X, Y, epochs=2, verbose=0, shuffle=False)
    for a, b in zip(one.get_weights(), other.get_weights()):
        np.testing.assert_array_equal(a, b)


def test_several_inputs_and_weights_of_samples():
    a, b = lamina.Input((2,), name="a"), lamina.Input((3,), name="b")
    both = lamina.Model([a, b], layers.Dense(1, name="join")(layers.Concatenate()([a, b])))
    both.compile("sgd", "mse")
    x = [np.ones((8, 2), "float32"), np.ones((8, 3), "float32")]
    found = lamina.profile(both, x, np.ones((8, 1)), sample_weight=np.ones(8), batch_size=4, print_fn=lambda text: None)
    assert any("join" in s["layer"] for s in found.by_layer)


def test_what_cannot_be_profiled_says_so(monkeypatch):
    with pytest.raises(ValueError, match="not compiled"):
        lamina.profile(lamina.Sequential([lamina.Input((6,)), layers.Dense(1)]), X, Y)
    with pytest.raises(RuntimeError, match="run_eagerly"):
        lamina.profile(model(run_eagerly=True), X, Y)
    with pytest.raises(ValueError, match="batch_size"):
        lamina.profile(model(), X, Y, batch_size=0)
    with pytest.raises(TypeError, match="arrays"):
        lamina.profile(model(), iter([(X, Y)]))
    monkeypatch.delattr("lamina.engines.native.measure")
    with pytest.raises(RuntimeError, match="native engine"):
        lamina.profile(model(), X, Y)


def test_it_says_of_what_machine_code_is_made(monkeypatch):
    """All of a perceptron; nothing of the inverse of erf."""
    pytest.importorskip("llvmlite")
    monkeypatch.setattr(_switch, "_chosen", [_switch.Machine.LATER])
    found = lamina.profile(model(), X, Y, print_fn=lambda text: None)
    assert found.machine_share == 1.0
    assert "Machine code is made of 100% of it." in str(found)
    quantile = layers.Lambda(lambda x: ops.erfinv(0.1 * x))
    noisy = lamina.Sequential([lamina.Input((6,)), quantile, layers.Dense(3, activation="softmax")])
    noisy.compile("sgd", "sparse_categorical_crossentropy")
    found = lamina.profile(noisy, X, Y, print_fn=lambda text: None)
    assert 0 < found.machine_share < 1
    assert "not of erfinv." in str(found)


def test_nothing_is_said_of_it_where_it_is_switched_off(monkeypatch):
    monkeypatch.setattr(_switch, "_chosen", [_switch.Machine.NEVER])
    found = lamina.profile(model(), X, Y, print_fn=lambda text: None)
    assert found.machine_share is None
    assert "Machine code" not in str(found)
