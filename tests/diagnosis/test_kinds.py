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
    stop = layers.Lambda(ops.stop_gradient, name="at")
    return net(X, dense(16), stop, dense(1, "sigmoid"), loss="binary_crossentropy"), X, YES


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


class Calling(lamina.Model):
    """Calls its layers one after the other, and a function on what the last one gives."""

    def __init__(self, *chain, behind=None):
        super().__init__()
        self.chain, self.behind = list(chain), behind or (lambda t: t)

    def call(self, x):
        for layer in self.chain:
            x = layer(x)
        return self.behind(x)


def calling(*chain, loss=SPARSE, **more):
    model = Calling(*chain, **more)
    model.compile("adam", loss)
    return model


@program("stacked-linear", "at")
def layers_without_activation_that_are_called():
    return calling(layers.Dense(16, name="at"), dense(16), dense(4, "softmax")), X, FOUR


@program("softmax-hidden", "at")
def softmax_of_a_layer_that_is_called():
    return calling(dense(16, "softmax", name="at"), dense(4, "softmax")), X, FOUR


@program("dropout-before-batchnorm", "at")
def dropout_and_batchnorm_that_are_called():
    chain = (dense(16), layers.Dropout(0.4, name="at"), layers.BatchNormalization(), dense(4, "softmax"))
    return calling(*chain), X, FOUR


@program("dropout-after-output", "at")
def dropout_that_is_called_last():
    return calling(dense(16), dense(4, "softmax"), layers.Dropout(0.4, name="at")), X, FOUR


@program("double-output-activation", "at")
def softmax_that_is_called_on_a_softmax():
    return calling(dense(16), dense(4, "softmax"), layers.Softmax(name="at")), X, FOUR


@program("image-axes", "at")
def axes_of_images_of_a_model_that_calls():
    chain = (layers.Conv2D(4, 3, padding="same", activation="relu", name="at"), layers.GlobalAveragePooling2D())
    return calling(*chain, dense(4, "softmax")), np.tile(IMAGES, (1, 1, 1, 3)).transpose(0, 3, 1, 2), KINDS


@program("from-logits-with-activation")
def probabilities_by_a_function_taken_for_logits():
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    return calling(dense(16), dense(4, None), behind=ops.softmax, loss=loss), X, FOUR


@program("relu-output-negative-targets")
def relu_by_a_function():
    return calling(dense(16), dense(1, None), behind=ops.relu, loss="mse"), X, X[:, 0]


@program("dropout-rate", "at")
def steps_of_a_series_that_are_dropped():
    chain = (layers.LSTM(8, dropout=0.9, name="at"), dense(1, None))
    return net(SERIES, *chain), SERIES, SERIES[:, -1, 0]


@program("dropout-rate", "at")
def states_that_are_dropped_both_ways():
    chain = (layers.Bidirectional(layers.GRU(8, recurrent_dropout=0.8), name="at"), dense(1, None))
    return net(SERIES, *chain), SERIES, SERIES[:, -1, 0]


@program("dropout-rate", "at")
def channels_that_are_dropped():
    chain = (layers.SpatialDropout1D(0.8, name="at"), layers.LSTM(8), dense(1, None))
    return net(SERIES, *chain), SERIES, SERIES[:, -1, 0]


@program("stacked-linear", "at")
def one_layer_for_each_step_without_activation():
    chain = (layers.TimeDistributed(layers.Dense(16), name="at"), layers.TimeDistributed(dense(8)), layers.LSTM(8))
    return net(SERIES, *chain, dense(1, None)), SERIES, SERIES[:, -1, 0]


@program("poor-init", "at")
def weights_that_are_all_positive():
    high = lamina.initializers.RandomUniform(0, 1)
    x = np.abs(np.tile(X, (1, 60)))
    return net(x, dense(64, kernel_initializer=high, name="at"), dense(4, "softmax"), loss=SPARSE), x, FOUR


@program("poor-init", "at")
def a_state_that_grows_with_each_step():
    wide = lamina.initializers.RandomNormal(stddev=0.5)
    return (
        net(SERIES, layers.SimpleRNN(32, activation="relu", recurrent_initializer=wide, name="at"), dense(1, None)),
        (SERIES),
        SERIES[:, -1, 0],
    )


@program("exploding-gradient", "at")
def a_state_that_grows_over_many_steps():
    x = np.tile(SERIES, (1, 8, 1))
    wide = lamina.initializers.RandomNormal(stddev=0.3)
    chain = (layers.SimpleRNN(32, activation="relu", recurrent_initializer=wide, name="at"), dense(1, None))
    return net(x, *chain), x, x[:, -1, 0]


@program("constant-init", "at")
def all_weights_alike_and_small():
    alike = lamina.initializers.Constant(0.05)
    chain = (dense(32, kernel_initializer=alike, name="at"), dense(32, kernel_initializer=alike), dense(4, "softmax"))
    return net(X, *chain, loss=SPARSE), X, FOUR


@program("validation-leak")
def rows_that_were_multiplied_before_the_split():
    rng = np.random.default_rng(0)
    order = np.concatenate([np.arange(300), rng.choice(np.flatnonzero(YES), 300)])
    rng.shuffle(order)
    train, rest = order[:450], order[450:]
    model = net(X, dense(16), dense(1, "sigmoid"), loss="binary_crossentropy")
    return model, X[train], YES[train], {"validation_data": (X[rest], YES[rest])}


@program("regression-loss-for-classification")
def sizes_of_the_errors_of_an_exclusive_or():
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
    return net(x, dense(4, "sigmoid"), dense(1, "sigmoid"), loss="mae", metrics=["accuracy"]), x, np.array([0, 1, 1, 0])


@program("validation-scale")
def targets_that_are_scaled_and_those_of_what_is_held_out_are_not():
    dollars = 2e5 + 5e4 * X[:, 0]
    held_out = {"validation_data": (X[200:], dollars[200:])}
    return net(X, dense(16), dense(1, None)), X[:200], (dollars[:200] - 2e5) / 5e4, held_out


@program("non-finite-data")
def a_gap_in_what_is_held_out():
    held_out = X[:50] + 1
    held_out[7, 2] = np.nan
    return net(X, dense(16), dense(1, None)), X, X[:, 0], {"validation_data": (held_out, X[:50, 0])}


@program("learning-rate-low")
def adadelta_as_slow_as_can_be():
    return net(X, dense(16), dense(1, None), optimizer=optimizers.Adadelta(1e-6)), X, X[:, 0]


@program("label-encoding")
def targets_that_are_texts():
    return net(X, dense(16), dense(4, "softmax"), loss=SPARSE), X, np.array(list("abcd"))[FOUR]


class Steps(lamina.Model):
    """Two Dense layers with a function between and one behind."""

    def __init__(self, units, between, behind):
        super().__init__()
        self.first, self.last = dense(8, None, name="first"), dense(units, None, name="last")
        self.between, self.behind = between, behind

    def call(self, x):
        return self.behind(self.last(self.between(self.first(x))))


def steps(units, between=ops.relu, behind=ops.softmax, loss=SPARSE):
    model = Steps(units, between, behind)
    model.compile("adam", loss)
    return model


@program("softmax-single-unit")
def a_softmax_of_ops_over_one_unit():
    return steps(1, loss="binary_crossentropy"), X, YES


@program("softmax-hidden", "first")
def a_softmax_of_ops_within():
    return steps(4, between=ops.softmax), X, FOUR


@program("softmax-over-samples")
def a_softmax_of_ops_over_the_samples():
    return steps(4, behind=lambda t: ops.softmax(t, axis=0)), X, FOUR


@program("double-output-activation", "last")
def a_softmax_of_ops_behind_another():
    model = steps(4, behind=lambda t: ops.softmax(t))
    model.last.activation = lamina.activations.softmax
    return model, X, FOUR


@program("output-range")
def a_sigmoid_in_a_function():
    return net(X, dense(8), dense(1, lambda t: ops.sigmoid(t))), X, 5 * X[:, :1]


@program("from-logits-with-activation")
def logits_in_a_loss_of_ones_own():
    def loss(y, p):
        return losses.sparse_categorical_crossentropy(y, p, from_logits=True)

    return net(X, dense(8), dense(4, "softmax"), loss=loss), X, FOUR


@program("over-regularised")
def much_that_a_layer_adds():
    return net(X, dense(8), Adds(), dense(1, None)), X, X[:, :1]


class Adds(layers.Layer):
    def call(self, x):
        self.add_loss(1e4 * ops.mean(ops.square(x)))
        return x


class Own(layers.Layer):
    """A layer of one's own with a kernel."""

    def __init__(self, begin, activation):
        super().__init__()
        self.begin, self.activate = begin, activation

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], 16), initializer=self.begin)

    def call(self, x):
        return self.activate(ops.matmul(x, self.w))


@program("no-gradient")
def layers_of_ones_own_that_begin_at_0():
    return net(X, Own("zeros", ops.relu), Own("zeros", ops.relu), dense(1, None)), X, X[:, :1]


@program("saturated-activation")
def layers_of_ones_own_at_their_ends():
    wide = lamina.initializers.RandomNormal(stddev=5.0)
    return net(X, Own(wide, ops.tanh), Own(wide, ops.tanh), dense(1, None)), X, X[:, :1]


@program("loss-sign")
def errors_that_cancel():
    return net(X, dense(8), dense(1, None), loss=lambda y, p: ops.mean(y - p)), X, X[:, :1]


@program("zero-sample-weight")
def weights_below_0():
    return net(X, dense(8), dense(4, "softmax"), loss=SPARSE), X, FOUR, {"sample_weight": -np.ones(300)}


@program("targets-of-loss")
def counts_below_0():
    return net(X, dense(8), dense(1, "exponential"), loss="poisson"), X, X[:, :1]


@program("normalisation-of-one")
def the_direction_of_one_unit():
    return net(X, dense(8), dense(1, None), loss="cosine_similarity"), X, X[:, :1]


@program("label-out-of-range")
def labels_of_validation_from_1():
    return (
        net(X, dense(8), dense(4, "softmax"), loss=SPARSE),
        X,
        FOUR,
        {"validation_data": (X[:50] + 0.1, FOUR[:50] + 1)},
    )


@program("crossentropy-continuous-targets")
def a_class_whose_rows_are_0():
    rows = np.eye(4)[FOUR] * (FOUR < 3)[:, None]
    return net(X, dense(8), dense(4, "softmax"), loss="categorical_crossentropy"), X, rows


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


def test_outputs_that_are_at_their_ends_from_the_start():
    high = lamina.initializers.RandomUniform(0, 1)  # weights that are not too large each, but all of one sign
    x = np.abs(np.tile(X, (1, 20)))
    chain = (dense(64, kernel_initializer=high), dense(64, kernel_initializer=high), dense(4, "softmax"))
    (finding,) = diagnosed(lambda: (net(x, *chain, loss=SPARSE), x, FOUR))
    assert finding.rule == "no-gradient"
    assert "kernel_initializer" in finding.fix


def fix(make):
    (finding,) = diagnosed(make)
    return finding.fix


def classified(y, last=None):
    return lambda: (net(X, dense(16), last or dense(4, "softmax"), loss=SPARSE), X, y)


def test_labels_that_were_divided_are_counted_again():
    assert fix(classified(FOUR / 3)).startswith("y = np.unique(y, return_inverse=True)[1]:")
    assert fix(classified(np.abs(X[:, 0]))).startswith("Dense(1")


@pytest.mark.parametrize("filling", [-1, -100])
def test_a_label_that_fills_sequences_up_is_to_be_left_out(filling):
    y = np.where(np.arange(10) < 7, np.arange(960).reshape(96, 10) % 4, filling)
    loss = losses.SparseCategoricalCrossentropy
    found = fix(lambda: (net(SERIES, dense(8), dense(4, "softmax"), loss=loss()), SERIES, y))
    assert found.startswith(f"loss=lamina.losses.SparseCategoricalCrossentropy(ignore_class={filling})")
    left_out = net(SERIES, dense(8), dense(4, "softmax"), loss=loss(ignore_class=filling))
    assert not lamina.diagnose(left_out, SERIES, y)


def test_a_bias_that_saturates_is_to_begin_at_zero():
    high = lamina.initializers.Constant(12.0)
    chain = (dense(16, "sigmoid", bias_initializer=high), dense(4, "softmax"))
    assert 'bias_initializer="zeros"' in fix(lambda: (net(X, *chain, loss=SPARSE), X, FOUR))


def test_two_units_of_a_softmax_take_numbers_of_classes():
    pair = (dense(16), dense(2, "softmax"))
    assert fix(lambda: (net(X, *pair, loss="binary_crossentropy"), X, YES)).startswith(f'loss="{SPARSE}"')


def test_a_last_convolution_stays_one():
    chain = (layers.Conv2D(4, 3, padding="same", activation="relu"), layers.Conv2D(1, 1, activation="softmax"))
    found = fix(lambda: (net(IMAGES, *chain, loss="binary_crossentropy"), IMAGES, (IMAGES > 0.5).astype(int)))
    assert found.startswith('Conv2D(1, 1, activation="sigmoid")')


def test_pictures_are_brought_into_the_range_of_tanh():
    chain = (layers.Conv2D(4, 3, padding="same", activation="relu"), layers.Conv2D(1, 1, activation="tanh"))
    assert fix(lambda: (net(IMAGES, *chain), IMAGES, 255 * IMAGES)).startswith("y = y / 127.5 - 1")
    assert "linear" in fix(lambda: (net(X, dense(16), dense(1, "tanh")), X, 90 * X[:, 0]))


def test_the_input_that_is_to_be_scaled_is_named():
    near, far = lamina.Input((8,), name="near"), lamina.Input((2,), name="far")
    hidden = layers.Concatenate()([dense(8)(near), dense(8, name="at")(far)])
    model = lamina.Model({"near": near, "far": far}, dense(1, None)(hidden))
    model.compile("adam", "mse")
    x = {"near": X, "far": 1e3 + X[:, :2]}
    assert fix(lambda: (model, x, X[:, 0])).startswith("x['far'] = (x['far'] - x['far'].mean(axis=0))")


def test_of_batches_a_layer_in_front_scales():
    batches = iter([(100 * X, X[:, 0])] * 2)
    assert fix(lambda: (net(X, dense(16, name="at"), dense(1, None)), batches, None)) == (
        "a Normalization layer, adapted to its data, before at."
    )


@pytest.mark.parametrize("kind", ["array", "table", "list", "names", "parts"])
def test_rows_with_gaps_are_left_out_by_what_is_said(kind):
    x, weight = X.copy(), np.ones(300)
    x[5, 1], weight[9] = np.nan, np.inf
    if kind == "table":
        x = pytest.importorskip("pandas").DataFrame(x)
    given = x.tolist() if kind == "list" else {"names": {"a": x}, "parts": [x, x]}.get(kind, x)
    inputs = {"names": ["a"], "parts": ["a", "b"]}.get(kind, ["a"])
    ends = [lamina.Input((8,), name=name) for name in inputs]
    hidden = dense(16)(ends[0] if len(ends) == 1 else layers.Concatenate()(ends))
    model = lamina.Model(ends[0] if kind in ("array", "table", "list") else ends, dense(1, None)(hidden))
    model.compile("adam", "mse")
    findings = lamina.diagnose(model, given, X[:, 0].tolist(), sample_weight=weight)
    assert {f.rule for f in findings} == {"non-finite-data"}
    names = {"np": np, "x": given, "y": X[:, 0].tolist(), "sample_weight": weight}
    exec(findings[0].fix.split(", or")[0], names)
    assert len(names["y"]) == len(names["sample_weight"]) == 298
    assert not lamina.diagnose(model, names["x"], names["y"], sample_weight=names["sample_weight"])


class Mean(layers.Layer):
    """Of the words that are there, of two inputs."""

    def call(self, given):
        words, indices = given
        there = ops.cast(indices > 0, "float32")[..., None]
        return ops.sum(words * there, 1) / ops.sum(there, 1)


def test_where_a_value_that_is_not_finite_came_from():
    indices = np.arange(1200).reshape(300, 4) % 19 + 1
    inputs = lamina.Input((4,), dtype="int32")
    hidden = Mean(name="at")([layers.Embedding(20, 8)(inputs), inputs])
    model = lamina.Model(inputs, dense(1, "sigmoid")(hidden))
    model.compile("adam", "binary_crossentropy")
    assert not lamina.diagnose(model, indices, YES)
    indices[0] = 0
    (finding,) = lamina.diagnose(model, indices, YES)
    assert (finding.rule, finding.layer, finding.evidence["rows"]) == ("non-finite-values", "at", [0])
    assert finding.evidence["cause"] == "division by zero"


def test_where_a_gradient_that_is_not_finite_came_from():
    length = layers.Lambda(lambda t: ops.sqrt(ops.sum(t * t, 1, keepdims=True)), name="at")
    x = X * (np.arange(300) > 0)[:, None]  # the first is nothing, and its length has no slope
    (finding,) = diagnosed(lambda: (net(x, layers.Dense(2), length, dense(1, None)), x, x[:, 0]))
    assert (finding.rule, finding.evidence["cause"]) == ("non-finite-values", "root at zero")
    assert finding.layer.endswith("/at")


def test_which_columns_are_of_another_scale():
    x = X * np.array([1, 5, 1, 1, 1, 1e-3, 1, 1], "float32")
    (finding,) = lamina.diagnose(net(x, dense(16), dense(1, None)), x, X[:, 5])
    assert finding.rule == "unnormalised-input" and finding.evidence["columns"] == [5, 1]
