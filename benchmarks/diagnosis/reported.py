"""Faulty programs of kinds that were reported: in public questions, in issues of Keras, and in the sets of bug studies.

Each is our own code, on made-up data, after the kind that its reference tells of. The layer at fault, where there is
one, is named "at". Dealt in turn, the first to tuning, the second to the final part, and so on.
"""

import numpy as np
from _setup import Setup, keras, layers

PROGRAMS = []  # (name, rules that are right, whether a layer is named, function)


def reported(rule, reference, *others, placed=True):
    """A function that gives a `Setup` whose fault `rule` should name, or one of `others` that say the same."""
    assert reference

    def enter(function):
        PROGRAMS.append((function.__name__, (rule, *others), placed, function))
        return function

    return enter


def chain(shape, *parts):
    return keras.Sequential([keras.Input(shape), *parts])


def dense(units, activation="relu", **more):
    return layers.Dense(units, activation=activation, **more)


def at(units, activation=None, **more):
    return layers.Dense(units, activation=activation, name="at", **more)


def table(rows=320, columns=8, seed=0):
    return np.random.default_rng(seed).normal(size=(rows, columns)).astype("float32")


def yes_no(x):
    return (x[:, 0] + x[:, 1] > 0).astype("int32")


def of_four(x):
    return ((x[:, 0] > 0) + 2 * (x[:, 1] > 0)).astype("int32")


def one_hot(y, classes=4):
    return np.eye(classes, dtype="float32")[y]


def digits(rows=320, size=12, channels=1, seed=0):
    """Images whose brighter quarter is their class, values in [0, 1]."""
    rng = np.random.default_rng(seed)
    x, y = 0.5 * rng.random((rows, size, size, channels)).astype("float32"), rng.integers(0, 4, rows)
    half = size // 2
    for i, label in enumerate(y):
        top, left = half * (label // 2), half * (label % 2)
        x[i, top : top + half, left : left + half] += 0.4
    return x, y.astype("int32")


def sentences(rows=320, length=10, vocabulary=40, seed=0):
    x = np.random.default_rng(seed).integers(1, vocabulary, (rows, length))
    return x, (x[:, 0] > vocabulary // 2).astype("int32")


def waves(rows=320, steps=12, seed=0):
    """Sequences, and their mean slope."""
    rng = np.random.default_rng(seed)
    start, slope = rng.normal(size=(2, rows, 1)).astype("float32")
    x = start + slope * np.linspace(0, 1, steps, dtype="float32")
    return x[..., None], slope[:, 0]


SPARSE, CATEGORICAL, BINARY = "sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy"

# --- the last activation and the loss -----------------------------------------------------------------------------------


@reported("softmax-single-unit", "Stack Overflow 31880720, DeepLocalize")
def softmax_as_a_layer_over_one_unit():
    x = table()
    model = chain((8,), dense(20), layers.Dropout(0.2), dense(20), at(1), layers.Activation("softmax"))
    return Setup(model, x, yes_no(x), BINARY, "rmsprop", ["accuracy"])


@reported("softmax-single-unit", "Stack Overflow 33969059, DeepLocalize")
def softmax_over_one_unit_by_squares():
    x = table()
    model = chain((8,), dense(12, "tanh"), layers.Dropout(0.3), at(1, "softmax"))
    return Setup(model, x, yes_no(x), "mse", keras.optimizers.SGD(0.1, momentum=0.9), ["accuracy"])


@reported("softmax-single-unit", "Stack Overflow 58844149, NeuraLint")
def softmax_over_one_unit_of_images():
    x, y = digits()
    pool = layers.MaxPooling2D()
    model = chain(x.shape[1:], layers.Conv2D(8, 3, activation="relu"), pool, layers.Flatten(), at(1, "softmax"))
    return Setup(model, x, (y > 1).astype("int32"), BINARY, "adam", ["accuracy"])


@reported("softmax-single-unit", "Stack Overflow 45337371, DeepLocalize")
def softmax_over_one_unit_of_each_step():
    x, _ = waves()
    model = chain(x.shape[1:], dense(16), at(1, "softmax"))
    return Setup(model, x, (x > 0).astype("float32"), BINARY, "adam", ["accuracy"])


@reported("sigmoid-with-categorical-crossentropy", "Stack Overflow 51930566 and 59278771, DeepLocalize")
def sigmoid_for_three_irises():
    x = table(150, 4)
    y = one_hot(of_four(x))
    return Setup(
        chain((4,), dense(8), at(4), layers.Activation("sigmoid")), x, y, CATEGORICAL, "adam", ["accuracy"], epochs=120
    )


@reported("sigmoid-with-categorical-crossentropy", "Stack Overflow 55328966, DeepLocalize")
def sigmoid_for_digits_with_a_penalty():
    x, y = digits()
    l2 = keras.regularizers.L2(1e-4)
    model = chain(
        x.shape[1:], layers.Flatten(), dense(32, kernel_regularizer=l2), at(4, "sigmoid", kernel_regularizer=l2)
    )
    return Setup(model, x, one_hot(y), CATEGORICAL, keras.optimizers.SGD(0.1), ["accuracy"])


@reported("sigmoid-with-categorical-crossentropy", "NeuraLint 44399299")
def sigmoid_for_kinds_of_two_inputs():
    x = table(columns=12)
    left, right = keras.Input((6,)), keras.Input((6,))
    joined = layers.concatenate([dense(8)(left), dense(8)(right)])
    model = keras.Model([left, right], at(4, "sigmoid")(dense(16)(joined)))
    return Setup(model, [x[:, :6], x[:, 6:]], of_four(x), SPARSE, "adam", ["accuracy"])


@reported(
    "sigmoid-with-categorical-crossentropy",
    "Keras documentation: categorical_crossentropy for two classes",
    "label-encoding",
)
def one_sigmoid_with_categorical_crossentropy():
    x = table()
    return Setup(chain((8,), dense(16), at(1, "sigmoid")), x, yes_no(x)[:, None], CATEGORICAL, "adam", ["accuracy"])


@reported("softmax-with-binary-crossentropy", "Stack Overflow 44322611, NeuraLint")
def binary_crossentropy_for_ten_classes():
    x, y = digits()
    pool = layers.MaxPooling2D()
    model = chain(x.shape[1:], layers.Conv2D(8, 3, activation="relu"), pool, layers.Flatten(), at(4, "softmax"))
    return Setup(model, x, one_hot(y), BINARY, "adam", ["accuracy"])


@reported("softmax-with-binary-crossentropy", "Stack Overflow: several labels with softmax")
def softmax_for_several_labels():
    x = table()
    return Setup(
        chain((8,), dense(16), at(3, "softmax")), x, (x[:, :3] > 0).astype("float32"), BINARY, "adam", ["accuracy"]
    )


@reported("softmax-with-regression-loss", "Stack Overflow 38648195 and 34673164, DeepLocalize")
def squares_of_softmax():
    x = table(columns=16)
    model = chain((16,), dense(20), layers.Dropout(0.3), dense(20), at(4), layers.Activation("softmax"))
    return Setup(model, x, one_hot(of_four(x)), "mean_squared_error", "sgd", ["accuracy"])


@reported("softmax-with-regression-loss", "GitHub: prices by a softmax")
def softmax_for_two_amounts():
    x = table()
    return Setup(chain((8,), dense(16), at(2, "softmax")), x, x[:, :2] * 3, "mae", "adam")


@reported("output-activation-for-crossentropy", "Stack Overflow 47352366, DeepLocalize")
def relu_at_the_end_of_a_convnet():
    x, y = digits()
    body = (layers.Conv2D(8, 3, padding="same", activation="relu"), layers.MaxPooling2D(), layers.Flatten(), dense(32))
    model = chain(x.shape[1:], *body, layers.Dropout(0.5), at(4), layers.Activation("relu"))
    return Setup(model, x, one_hot(y), CATEGORICAL, "adam", ["accuracy"])


@reported("output-activation-for-crossentropy", "Stack Overflow 44066044, DeepLocalize")
def relu_at_the_end_for_yes_and_no():
    x = table(columns=11)
    model = chain((11,), dense(12), dense(12), at(1), layers.ReLU())
    return Setup(model, x, yes_no(x), BINARY, "adam", ["accuracy"])


@reported("output-activation-for-crossentropy", "Stack Overflow: tanh with binary_crossentropy")
def tanh_at_the_end():
    x, y = sentences()
    model = chain((10,), layers.Embedding(40, 8), layers.LSTM(8), at(1, "tanh"))
    return Setup(model, x, y, BINARY, "adam", ["accuracy"])


@reported("missing-from-logits", "Stack Overflow 50481178 and 59325381, DeepLocalize; NeuraLint f008")
def last_layer_forgotten_to_activate():
    x, y = digits()
    model = chain(x.shape[1:], layers.Flatten(), dense(64), at(4))
    return Setup(model, x, y, SPARSE, "adam", ["accuracy"])


@reported("missing-from-logits", "UMLAUT's study, missing softmax")
def binary_logit_with_probabilities_expected():
    x, y = sentences()
    y = (x.mean(1) > 20).astype("int32")
    model = chain((10,), layers.Embedding(40, 8), layers.GlobalAveragePooling1D(), at(1))
    return Setup(model, x, y, keras.losses.BinaryCrossentropy(), "adam", ["accuracy"], epochs=100)


@reported("missing-from-logits", "Keras issue 2711, a subclassed network")
def subclassed_without_softmax():
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.hidden = dense(16)
            self.last = at(4)

        def call(self, x):
            return self.last(self.hidden(x))

    x = table()
    return Setup(Net(), x, one_hot(of_four(x)), CATEGORICAL, "adam", ["accuracy"])


@reported("from-logits-with-activation", "TheDeepChecker, redundant softmax; TensorFlow tutorials")
def logits_that_are_probabilities():
    x, y = digits()
    model = chain(x.shape[1:], layers.Flatten(), dense(32), at(4, "softmax"))
    return Setup(model, x, y, keras.losses.SparseCategoricalCrossentropy(from_logits=True), "adam", ["accuracy"])


@reported("from-logits-with-activation", "Keras issue 2711: Activation('softmax') beside from_logits")
def sigmoid_as_a_layer_with_logits():
    x = table()
    model = chain((8,), dense(16), at(1), layers.Activation("sigmoid"))
    return Setup(model, x, yes_no(x), keras.losses.BinaryCrossentropy(from_logits=True), "adam", ["accuracy"])


@reported("double-output-activation", "NeuraLint f003, double activation")
def softmax_twice():
    x, y = digits()
    model = chain(
        x.shape[1:], layers.Flatten(), dense(32), dense(4, "softmax"), layers.Activation("softmax", name="at")
    )
    return Setup(model, x, y, SPARSE, "adam", ["accuracy"])


@reported("double-output-activation", "NeuraLint f003")
def sigmoid_twice():
    x = table()
    model = chain((8,), dense(16), dense(1, "sigmoid"), layers.Activation("sigmoid", name="at"))
    return Setup(model, x, yes_no(x), BINARY, "adam", ["accuracy"])


@reported("relu-output-negative-targets", "Stack Overflow 48251943, DeepLocalize")
def relu_for_temperatures():
    x = table(columns=2)
    model = chain((2,), dense(16), at(1), layers.Activation("relu"))
    return Setup(model, x, x[:, 0] - 2 * x[:, 1], "mean_squared_error", "adam")


@reported("relu-output-negative-targets", "Keras issue 13891")
def softplus_for_returns():
    x, y = waves()
    model = chain(x.shape[1:], layers.GRU(12), at(1, "softplus"))
    return Setup(model, x, y, "huber", "adam")


@reported("output-range", "Stack Overflow 48221692, DeepLocalize")
def sigmoid_for_a_function():
    x = np.linspace(-3, 3, 320, dtype="float32")[:, None]
    model = chain((1,), dense(24, "tanh"), at(1), layers.Activation("sigmoid"))
    return Setup(model, x, 4 + 3 * np.sin(x), "mean_squared_error", keras.optimizers.Adam(0.01))


@reported("output-range", "Stack Overflow: tanh for a forecast")
def tanh_for_a_forecast():
    x, y = waves()
    return Setup(chain(x.shape[1:], layers.LSTM(12), at(1, "tanh")), x, 3 * y, "mse", keras.optimizers.Adam(0.01))


@reported("regression-loss-for-classification", "Stack Overflow 31556268, DeepLocalize")
def absolute_error_for_exclusive_or():
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]] * 20, "float32")
    y = np.array([0, 1, 1, 0] * 20)
    model = chain((2,), dense(8, "tanh"), at(1), layers.Activation("sigmoid"))
    return Setup(model, x, y, "mean_absolute_error", keras.optimizers.Adam(0.02), ["accuracy"], epochs=150)


@reported("regression-loss-for-classification", "Stack Overflow 45442843: squares of one hot rows")
def squares_for_kinds():
    x = table()
    return Setup(chain((8,), dense(16), at(4, "sigmoid")), x, one_hot(of_four(x)), "mse", "sgd", ["accuracy"])


@reported("accuracy-for-regression", "Stack Overflow 51181393 and 48934338, DeepFD, DeepLocalize", placed=False)
def accuracy_of_a_curve():
    x = np.linspace(0, 2, 300, dtype="float32")[:, None]
    y = 2 * x**2 + 0.1 * np.random.default_rng(0).normal(size=x.shape)
    model = chain((1,), dense(30), dense(20), dense(1, "linear"))
    return Setup(model, x, y, "mse", keras.optimizers.Adam(0.01), ["accuracy"])


@reported("loss-needs-positive", "Definition of Poisson's loss: counts by a linear unit")
def counts_by_a_linear_unit():
    x = table()
    y = np.random.default_rng(1).poisson(np.exp(0.8 * x[:, 0]))
    return Setup(chain((8,), dense(16), at(1)), x, y, "poisson", "adam")


@reported("loss-needs-positive", "Definition of mean_squared_logarithmic_error: it sees nothing below 0")
def prices_by_their_logarithm_and_tanh():
    x = table()
    y = np.exp(x[:, 0] + 0.5)
    return Setup(chain((8,), dense(16), at(1, "tanh")), x, y, "mean_squared_logarithmic_error", "adam")


# --- targets --------------------------------------------------------------------------------------------------------------


@reported("label-encoding", "Stack Overflow 39810655, DeepFD", placed=False)
def numbers_for_categorical_crossentropy():
    x, y = digits()
    model = chain(x.shape[1:], layers.Flatten(), dense(32), dense(4, "softmax"))
    return Setup(model, x, y, CATEGORICAL, "adam", ["accuracy"])


@reported("label-encoding", "keras-io pull request 916", placed=False)
def one_hot_rows_for_the_sparse_loss():
    x, y = digits()
    model = chain(x.shape[1:], layers.Conv2D(8, 3, activation="relu"), layers.Flatten(), dense(4, "softmax"))
    return Setup(model, x, one_hot(y), SPARSE, "adam", ["accuracy"])


@reported("label-out-of-range", "Keras issues 11786 and 11791: categories 1 to 7", placed=False)
def categories_from_one():
    x, y = digits()
    model = chain(x.shape[1:], layers.Conv2D(8, 3, activation="relu"), layers.Flatten(), dense(4, "softmax"))
    return Setup(model, x, y + 1, SPARSE, "adam", ["accuracy"])


@reported("label-out-of-range", "rstudio keras3 issue 465: one class more than units", placed=False)
def a_unit_too_few():
    x = table()
    return Setup(chain((8,), dense(16), dense(3, "softmax")), x, of_four(x), SPARSE, "adam")


@reported("label-out-of-range", "DeepLocalize 58609115: a mark of -1 for unknown", placed=False)
def minus_one_for_the_second_class():
    x = table()
    y = np.where(yes_no(x) == 1, 1, -1)
    return Setup(chain((8,), dense(16), dense(2, "softmax")), x, y, SPARSE, "adam", right=(x, yes_no(x)))


@reported("binary-label-values", "Stack Overflow 50079585, DeepLocalize", placed=False)
def three_kinds_by_one_sigmoid():
    x, y = digits()
    model = chain(x.shape[1:], layers.Conv2D(8, 3, activation="relu"), layers.Flatten(), dense(1, "sigmoid"))
    return Setup(model, x, y, BINARY, "rmsprop", ["accuracy"])


@reported("binary-label-values", "Stack Overflow 59282996, DeepFD", placed=False)
def minus_one_and_one():
    x = table()
    return Setup(chain((8,), dense(16), dense(1, "sigmoid")), x, 2 * yes_no(x) - 1, BINARY, "adam", ["accuracy"])


@reported("binary-label-values", "Stack Overflow: labels 1 and 2", placed=False)
def one_and_two():
    x = table()
    return Setup(chain((8,), dense(16), dense(1, "sigmoid")), x, yes_no(x) + 1, BINARY, "adam", ["accuracy"])


@reported("labels-not-integer", "Stack Overflow 59325381: labels scaled with the images", placed=False)
def labels_divided_by_255():
    x, y = digits()
    model = chain(x.shape[1:], layers.Flatten(), dense(32), dense(4, "softmax"))
    return Setup(model, x, y / 255, SPARSE, "adam", ["accuracy"], right=(x, y))


@reported("crossentropy-continuous-targets", "Stack Overflow 46642627, DeepFD", placed=False)
def crossentropy_for_a_regression():
    x = table()
    return Setup(chain((8,), dense(16), dense(1, "sigmoid")), x, 2 * x[:, 0], BINARY, "adam", ["accuracy"])


@reported(
    "crossentropy-continuous-targets", "Stack Overflow: several labels with categorical_crossentropy", placed=False
)
def several_labels_as_categories():
    x = table()
    y = (x[:, :3] > 0).astype("float32")
    return Setup(chain((8,), dense(16), dense(3, "softmax")), x, y, CATEGORICAL, "adam", ["accuracy"])


@reported("output-target-shape", "Stack Overflow 38584268 and 61030068, NeuraLint: no Flatten")
def no_flatten_before_the_last_layers():
    x, y = waves()
    body = (layers.Conv1D(8, 3, activation="relu"), layers.MaxPooling1D(2))
    return Setup(chain(x.shape[1:], *body, at(16, "relu"), dense(1, "linear")), x, y, "mse", "adam")


@reported("output-target-shape", "Stack Overflow: return_sequences left on")
def every_step_of_the_sequence():
    x, y = waves()
    model = chain(x.shape[1:], layers.LSTM(12, return_sequences=True, name="at"), dense(1, "linear"))
    return Setup(model, x, y, "mse", keras.optimizers.Adam(0.01))


@reported("output-target-shape", "Stack Overflow 53119432: Conv1D into Dense for yes or no")
def yes_or_no_of_each_place():
    x, y = waves()
    model = chain(x.shape[1:], layers.Conv1D(8, 3, activation="relu"), at(1, "sigmoid"))
    return Setup(model, x, (y > 0).astype("int32"), BINARY, "adam", ["accuracy"])


@reported("single-class-labels", "SageMaker Debugger, class imbalance: one folder was read", placed=False)
def one_folder_of_images():
    x, y = digits()
    model = chain(x.shape[1:], layers.Conv2D(8, 3, activation="relu"), layers.Flatten(), dense(1, "sigmoid"))
    return Setup(model, x, np.ones(len(x)), BINARY, "adam", ["accuracy"], right=(x, (y > 1).astype("int32")))


@reported("class-imbalance", "Keras: imbalanced classification, fraud", placed=False)
def frauds():
    x = table(1000)
    y = (x[:, 0] > 2).astype("int32")
    return Setup(chain((8,), dense(16), dense(1, "sigmoid")), x, y, BINARY, keras.optimizers.Adam(0.01), ["accuracy"])


# --- data -----------------------------------------------------------------------------------------------------------------


@reported("unnormalised-input", "Stack Overflow 44164749 and 48385830: digits of 0 to 255")
def digits_of_255():
    x, y = digits()
    model = chain((144,), at(64, "relu"), layers.Dropout(0.1), dense(32), dense(4, "softmax"))
    x = (255 * x).reshape(len(x), -1).round()
    return Setup(model, x, one_hot(y), CATEGORICAL, keras.optimizers.SGD(0.01, momentum=0.9), ["accuracy"])


@reported("unnormalised-input", "Stack Overflow 50306988 and 47724077: an unscaled table")
def incomes_and_ages():
    x = table(columns=3)
    given = np.stack([40 + 12 * x[:, 0], 30_000 + 9_000 * x[:, 1], 3 + x[:, 2]], axis=1)
    model = chain((3,), at(12, "sigmoid"), dense(2, "softmax"))
    return Setup(model, given, yes_no(x), SPARSE, "adam", ["accuracy"], epochs=100)


@reported("unnormalised-input", "GitHub: a forecast of prices that are not scaled")
def prices_into_an_lstm():
    x, y = waves()
    model = chain(x.shape[1:], layers.Bidirectional(layers.LSTM(8), name="at"), dense(1, "linear"))
    return Setup(model, 300 + 40 * x, y, "mse", keras.optimizers.Adam(0.01))


@reported("unnormalised-input", "UMLAUT's study: images of 0 to 255 into a depthwise convolution")
def images_into_separable_convolutions():
    x, y = digits(channels=3)
    body = (layers.SeparableConv2D(8, 3, activation="relu", name="at"), layers.MaxPooling2D(), layers.Flatten())
    return Setup(chain(x.shape[1:], *body, dense(4, "softmax")), (255 * x).round(), y, SPARSE, "adam", ["accuracy"])


@reported("unnormalised-input", "Keras documentation of Normalization: columns of different scales")
def columns_far_apart():
    x = table(columns=4)
    model = chain((4,), at(16, "relu"), dense(1, "linear"))
    return Setup(model, x * np.array([5, 5, 1e-3, 1e-3], "float32"), x[:, 2] - x[:, 3], "mse", "adam")


@reported("unscaled-target", "Stack Overflow 52800582, DeepLocalize; GitHub: prices of houses", placed=False)
def powers_of_four():
    x = np.linspace(-2, 2, 400, dtype="float32")[:, None]
    model = chain((1,), dense(50, "sigmoid"), dense(50, "elu"), dense(1, "linear"))
    return Setup(model, x, 200 * x**4, "mse", "adam")


@reported("unscaled-target", "GitHub, DeepLocalize: prices of houses by relu", placed=False)
def prices_by_a_relu():
    x = table()
    y = 250_000 * (1 + 0.2 * x[:, 0])
    return Setup(chain((8,), dense(32), dense(16), dense(1, "relu")), x, y, "mean_absolute_error", "adam")


@reported("tiny-input", "TheDeepChecker: scaled by a generator and again by hand")
def scaled_twice():
    x, y = digits()
    body = (layers.Rescaling(1 / 255), layers.Conv2D(8, 3, activation="relu", name="at"), layers.Flatten())
    return Setup(chain(x.shape[1:], *body, dense(4, "softmax")), x, y, SPARSE, "adam", ["accuracy"])


@reported("tiny-input", "TheDeepChecker: a scale for [-1, 1] on images that are in [0, 1] already")
def scaled_twice_to_minus_one():
    x, y = digits()
    body = (layers.Rescaling(1 / 127.5, offset=-1), layers.Conv2D(8, 3, activation="relu", name="at"), layers.Flatten())
    return Setup(chain(x.shape[1:], *body, dense(4, "softmax")), x, y, SPARSE, "adam", ["accuracy"])


@reported("non-finite-data", "UMLAUT; Stack Overflow: gaps of a table", placed=False)
def gaps_of_a_table():
    x = table()
    y = yes_no(x)
    x[::40, 3] = np.nan
    return Setup(chain((8,), dense(16), dense(1, "sigmoid")), x, y, BINARY, "adam", ["accuracy"])


@reported("non-finite-data", "Stack Overflow: a logarithm of zero in the targets", placed=False)
def logarithm_of_zero_in_the_targets():
    x = table()
    y = x[:, 0].copy()
    y[5] = -np.inf
    return Setup(chain((8,), dense(16), dense(1, "linear")), x, y, "mse", "adam", right=(x, x[:, 0]))


@reported("image-axes", "NeuraLint 45711636 and GitHub 8: channels first")
def channels_first():
    x, y = digits(channels=3)
    model = chain(
        (3, 12, 12),
        layers.Conv2D(8, 3, padding="same", activation="relu", name="at"),
        layers.Flatten(),
        dense(4, "softmax"),
    )
    return Setup(model, np.transpose(x, (0, 3, 1, 2)), y, SPARSE, "adam", ["accuracy"])


@reported("embedding-index", "Keras issues 9264, 10694 and 13989: the vocabulary is one too small")
def a_word_too_many():
    x, y = sentences()
    model = chain((10,), layers.Embedding(30, 8, name="at"), layers.LSTM(8), dense(1, "sigmoid"))
    return Setup(model, x, y, BINARY, "adam", ["accuracy"])


@reported("embedding-index", "Stack Overflow: word frequencies into an Embedding")
def frequencies_into_an_embedding():
    x = np.random.default_rng(0).random((320, 10)).astype("float32")
    model = chain((10,), layers.Embedding(40, 8, name="at"), layers.Flatten(), dense(1, "sigmoid"))
    return Setup(model, x, (x[:, 0] > 0.5).astype("int32"), BINARY, "adam", ["accuracy"])


@reported("constant-features", "Stack Overflow 58237726, DeepFD: the column was read wrongly", placed=False)
def a_table_of_zeros():
    x = table()
    return Setup(
        chain((8,), dense(16), dense(1, "sigmoid")), np.zeros_like(x), yes_no(x), BINARY, "adam", right=(x, yes_no(x))
    )


# --- layers and their order ---------------------------------------------------------------------------------------------------


@reported("stacked-linear", "NeuraLint f009; UMLAUT's study: no activations at all")
def no_activation_anywhere():
    x, y = digits()
    model = chain(x.shape[1:], layers.Flatten(), at(64), layers.Dense(64), dense(4, "softmax"))
    return Setup(model, x, y, SPARSE, "adam", ["accuracy"])


@reported("stacked-linear", "Keras issue 1597: a convolution without activation")
def convolution_without_activation():
    x, y = digits()
    body = (layers.Conv2D(8, 3, name="at"), layers.AveragePooling2D(2), layers.Conv2D(8, 3, activation="relu"))
    return Setup(chain(x.shape[1:], *body, layers.Flatten(), dense(4, "softmax")), x, y, SPARSE, "adam", ["accuracy"])


@reported("stacked-linear", "Keras issue 2051: activation='linear' in the first layer")
def a_linear_layer_before_a_curved_one():
    x = table()
    model = chain((8,), at(32, "linear"), layers.Dropout(0.1), dense(16, "tanh"), dense(1, "linear"))
    return Setup(model, x, x[:, 0] * x[:, 1], "mse", keras.optimizers.Adam(0.01), epochs=80)


@reported("softmax-hidden", "DeepFD, activation faults")
def softmax_in_every_layer():
    x, y = digits()
    model = chain(x.shape[1:], layers.Flatten(), at(32, "softmax"), dense(4, "softmax"))
    return Setup(model, x, y, SPARSE, "adam", ["accuracy"])


@reported("softmax-hidden", "Stack Overflow: softmax behind a convolution")
def softmax_behind_a_convolution():
    x, y = digits()
    body = (layers.Conv2D(8, 3, activation="softmax", name="at"), layers.MaxPooling2D(), layers.Flatten())
    return Setup(chain(x.shape[1:], *body, dense(4, "softmax")), x, y, SPARSE, "adam", ["accuracy"])


@reported("softmax-axis", "NeuraLint f020")
def softmax_over_the_samples():
    x = table()
    model = chain((8,), dense(16), dense(4, "linear"), layers.Softmax(axis=0, name="at"))
    return Setup(model, x, of_four(x), SPARSE, "adam", ["accuracy"])


@reported("dropout-rate", "Stack Overflow 44184091, NeuraLint")
def dropout_of_nine_tenths():
    x, y = digits()
    model = chain(x.shape[1:], layers.Flatten(), dense(32), layers.Dropout(0.9, name="at"), dense(4, "softmax"))
    return Setup(model, x, y, SPARSE, "adam", ["accuracy"])


@reported("dropout-after-output", "UMLAUT")
def dropout_behind_the_answer():
    x = table()
    model = chain((8,), dense(16), dense(1, "sigmoid"), layers.Dropout(0.5, name="at"))
    return Setup(model, x, yes_no(x), BINARY, "adam", ["accuracy"])


@reported("dropout-before-batchnorm", "Stack Overflow 55776436, NeuraLint f006")
def dropout_before_normalising():
    x, y = digits()
    body = (
        layers.Conv2D(8, 3),
        layers.Dropout(0.5, name="at"),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.Flatten(),
    )
    return Setup(chain(x.shape[1:], *body, dense(4, "softmax")), x, y, SPARSE, "adam", ["accuracy"])


@reported("batchnorm-after-output", "UMLAUT")
def normalised_probabilities():
    x = table()
    model = chain((8,), dense(16), dense(1), layers.Activation("sigmoid"), layers.BatchNormalization(name="at"))
    return Setup(model, x, yes_no(x), BINARY, "adam", ["accuracy"])


@reported("batchnorm-batch-size", "DeepFD, batch size")
def normalised_in_batches_of_one():
    x = table(160)
    model = chain((8,), dense(16), layers.BatchNormalization(name="at"), dense(1, "sigmoid"))
    return Setup(model, x, yes_no(x), BINARY, "adam", ["accuracy"], {"batch_size": 1}, epochs=20)


@reported("spatial-collapse", "NeuraLint, too much pooling")
def pooled_to_a_point_and_on():
    x, y = digits(size=8)
    pools = [layers.MaxPooling2D(padding="same") for _ in range(3)]
    body = (
        layers.Conv2D(8, 3, padding="same", activation="relu"),
        *pools,
        layers.MaxPooling2D(padding="same", name="at"),
    )
    return Setup(chain(x.shape[1:], *body, layers.Flatten(), dense(4, "softmax")), x, y, SPARSE, "adam", ["accuracy"])


@reported("narrow-bottleneck", "Stack Overflow 45442843 and 50306988: two units before many classes")
def one_unit_for_ten_classes():
    x = table()
    y = (of_four(x) + 4 * (x[:, 2] > 0)).astype("int32")
    model = chain((8,), dense(32), at(1), layers.Activation("sigmoid"), dense(8, "softmax"))
    return Setup(model, x, y, SPARSE, keras.optimizers.Adam(0.01), ["accuracy"], epochs=100)


# --- weights and steps ----------------------------------------------------------------------------------------------------------


@reported("constant-init", "NeuraLint f004; Stack Overflow 48385830")
def weights_of_one_value():
    x = table()
    model = chain((8,), at(16, "relu", kernel_initializer="ones"), dense(4, "softmax"))
    return Setup(model, x, of_four(x), SPARSE, "adam", ["accuracy"])


@reported("constant-init", "NeuraLint, zeros init")
def convolution_of_zeros():
    x, y = digits()
    body = (layers.Conv2D(8, 3, activation="relu", kernel_initializer="zeros", name="at"), layers.Flatten())
    return Setup(chain(x.shape[1:], *body, dense(4, "softmax")), x, y, SPARSE, "adam", ["accuracy"])


@reported("poor-init", "SageMaker Debugger, PoorWeightInitialization; TheDeepChecker")
def weights_of_the_standard_normal():
    x, y = digits()
    wide = keras.initializers.RandomNormal(stddev=1.0)
    model = chain(x.shape[1:], layers.Flatten(), at(64, "relu", kernel_initializer=wide), dense(4, "softmax"))
    return Setup(model, x, y, SPARSE, "adam", ["accuracy"])


@reported("dead-relu", "AUTOTRAINER, dying relu; Stack Overflow: what is the dying ReLU problem")
def relus_that_begin_dead():
    x = table()
    low = keras.initializers.Constant(-8.0)
    model = chain((8,), at(24, "relu", bias_initializer=low), dense(1, "linear"))
    return Setup(model, x, x[:, 0] - x[:, 1], "mse", "adam")


@reported("vanishing-gradient", "AUTOTRAINER, vanishing gradients")
def ten_layers_of_sigmoid():
    x = table()
    body = [dense(16, "sigmoid") for _ in range(9)]
    return Setup(chain((8,), at(16, "sigmoid"), *body, dense(1, "sigmoid")), x, yes_no(x), BINARY, "adam", ["accuracy"])


@reported("saturated-activation", "DeepDiagnosis, saturated activation", "poor-init")
def tanh_at_its_ends():
    x = table(columns=32)
    wide = keras.initializers.RandomNormal(stddev=1.4)
    return Setup(
        chain((32,), at(32, "tanh", kernel_initializer=wide), dense(1, "sigmoid")), x, yes_no(x), BINARY, "adam"
    )


@reported("no-gradient", "Keras issues 4175 and 11157; tf-keras issue 52", placed=False)
def rounded_before_the_loss():
    x = table()
    model = chain((8,), dense(16), dense(1, "sigmoid"), layers.Lambda(lambda t: keras.ops.round(t)))
    return Setup(model, x, yes_no(x), "mse", "adam")


@reported("no-gradient", "Keras issue 11157: the gradient is stopped on the way", placed=False)
def half_of_the_network_is_not_reached():
    x = table()
    inputs = keras.Input((8,))
    hidden = layers.Lambda(lambda t: keras.ops.stop_gradient(t))(dense(16)(inputs))
    return Setup(keras.Model(inputs, dense(1, "sigmoid")(hidden)), x, yes_no(x), BINARY, "adam", ["accuracy"])


@reported("no-trainable-weights", "NeuraLint f022", placed=False)
def all_frozen():
    x = table()
    model = chain((8,), dense(16), dense(1, "sigmoid"))
    model.trainable = False
    return Setup(model, x, yes_no(x), BINARY, "adam", ["accuracy"])


@reported("learning-rate-high", "Stack Overflow 48385830: SGD(3.0); DeepFD", placed=False)
def steps_of_three():
    x, y = digits()
    model = chain(x.shape[1:], layers.Flatten(), dense(30, "sigmoid"), dense(4, "softmax"))
    return Setup(model, x, one_hot(y), CATEGORICAL, keras.optimizers.SGD(3.0), ["accuracy"])


@reported("learning-rate-high", "Keras issue 2975; neural networks on NaN: Adam(1.0)", placed=False)
def adam_of_one():
    x, y = sentences()
    model = chain((10,), layers.Embedding(40, 8), layers.LSTM(8), dense(1, "sigmoid"))
    return Setup(model, x, y, BINARY, keras.optimizers.Adam(1.0), ["accuracy"])


@reported("learning-rate-low", "Keras issue 14458; DeepFD: steps that are too small", placed=False)
def steps_of_a_ten_millionth():
    x = table()
    model = chain((8,), dense(16), dense(1, "sigmoid"))
    return Setup(model, x, yes_no(x), BINARY, keras.optimizers.Adam(1e-7), ["accuracy"])


@reported("learning-rate-low", "Stack Overflow: a decay that is counted in epochs", placed=False)
def a_rate_that_is_gone_at_once():
    x = table()
    fall = keras.optimizers.schedules.ExponentialDecay(0.01, decay_steps=1, decay_rate=0.5)
    return Setup(
        chain((8,), dense(16), dense(1, "sigmoid")), x, yes_no(x), BINARY, keras.optimizers.Adam(fall), ["accuracy"]
    )


@reported("learning-rate-negative", "UMLAUT's study, eval_b", placed=False)
def steps_of_zero():
    x = table()
    return Setup(
        chain((8,), dense(16), dense(1, "sigmoid")), x, yes_no(x), BINARY, keras.optimizers.SGD(0.0), ["accuracy"]
    )


@reported("clip-too-small", "Stack Overflow 31556268, DeepFD", placed=False)
def clipped_to_nothing():
    x = table()
    return Setup(
        chain((8,), dense(16), dense(1, "linear")), x, x[:, 0], "mse", keras.optimizers.SGD(0.05, clipvalue=1e-6)
    )


@reported("optimizer-epsilon", "TheDeepChecker", placed=False)
def epsilon_of_ten():
    x = table()
    return Setup(chain((8,), dense(16), dense(1, "linear")), x, x[:, 0], "mse", keras.optimizers.Adam(epsilon=10.0))


@reported("over-regularised", "TheDeepChecker, overwhelming regularisation", placed=False)
def a_penalty_of_one():
    x = table()
    l2 = keras.regularizers.L2(1.0)
    model = chain((8,), dense(32, kernel_regularizer=l2), dense(32, kernel_regularizer=l2), dense(1, "sigmoid"))
    return Setup(model, x, yes_no(x), BINARY, "adam", ["accuracy"])


@reported("loss-sign", "TheDeepChecker, flipped sign", placed=False)
def likeness_to_be_made_small():
    x = table()

    def likeness(y, p):
        return -keras.ops.mean(keras.ops.abs(y - p), axis=-1)

    return Setup(chain((8,), dense(16), dense(1, "linear")), x, x[:, :1], likeness, "adam")


@reported("loss-sign", "TheDeepChecker: a crossentropy without its minus", placed=False)
def crossentropy_without_its_minus():
    x = table()

    def own(y, p):
        return keras.ops.sum(y * keras.ops.log(p + 1e-7), axis=-1)

    return Setup(chain((8,), dense(16), dense(4, "softmax")), x, one_hot(of_four(x)), own, "adam")


@reported("zero-sample-weight", "Keras issues on class_weight: a class of weight 0", placed=False)
def a_class_of_weight_zero():
    x = table()
    return Setup(
        chain((8,), dense(16), dense(2, "softmax")),
        x,
        yes_no(x),
        SPARSE,
        "adam",
        ["accuracy"],
        {"class_weight": {0: 1.0, 1: 0.0}},
    )


@reported(
    "output-loss-scale", "Keras documentation of loss_weights: a price beside a class", "unscaled-target", placed=False
)
def a_price_beside_a_share():
    x = table()
    inputs = keras.Input((8,))
    hidden = dense(16)(inputs)
    model = keras.Model(
        inputs, {"price": layers.Dense(1, name="price")(hidden), "share": layers.Dense(1, name="share")(hidden)}
    )
    return Setup(model, x, {"price": 50_000 + 9_000 * x[:, :1], "share": x[:, 1:2]}, "mse", "adam")


@reported("metric-mismatch", "Stack Overflow 41327601, DeepFD", placed=False)
def accuracy_of_each_class_alone():
    x = table()
    model = chain((8,), dense(16), dense(4, "softmax"))
    return Setup(model, x, one_hot(of_four(x)), CATEGORICAL, "adam", [keras.metrics.BinaryAccuracy()])


@reported("metric-mismatch", "Stack Overflow: Accuracy() of probabilities is 0", placed=False)
def exact_accuracy_of_probabilities():
    x = table()
    return Setup(chain((8,), dense(16), dense(1, "sigmoid")), x, yes_no(x), BINARY, "adam", [keras.metrics.Accuracy()])


# --- training and validation ----------------------------------------------------------------------------------------------------


@reported("validation-leak", "Stack Overflow 53119432, NeuraLint", placed=False)
def validated_on_what_was_trained():
    x, y = waves()
    y = (y > 0).astype("int32")
    model = chain(x.shape[1:], layers.Conv1D(8, 3, activation="relu"), layers.Flatten(), dense(1, "sigmoid"))
    return Setup(model, x, y, BINARY, "adam", ["accuracy"], {"validation_data": (x, y)})


@reported("validation-leak", "UMLAUT's study, eval_b: few different rows", placed=False)
def the_same_switches_twice():
    x = np.random.default_rng(0).integers(0, 2, (320, 5)).astype("float32")
    y = x[:, 0].astype("int32")
    model = chain((5,), dense(16), dense(1, "sigmoid"))
    return Setup(model, x, y, BINARY, "adam", ["accuracy"], {"validation_data": (x, y)})


@reported("unshuffled-data", "Stack Overflow 55776436, NeuraLint", placed=False)
def class_after_class():
    x = table()
    order = np.argsort(of_four(x), kind="stable")
    model = chain((8,), dense(16), dense(4, "softmax"))
    return Setup(model, x[order], one_hot(of_four(x)[order]), CATEGORICAL, "adam", ["accuracy"], {"shuffle": False})


@reported("validation-split-sorted", "Keras documentation of validation_split", placed=False)
def the_last_class_is_held_out():
    x, y = digits()
    order = np.argsort(y, kind="stable")
    model = chain(x.shape[1:], layers.Flatten(), dense(32), dense(4, "softmax"))
    return Setup(model, x[order], y[order], SPARSE, "adam", ["accuracy"], {"validation_split": 0.2})


# --- the course of a training ---------------------------------------------------------------------------------------------------


@reported(
    "non-finite-loss",
    "Keras issues on nan losses: steps too large for a deep regression",
    "loss-diverging",
    placed=False,
)
def nan_by_large_steps():
    x = table()
    model = chain((8,), dense(64), dense(64), dense(64), dense(1, "linear"))
    return Setup(model, x, 30 * x[:, 0] ** 2, "mse", keras.optimizers.SGD(0.5))


@reported("non-finite-loss", "DeepLocalize 48934338: SGD(0.1) on squares", "loss-diverging", placed=False)
def nan_by_steps_of_a_tenth():
    x = np.arange(0, 5, 0.02, dtype="float32")[:, None]
    model = chain((1,), dense(50), dense(30), dense(1, "linear"))
    return Setup(model, x, 5 * x**2, "mse", keras.optimizers.SGD(0.1))


@reported("non-finite-values", "Stack Overflow: nan from a division by a sum of zero", "non-finite-loss", placed=False)
def shares_of_nothing():
    x = np.maximum(table(), 0)
    x[::20] = 0
    share = layers.Lambda(lambda t: t / keras.ops.sum(t, axis=-1, keepdims=True), name="at")
    return Setup(chain((8,), share, dense(16), dense(1, "sigmoid")), x, (x[:, 0] > x[:, 1]).astype("int32"), BINARY)


@reported(
    "non-finite-values", "Stack Overflow: nan from the gradient of a root at zero", "non-finite-loss", placed=False
)
def a_root_at_zero():
    x = table()

    def distance(y, p):
        return keras.ops.sqrt(keras.ops.sum(keras.ops.square(keras.ops.relu(p - y)), axis=-1))

    return Setup(chain((8,), dense(16), dense(1, "linear")), x, x[:, :1], distance)


@reported("overfitting", "Keras guide on overfitting: learned by heart", placed=False)
def learned_by_heart():
    x = table(200, 20)
    y = (np.random.default_rng(3).random(200) > 0.5).astype("int32")
    model = chain((20,), dense(128), dense(128), dense(1, "sigmoid"))
    return Setup(model, x, y, BINARY, keras.optimizers.Adam(0.005), ["accuracy"], {"validation_split": 0.4}, epochs=30)


@reported("loss-not-decreasing", "Keras issue 1597: the loss stays where it was", placed=False)
def labels_that_nothing_tells_of():
    x = table(640, 4)
    y = (np.random.default_rng(5).random(640) > 0.5).astype("int32")
    model = chain((4,), dense(1, "sigmoid", kernel_initializer="zeros"))
    return Setup(model, x, y, BINARY, keras.optimizers.SGD(0.01), ["accuracy"], epochs=12)


@reported(
    "loss-diverging",
    "TheDeepChecker, diverging loss; DeepFD, learning rate",
    "non-finite-loss",
    "learning-rate-high",
    placed=False,
)
def a_line_with_steps_too_large():
    x = table()
    return Setup(
        chain((8,), dense(1, "linear")), x, x[:, 0] - x[:, 1], "mse", keras.optimizers.SGD(0.9), [], {"batch_size": 320}
    )


@reported("loss-oscillating", "AUTOTRAINER, oscillating loss", "loss-diverging", placed=False)
def a_pendulum():
    x = table()
    steps = keras.optimizers.SGD(0.04, momentum=0.999)
    return Setup(
        chain((8,), layers.Rescaling(5.0), dense(1, "linear")), x, x[:, 0], "mse", steps, [], {"batch_size": 320}
    )


def programs(part):
    """Of a part, "tuning" or "final": (name, rules, whether a layer is named, function)."""
    return PROGRAMS[("tuning", "final").index(part) :: 2]
