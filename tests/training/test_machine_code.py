"""Training in machine code: the same networks, compiled and as NumPy calls, on any number of threads."""

import numpy as np
import pytest

from lamina import config, layers, models, optimizers, utils
from lamina.engines.native.machine import _switch

pytestmark = [pytest.mark.native_only("the others have compilers of their own")]

rng = np.random.default_rng(3)
START = rng.bit_generator.state
STEPS = 10
BATCH = 12


def floats(*shape):
    return rng.standard_normal((BATCH * STEPS, *shape)).astype("float32")


def whole(stop, *shape):
    return rng.integers(0, stop, (BATCH * STEPS, *shape))


def perceptron():
    return [layers.Dense(16, activation="relu"), layers.Dense(3, activation="softmax")], floats(5), whole(3), "adam"


def normalised():
    stack = [
        layers.Dense(16, use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.Dropout(0.3),
        layers.Dense(3),
    ]
    return [*stack, layers.Softmax()], floats(5), whole(3), "rmsprop"


def convolutional():
    stack = [layers.Conv2D(4, 3, activation="relu"), layers.MaxPooling2D(), layers.Conv2D(6, 2, activation="gelu")]
    return [*stack, layers.Flatten(), layers.Dense(3, activation="softmax")], floats(9, 9, 2), whole(3), "sgd"


def with_lstm():
    return [layers.LSTM(8), layers.Dense(3, activation="softmax")], floats(6, 4), whole(3), "adam"


def with_gru():
    stack = [layers.Bidirectional(layers.GRU(5, return_sequences=True)), layers.GlobalAveragePooling1D()]
    return [*stack, layers.Dense(3, activation="softmax")], floats(6, 4), whole(3), "nadam"


def text():
    stack = [layers.Embedding(20, 6), layers.Conv1D(8, 3, activation="tanh"), layers.GlobalMaxPooling1D()]
    return [*stack, layers.Dense(3, activation="softmax")], whole(20, 9), whole(3), "adagrad"


def attention():
    x = layers.Input((6, 8))
    y = layers.LayerNormalization()(x + layers.MultiHeadAttention(2, 4)(x, x))
    y = layers.GlobalAveragePooling1D()(layers.Dense(8, activation="silu")(y))
    return models.Model(x, layers.Dense(3, activation="softmax")(y)), floats(6, 8), whole(3), "adamw"


def residual():
    x = layers.Input((8, 8, 4))
    y = layers.BatchNormalization()(layers.Conv2D(4, 3, padding="same", use_bias=False)(x))
    y = layers.GlobalAveragePooling2D()(layers.ReLU()(x + y))
    return models.Model(x, layers.Dense(3, activation="softmax")(y)), floats(8, 8, 4), whole(3), "adamax"


def separable():
    stack = [layers.SeparableConv2D(6, 3, activation="elu"), layers.AveragePooling2D(2), layers.Flatten()]
    return [*stack, layers.Dense(3, activation="softmax")], floats(9, 9, 2), whole(3), "adadelta"


def regression():
    return [layers.Dense(16, activation="softplus"), layers.Dense(2)], floats(5), floats(2), "lion"


NETWORKS = (
    perceptron, normalised, convolutional, with_lstm, with_gru, text, attention, residual, separable, regression,
)  # fmt: skip


def trained(kind, machine, threads=None):
    """The weights after ten steps, and the losses."""
    before, chosen = config.num_threads(), list(_switch._chosen)
    config.set_machine_code(machine, at_once=machine)
    try:
        if threads is not None:
            config.set_num_threads(threads)
        utils.set_random_seed(5)
        net, x, y, optimizer = kind()
        model = net if isinstance(net, models.Model) else models.Sequential([layers.Input(x.shape[1:]), *net])
        loss = "mse" if y.dtype.kind == "f" else "sparse_categorical_crossentropy"
        model.compile(optimizers.get(optimizer), loss, metrics=["mae" if loss == "mse" else "accuracy"])
        history = model.fit(x, y, batch_size=BATCH, epochs=1, shuffle=False, verbose=0)
        predicted = model.predict(x, batch_size=BATCH, verbose=0)
    finally:
        _switch._chosen[:] = chosen
        config.set_num_threads(before)
    return [*model.get_weights(), np.array(history.history["loss"]), predicted]


@pytest.fixture(params=NETWORKS, ids=lambda kind: kind.__name__)
def kind(request):
    pytest.importorskip("llvmlite")
    rng.bit_generator.state = START  # the same data whichever tests ran before
    _, x, y, optimizer = request.param()
    return lambda: (request.param()[0], x, y, optimizer)


def test_equals_numpy_after_ten_steps(kind):
    for written, plain in zip(trained(kind, True), trained(kind, False), strict=True):
        np.testing.assert_allclose(written, plain, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_16_bits_equal_numpy_after_ten_steps(kind, policy):
    before = config.dtype_policy()
    config.set_dtype_policy(policy)
    try:
        both = zip(trained(kind, True), trained(kind, False), strict=True)
    finally:
        config.set_dtype_policy(before)
    for written, plain in both:
        np.testing.assert_allclose(written.astype("float32"), plain.astype("float32"), rtol=3e-2, atol=3e-2)


def test_does_not_depend_on_threads(kind):
    one, two, four = (trained(kind, True, threads) for threads in (1, 2, 4))
    for a, b, c in zip(one, two, four, strict=True):
        np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(a, c)


def test_is_repeated_to_the_bit(kind):
    for a, b in zip(trained(kind, True), trained(kind, True), strict=True):
        np.testing.assert_array_equal(a, b)
