"""What is explained is what the model computes: sums by `predict`, gradients by the tape."""

import re

import numpy as np
import pytest

import lamina
from lamina import layers, regularizers

RNG = np.random.default_rng(0)


def made(*stack, shape, loss="mse"):
    lamina.utils.set_random_seed(1)
    model = lamina.Sequential([lamina.Input(shape), *stack])
    for weight in model.trainable_weights:  # biases that are zero would hide what is forgotten
        weight.assign(RNG.normal(0, 0.5, weight.shape))
    model.compile(loss=loss)
    return model


def tape_gradients(model, x, y):
    with lamina.GradientTape() as tape:
        loss = model.compute_loss(x=x, y=y, y_pred=model(x, training=False), training=False)
    found = tape.gradient(loss, model.trainable_variables)
    return float(lamina.ops.convert_to_numpy(loss)), [lamina.ops.convert_to_numpy(g) for g in found]


def told_gradients(explanation, layer, weight):
    """The gradient of a weight as the lines tell it, by index; those of penalties added."""
    found = {}
    for row in explanation.rows:
        match = re.match(rf"{weight}\[([\d, ]*)\]", row["what"])
        if row["direction"] == "backward" and row["layer"] == layer and match:
            index = tuple(int(n) for n in match[1].split(",") if n.strip())
            found[index] = found.get(index, 0.0) + row["value"]
    return found


def check(model, x, y):
    """All outputs and all gradients, in every number."""
    explanation = model.explain(x, y, most=None)
    np.testing.assert_allclose(explanation.outputs, model.predict(x[None], verbose=0), rtol=1e-5, atol=1e-6)
    last = model.layers[-1].name
    rows = [r for r in explanation.rows if r["direction"] == "forward" and r["layer"] == last]
    outs = [r["value"] for r in rows if r["what"].endswith("output")] or [r["value"] for r in rows]
    np.testing.assert_allclose(outs, np.ravel(explanation.outputs), rtol=1e-4, atol=1e-6)
    loss, gradients = tape_gradients(model, x[None], y[None])
    assert explanation.loss == pytest.approx(loss, rel=1e-5)
    for weight, gradient in zip(model.trainable_variables, gradients, strict=True):
        layer = next(layer for layer in model.layers if any(weight is w for w in layer.weights))
        told = told_gradients(explanation, layer.name, weight.name)
        assert len(told) == gradient.size, (layer.name, weight.name)
        flat = [told[index] for index in np.ndindex(gradient.shape)]
        np.testing.assert_allclose(flat, gradient.ravel(), rtol=2e-3, atol=2e-5, err_msg=f"{layer.name}/{weight.name}")
    check_formulas(explanation)
    return explanation


def check_formulas(explanation):
    """What is written gives what is said, up to the digits that are shown."""
    arithmetic = re.compile(r"[\d.e+\-*() ]+")
    checked = 0
    for row in explanation.rows:
        formula = row["formula"].replace("·", "*")
        if formula and arithmetic.fullmatch(formula):
            size = sum(abs(float(n)) for n in re.findall(r"\d+\.?\d*(?:e[+-]\d+)?", formula)) + 1
            assert eval(formula) == pytest.approx(row["value"], rel=1e-2, abs=2e-3 * size), row
            checked += 1
    assert checked > 3


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "gelu", None])
def test_dense_layers(activation):
    model = made(layers.Dense(4, activation=activation), layers.Dense(3, activation="softmax"), shape=(3,), loss="mse")
    check(model, RNG.normal(size=3).astype("float32"), np.array([0.0, 1.0, 0.0], "float32"))


@pytest.mark.parametrize("loss", ["binary_crossentropy", "sparse_categorical_crossentropy"])
def test_losses_of_classes(loss):
    units, last, y = (1, "sigmoid", [1.0]) if loss.startswith("binary") else (3, "softmax", 2)
    model = made(layers.Dense(2, activation="tanh"), layers.Dense(units, activation=last), shape=(2,), loss=loss)
    check(model, np.array([0.3, -1.2], "float32"), np.array(y))


def test_dense_over_places_and_without_bias():
    model = made(layers.Dense(2, activation="tanh", use_bias=False), layers.Dense(1), shape=(4, 3))
    check(model, RNG.normal(size=(4, 3)).astype("float32"), RNG.normal(size=(4, 1)).astype("float32"))


@pytest.mark.parametrize(
    "layer, shape",
    [
        (lambda: layers.Conv1D(2, 3, activation="relu"), (6, 2)),
        (lambda: layers.Conv1D(2, 3, padding="causal", dilation_rate=2), (6, 2)),
        (lambda: layers.Conv2D(2, (2, 3), strides=2, padding="same", activation="tanh"), (5, 4, 2)),
        (lambda: layers.Conv2D(2, 2, dilation_rate=2, use_bias=False), (5, 5, 1)),
        (lambda: layers.Conv3D(2, 2, padding="same"), (2, 3, 2, 1)),
    ],
)
def test_convolutions(layer, shape):
    model = made(layer(), layers.Flatten(), layers.Dense(1), shape=shape)
    explanation = check(model, RNG.normal(size=shape).astype("float32"), np.array([0.5], "float32"))
    assert "window from" in str(explanation)


@pytest.mark.parametrize("sequences", [True, False])
@pytest.mark.parametrize(
    "layer",
    [
        lambda **k: layers.SimpleRNN(2, **k),
        lambda **k: layers.SimpleRNN(2, activation="relu", use_bias=False, go_backwards=True, **k),
        lambda **k: layers.LSTM(2, **k),
        lambda **k: layers.LSTM(2, activation="softsign", recurrent_activation="hard_sigmoid", **k),
        lambda **k: layers.GRU(2, **k),
        lambda **k: layers.GRU(2, reset_after=False, go_backwards=True, **k),
    ],
)
def test_recurrent_layers(layer, sequences):
    model = made(layer(return_sequences=sequences, name="recurrent"), layers.Dense(1), shape=(4, 3))
    y = RNG.normal(size=(4, 1) if sequences else (1,)).astype("float32")
    explanation = check(model, RNG.normal(size=(4, 3)).astype("float32"), y)
    steps = [r for r in explanation.rows if r["what"].startswith("step 3, unit 2: h")]
    assert steps and all(r["layer"] == "recurrent" for r in steps)


@pytest.mark.parametrize(
    "loss, units, y, words",
    [
        ("mse", 2, [1.0, -1.0], r"L = \(\(.* - 1\)² \+ \(.* - \(-1\)\)²\) / 2 = "),
        (lamina.losses.BinaryCrossentropy(), 1, [0.0], r"L = -ln\(1 - 0\.\d+\) = "),
        ("sparse_categorical_crossentropy", 3, 1, r"L = -ln\([\d.e-]+\) = "),
        ("categorical_crossentropy", 2, [0.25, 0.75], r"L = -0\.25 · ln\(.*\) \+ -0\.75 · ln\("),
        ("mae", 2, [1.0, 2.0], r"L = \d"),  # told by its value alone
        (lamina.losses.BinaryCrossentropy(from_logits=True), 1, [1.0], r"L = \d"),
    ],
)
def test_losses_are_written_out_where_they_are_known(loss, units, y, words):
    last = {1: "sigmoid", 2: "softmax", 3: "softmax"}[units] if "mse" != loss else None
    model = made(layers.Dense(units, activation=last), shape=(2,), loss=loss)
    text = str(model.explain(np.array([0.5, -1.0], "float32"), np.array(y)))
    assert re.search(words, text), text
    assert text.count("∂L/∂output of unit") == units


def test_penalties_are_part_of_the_gradients():
    model = made(
        layers.Dense(2, kernel_regularizer=regularizers.L2(0.1), bias_regularizer=regularizers.L1(0.2)),
        layers.Dense(1, kernel_regularizer="l1"), shape=(2,),
    )  # fmt: skip
    check(model, np.array([1.0, -2.0], "float32"), np.array([0.5], "float32"))


def test_a_layer_that_is_called_twice_has_both_parts():
    shared = layers.Dense(2, activation="tanh", kernel_regularizer="l2", name="shared")
    x = lamina.Input((2,))
    model = lamina.Model(x, layers.Dense(1)(shared(shared(x))))
    model.compile(loss="mse")
    check(model, np.array([1.0, -2.0], "float32"), np.array([0.5], "float32"))


@pytest.mark.parametrize("given", [dict, list])
def test_several_inputs_and_outputs(given):
    a, b = lamina.Input((2,), name="a"), lamina.Input((3,), name="b")
    joined = layers.Concatenate()([layers.Dense(2, activation="relu", name="d")(a), b])
    model = lamina.Model([a, b], [layers.Dense(1, name="one")(joined), layers.Dense(2, name="two")(b)])
    model.compile(loss=["mse", "mse"])
    x = [np.array([1.0, -2.0], "float32"), np.array([0.5, 0.25, 1.0], "float32")]
    y = [np.array([1.0], "float32"), np.array([1.0, 2.0], "float32")]
    batch = [v[None] for v in x]
    explanation = model.explain(dict(zip("ab", x)) if given is dict else x, y, most=None)
    loss, gradients = tape_gradients(model, batch, [v[None] for v in y])
    assert explanation.loss == pytest.approx(loss, rel=1e-5)
    for output, expected in zip(explanation.outputs, model.predict(batch, verbose=0), strict=True):
        np.testing.assert_allclose(output, expected, rtol=1e-5)
    for weight, gradient in zip(model.trainable_variables, gradients, strict=True):
        told = told_gradients(explanation, weight.path.split("/")[-2], weight.name)
        np.testing.assert_allclose(
            [told[i] for i in np.ndindex(gradient.shape)], gradient.ravel(), rtol=1e-3, atol=1e-5
        )


def test_a_subclassed_model_is_built_by_it():
    class Own(lamina.Model):
        def __init__(self):
            super().__init__()
            self.hidden, self.out = layers.Dense(2, activation="tanh", name="hidden"), layers.Dense(1, name="out")

        def call(self, x):
            return self.out(self.hidden(x))

    model = Own()
    model.compile(loss="mse")
    x = np.array([[1.0, 2.0, 3.0]], "float32")
    explanation = model.explain(x, [1.0])
    np.testing.assert_allclose(explanation.outputs, model.predict(x, verbose=0), rtol=1e-5)
    assert explanation.loss == pytest.approx(model.evaluate(x, np.array([[1.0]]), verbose=0), rel=1e-5)


def test_what_is_not_written_out_is_told_by_its_values():
    model = made(
        layers.Embedding(5, 3, mask_zero=True, name="table"), layers.LSTM(2, name="masked"), layers.BatchNormalization(),
        layers.Dropout(0.5), layers.Dense(1), shape=(4,),
    )  # fmt: skip
    explanation = check(model, np.array([2, 1, 0, 0]), np.array([0.5], "float32"))
    assert not [r for r in explanation.rows if r["layer"] == "masked" and r["formula"]]
    assert "by the tape" in str(explanation)


def test_the_sum_reads_as_one_writes_it():
    model = made(layers.Dense(1), shape=(1,))
    model.set_weights([np.array([[2.5]]), np.array([90.0])])
    explanation = model.explain([5.0], [100.0])
    assert "unit 1: output = 2.5 · 5 + 90 = 102.5" in str(explanation)
    assert "kernel[0, 0]: δ · x = 5 · 5 = 25" in str(explanation)  # δ = 2 · (102.5 - 100)
    assert explanation.loss == 6.25


def test_most_leaves_out_and_says_how_many():
    model = made(layers.Dense(30, activation="relu"), layers.Dense(1), shape=(40,))
    short = model.explain(np.ones(40, "float32"), [1.0], most=2)
    assert len(short.rows) < 30
    assert "... and 56 more" in str(short) and "... and 1198 more" in str(short)
    assert re.search(r"\[30 more: ", str(short))


def test_html_holds_every_line_and_escapes_names():
    model = made(layers.Dense(2, name="a_b"), layers.Dense(1), shape=(2,))
    explanation = model.explain(np.ones(2, "float32"), [1.0])
    html = explanation._repr_html_()
    for row in explanation.rows:
        assert row["formula"].replace("'", "&#x27;") in html
    assert html.count("<table") == len(explanation.sections)
    assert "loss" in repr(explanation)


def test_nothing_of_the_model_changes():
    model = made(layers.Dense(2), layers.BatchNormalization(), layers.Dense(1), shape=(2,))
    before = [np.array(w) for w in model.get_weights()]
    model.explain(np.ones(2, "float32"), [1.0])
    for mine, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, other)
    assert not [layer for layer in model.layers if "call" in vars(layer)]


def test_mistakes_say_what_to_do():
    model = made(layers.Dense(1), shape=(2,))
    with pytest.raises(ValueError, match=r"one input of shape.*got shape \(3, 2\).*x\[0\]"):
        model.explain(np.ones((3, 2)))
    with pytest.raises(ValueError, match="most"):
        model.explain(np.ones(2), most=0)
    plain = lamina.Sequential([lamina.Input((2,)), layers.Dense(1)])
    with pytest.raises(ValueError, match="compile"):
        plain.explain(np.ones(2), [1.0])
    assert plain.explain(np.ones((1, 2))).loss is None
