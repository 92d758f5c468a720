"""Faults of the kinds that are reported in public: named by the right rule alone, at the right layer."""

import numpy as np
import pytest

import lamina
from lamina import layers, losses, ops, optimizers

PROGRAMS = {}


def program(rule, layer=None):
    """A function that gives model, x, y, and perhaps arguments of `diagnose`; `rule` must speak, of the layer of that name."""

    def enter(function):
        PROGRAMS[function.__name__] = (rule, layer, function)
        return function

    return enter


X = np.random.default_rng(0).normal(size=(300, 8)).astype("float32")
IMAGES = np.random.default_rng(1).random((96, 12, 12, 1)).astype("float32")
SERIES = np.random.default_rng(2).normal(size=(96, 10, 3)).astype("float32")
YES, FOUR = (X[:, 0] > 0).astype(int), (X[:, 0] > 0) + 2 * (X[:, 1] > 0)
KINDS = np.arange(96) % 4


def net(x, *chain, loss="mse", optimizer="adam", metrics=()):
    model = lamina.Sequential([lamina.Input(x.shape[1:]), *chain])
    model.compile(optimizer=optimizer, loss=loss, metrics=list(metrics))
    return model


def dense(units, activation="relu", **more):
    return layers.Dense(units, activation=activation, **more)


SPARSE = "sparse_categorical_crossentropy"


@program("stacked-linear", "at")
def layers_of_one_width_without_activation():
    chain = (layers.Flatten(), layers.Dense(64, name="at"), layers.Dense(64), dense(4, "softmax"))
    return net(IMAGES, *chain, loss=SPARSE), IMAGES, KINDS


@program("stacked-linear", "at")
def activation_of_the_name_linear():
    chain = (layers.Dense(16, name="at"), layers.Activation("linear"), dense(1, "sigmoid"))
    return net(X, *chain, loss="binary_crossentropy"), X, YES


@program("softmax-hidden", "at")
def softmax_before_pooling():
    chain = (
        layers.Conv2D(8, 3, activation="softmax", name="at"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        dense(4, "softmax"),
    )
    return net(IMAGES, *chain, loss=SPARSE), IMAGES, KINDS


@program("softmax-hidden", "at")
def softmax_as_a_layer_of_its_own():
    chain = (layers.Dense(16, name="at"), layers.Softmax(), dense(4, "softmax"))
    return net(X, *chain, loss=SPARSE), X, FOUR


@program("narrow-bottleneck", "at")
def one_unit_with_its_activation_behind_it():
    chain = (dense(32), layers.Dense(1, name="at"), layers.Activation("tanh"), dense(16, "softmax"))
    return net(X, *chain, loss=SPARSE), X, 4 * FOUR


@program("loss-needs-positive")
def logarithms_of_what_may_be_negative():
    return net(X, dense(16), dense(1, "tanh"), loss="msle"), X, np.exp(X[:, 0])


@program("missing-from-logits")
def focal_loss_of_a_linear_output():
    return net(X, dense(16), dense(1, None), loss=losses.BinaryFocalCrossentropy()), X, YES


@program("output-activation-for-crossentropy")
def an_activation_that_is_rarely_last():
    return net(X, dense(16), dense(4, "mish"), loss=SPARSE), X, FOUR


@program("softmax-single-unit")
def one_unit_with_labels_that_do_not_fit_it_either():
    return net(X, dense(16), dense(1, "softmax"), loss=SPARSE), X, YES


@program("softmax-with-binary-crossentropy")
def binary_crossentropy_of_numbers_of_classes():
    return net(X, dense(16), dense(4, "softmax"), loss="binary_crossentropy"), X, FOUR


@program("softmax-with-regression-loss")
def squares_of_numbers_of_classes():
    return net(X, dense(16), dense(4, "softmax"), metrics=["accuracy"]), X, FOUR


@program("relu-output-negative-targets")
def relu_for_targets_that_are_not_scaled_either():
    return net(X, dense(16), dense(1)), X, 1000 * X[:, 0]


@program("output-target-shape")
def two_sigmoid_units_for_one_answer():
    return net(X, dense(16), dense(2, "sigmoid"), loss="binary_crossentropy"), X, YES


@program("unscaled-target")
def prices_by_a_relu():
    return net(X, dense(16), dense(1)), X, 1e5 * (2 + X[:, 0] / 8)


@program("unnormalised-input", "at")
def raw_series_into_both_directions():
    return net(SERIES, layers.Bidirectional(layers.LSTM(4), name="at"), dense(1, None)), 200 * SERIES, SERIES[:, 0, 0]


@program("unnormalised-input", "at")
def bytes_into_separable_convolutions():
    chain = (layers.SeparableConv2D(4, 3, activation="relu", name="at"), layers.Flatten(), dense(4, "softmax"))
    return net(IMAGES, *chain, loss=SPARSE), 255 * IMAGES, KINDS


@program("unnormalised-input", "at")
def columns_of_very_different_scales():
    x = X[:, :4] * np.array([5, 5, 1e-3, 1e-3], "float32")
    return net(x, dense(16, name="at"), dense(1, None)), x, X[:, 2]


@program("tiny-input", "at")
def scaled_to_minus_one_twice():
    chain = (
        layers.Rescaling(1 / 127.5, offset=-1),
        layers.Conv2D(4, 3, activation="relu", name="at"),
        layers.Flatten(),
    )
    return net(IMAGES, *chain, dense(4, "softmax"), loss=SPARSE), IMAGES, KINDS


@program("constant-features")
def images_of_nothing():
    chain = (layers.Flatten(), dense(16), dense(4, "softmax"))
    return net(IMAGES, *chain, loss=SPARSE), 0 * IMAGES, KINDS


@program("non-finite-data")
def a_gap_in_a_row_that_the_pass_would_not_take():
    x = np.tile(X, (4, 1))
    x[777, 2] = np.nan
    return net(x, dense(16), dense(1, None)), x, x[:, 0]


@program("validation-leak")
def the_same_few_rows_for_validation():
    x = np.random.default_rng(0).integers(0, 2, (200, 4)).astype("float32")
    model = net(x, dense(16), dense(1, "sigmoid"), loss="binary_crossentropy")
    return model, x, x[:, 0], {"validation_data": (x, x[:, 0])}


@program("dead-relu", "at")
def a_layer_that_is_dead_on_few_rows():
    low = lamina.initializers.Constant(-9)
    return net(X, layers.Dense(12, bias_initializer=low, name="at"), layers.ReLU(), dense(1, None)), X[:48], X[:48, 0]


@program("no-gradient", "at")
def a_layer_that_the_loss_does_not_reach():
    stop = layers.Lambda(ops.stop_gradient)
    return net(X, dense(16, name="at"), stop, dense(1, "sigmoid"), loss="binary_crossentropy"), X, YES


@program("vanishing-gradient")
def values_that_fade_on_the_way():
    small = lamina.initializers.RandomNormal(stddev=0.02)
    chain = [dense(32, "tanh", kernel_initializer=small) for _ in range(8)]
    return net(X, *chain, dense(1, "sigmoid"), loss="binary_crossentropy"), X, YES


@program("dropout-after-output", "at")
def dropout_between_the_logits_and_their_softmax():
    chain = (dense(16), layers.Dense(4), layers.Dropout(0.5, name="at"), layers.Softmax())
    return net(X, *chain, loss=SPARSE), X, FOUR


@program("optimizer-epsilon")
def epsilon_of_one():
    return net(X, dense(16), dense(1, None), optimizer=optimizers.Adam(epsilon=1.0)), X, X[:, 0]


@program("loss-sign")
def likelihood_of_class_numbers_to_be_made_small():
    def own(y, p):
        return -losses.sparse_categorical_crossentropy(y, p)

    return net(X, dense(16), dense(4, "softmax"), loss=own), X, FOUR


@program("over-regularised")
def a_penalty_on_what_goes_out():
    return net(X, dense(16, activity_regularizer=lamina.regularizers.L2(100.0)), dense(1, None)), X, X[:, 0]


@program("zero-sample-weight")
def a_class_of_weight_zero():
    model = net(X, dense(16), dense(2, "softmax"), loss=SPARSE)
    return model, X, YES, {"class_weight": {0: 1.0, 1: 0.0}}


@program("output-loss-scale")
def a_price_beside_a_share():
    inputs = lamina.Input((8,))
    hidden = dense(16)(inputs)
    model = lamina.Model(inputs, {name: layers.Dense(1, name=name)(hidden) for name in ("price", "share")})
    model.compile("adam", "mse")
    return model, X, {"price": 5e4 + 9e3 * X[:, :1], "share": X[:, 1:2]}


@program("validation-split-sorted")
def the_last_class_is_held_out():
    order = np.argsort(FOUR, kind="stable")
    model = net(X, dense(16), dense(4, "softmax"), loss=SPARSE, metrics=["accuracy"])
    return model, X[order], FOUR[order], {"validation_split": 0.2}


@program("metric-mismatch")
def class_numbers_measured_on_one_hot_rows():
    model = net(
        X, dense(16), dense(4, "softmax"), loss="categorical_crossentropy", metrics=["sparse_categorical_accuracy"]
    )
    return model, X, np.eye(4)[FOUR]


@program("unshuffled-data")
def samples_in_order_without_a_state():
    order = np.argsort(FOUR, kind="stable")
    return net(X, dense(16), dense(4, "softmax"), loss=SPARSE), X[order], FOUR[order], {"shuffle": False}


@program("crossentropy-continuous-targets")
def targets_that_are_no_distributions_along_their_axis():
    chain = (layers.Conv2D(3, 1), layers.Permute((3, 1, 2)), layers.Softmax(axis=1))
    x = IMAGES[:, :3, :3]
    return (
        net(x, *chain, loss=losses.CategoricalCrossentropy(axis=1)),
        x,
        np.tile(x.transpose(0, 3, 1, 2), (1, 3, 1, 1)),
    )


@program("single-class-labels")
def zeros_for_a_network_whose_output_is_to_learn_them():
    return net(X, dense(16), dense(1, None)), X, 0 * X[:, 0]


def diagnosed(make):
    lamina.utils.set_random_seed(0)
    model, x, y, *more = make()
    return lamina.diagnose(model, x, y, **(more[0] if more else {}))


@pytest.mark.parametrize(("rule", "layer", "make"), PROGRAMS.values(), ids=list(PROGRAMS))
def test_the_right_rule_speaks_alone(rule, layer, make):
    report = diagnosed(make)
    assert [f.rule for f in report] == [rule], report
    assert layer is None or report[0].layer.endswith(f"/{layer}")


@pytest.mark.parametrize(
    ("values", "fix"),
    [
        ((1, 2, 3, 4), "y = y - 1"),
        ((0, 10, 20, 30), "y = np.unique(y, return_inverse=True)[1]"),
        ((0, 1, 2, 7, 5), "Dense(8) as last layer"),
    ],
)
def test_labels_are_counted_from_zero_or_the_layer_is_widened(values, fix):
    y = np.array(values)[np.arange(300) % len(values)]
    assert diagnosed(lambda: (net(X, dense(16), dense(4, "softmax"), loss=SPARSE), X, y))[0].fix.startswith(fix)


@pytest.mark.parametrize(
    ("values", "fix"),
    [
        ((-1, 1), "y = (y + 1) / 2"),
        ((1, 2), "y = (y == 2).astype(int)"),
        ((0, 1, 2), 'Dense(3, activation="softmax")'),
        ((-1, 0, 1), 'y = np.unique(y, return_inverse=True)[1], and Dense(3, activation="softmax")'),
    ],
)
def test_answers_of_a_sigmoid_are_said_as_statements(values, fix):
    y = np.array(values)[np.arange(300) % len(values)]
    report = diagnosed(lambda: (net(X, dense(16), dense(1, "sigmoid"), loss="binary_crossentropy"), X, y))
    assert report[0].rule == "binary-label-values"
    assert report[0].fix.startswith(fix)


def test_labels_scaled_like_images_are_scaled_back():
    report = diagnosed(lambda: (net(X, dense(16), dense(4, "softmax"), loss=SPARSE), X, FOUR / 255))
    assert [f.rule for f in report] == ["labels-not-integer"]
    assert report[0].fix.startswith("y = np.round(255 * y)")
    y = eval(report[0].fix.partition(":")[0].removeprefix("y = "), {"np": np, "y": FOUR / 255})
    np.testing.assert_array_equal(y, FOUR)


def test_a_first_batch_of_one_class_is_to_be_mixed():
    data = lamina.utils.PyDataset
    sorted_ = type("Sorted", (data,), {"__len__": lambda s: 4, "__getitem__": lambda s, i: (X[:64], np.full(64, i))})()
    (finding,) = lamina.diagnose(net(X, dense(16), dense(4, "softmax"), loss=SPARSE), sorted_)
    assert finding.rule == "single-class-labels"
    assert "np.random.permutation" in finding.fix
