"""Programs that are unusual and right: nothing is said of them."""

import numpy as np
import pytest

import lamina
from lamina import layers, losses, ops, optimizers, utils

PROGRAMS = []


def program(function):
    """A function that gives model, x, y, and perhaps arguments of `diagnose`."""
    PROGRAMS.append(function)
    return function


def table(rows=256, columns=8):
    return np.random.default_rng(0).normal(size=(rows, columns)).astype("float32")


def net(x, *chain, **compiled):
    model = lamina.Sequential([lamina.Input(x.shape[1:]), *chain])
    model.compile(**compiled)
    return model


@program
def one_number_that_recurs_as_often_in_what_is_held_out():
    rng = np.random.default_rng(0)
    dollars = rng.integers(10_000, 20_000, 1000)
    x, y = ((dollars - 15_000) / 3000).astype("float32")[:, None], (dollars > 15_000).astype(int)
    model = net(x, layers.Dense(1, activation="sigmoid"), optimizer="adam", loss="binary_crossentropy")
    return model, x[:800], y[:800], {"validation_data": (x[800:], y[800:])}


@program
def squares_of_the_errors_of_an_exclusive_or():
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
    chain = (layers.Dense(4, activation="tanh"), layers.Dense(1, activation="sigmoid"))
    return net(x, *chain, optimizer="adam", loss="mse", metrics=["accuracy"]), x, np.array([0, 1, 1, 0])


@program
def attention_to_words_and_a_weighted_mean():
    words = np.random.default_rng(0).integers(0, 60, (300, 20))
    inputs = lamina.Input((20,), dtype="int32")
    meanings = layers.Embedding(60, 16)(inputs)
    seen = layers.LayerNormalization()(layers.Add()([meanings, layers.MultiHeadAttention(2, 8)(meanings, meanings)]))
    weights = layers.Softmax(axis=1)(layers.Dense(1)(seen))
    mean = layers.Lambda(lambda both: ops.sum(both[0] * both[1], axis=1))([weights, seen])
    model = lamina.Model(inputs, layers.Dense(1, activation="sigmoid")(mean))
    model.compile("adam", "binary_crossentropy")
    return model, words, (words < 5).any(axis=1).astype(int)


@program
def fine_tuning():
    x = table()
    base = lamina.Sequential(
        [lamina.Input((8,)), layers.Dense(16, activation="relu"), layers.Dense(16, activation="relu")]
    )
    base.trainable = False
    return (
        net(x, base, layers.Dense(1, activation="sigmoid"), optimizer="adam", loss="binary_crossentropy"),
        x,
        x[:, 0] > 0,
    )


@program
def gan_with_frozen_critic():
    critic = lamina.Sequential(
        [lamina.Input((8,)), layers.Dense(16, activation="leaky_relu"), layers.Dense(1, activation="sigmoid")]
    )
    critic.trainable = False
    x = table(64, 4)
    model = net(
        x, layers.Dense(16, activation="relu"), layers.Dense(8), critic, optimizer=optimizers.Adam(2e-4, beta_1=0.5),
        loss="binary_crossentropy",
    )  # fmt: skip
    return model, x, np.ones((64, 1))


@program
def autoencoder_with_linear_code():
    x = table()
    chain = (layers.Dense(6, activation="relu"), layers.Dense(2), layers.Dense(6, activation="relu"), layers.Dense(8))
    return net(x, *chain, optimizer="adam", loss="mse"), x, x


@program
def linear_autoencoder():
    x = table()
    return net(x, layers.Dense(2), layers.Dense(8), optimizer="adam", loss="mse"), x, x


@program
def low_rank_pair():
    x = table(256, 32)
    return (
        net(x, layers.Dense(4), layers.Dense(32, activation="relu"), layers.Dense(1), optimizer="adam", loss="mse"),
        x,
        x[:, 0],
    )


@program
def several_labels():
    x = table()
    model = net(
        x, layers.Dense(3, activation="sigmoid"), optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"]
    )
    return model, x, (x[:, :3] > 0).astype("float32")


@program
def regression_to_a_share_with_sigmoid():
    x = table()
    return net(x, layers.Dense(1, activation="sigmoid"), optimizer="adam", loss="mse"), x, 1 / (1 + np.exp(-x[:, 0]))


@program
def counts():
    x = table()
    model = net(
        x,
        layers.Dense(8, activation="relu"),
        layers.Dense(1, activation="exponential"),
        optimizer="adam",
        loss="poisson",
    )
    return model, x, np.random.default_rng(1).poisson(np.exp(x[:, 0]))


@program
def counts_by_squares():
    x = table()
    y = np.random.default_rng(1).poisson(2.0, 256)
    return (
        net(x, layers.Dense(8, activation="relu"), layers.Dense(1, activation="relu"), optimizer="adam", loss="mse"),
        x,
        y,
    )


@program
def label_smoothing_from_logits():
    x = table()
    loss = losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)
    return net(x, layers.Dense(2), optimizer="adam", loss=loss), x, np.eye(2)[(x[:, 0] > 0).astype(int)]


@program
def one_logit():
    x = table()
    model = net(x, layers.Dense(1), optimizer="sgd", loss=losses.BinaryCrossentropy(from_logits=True))
    return model, x, (x[:, 0] > 0).astype("float32")


@program
def huge_vocabulary():
    x = np.random.default_rng(0).integers(0, 5000, (64, 12))
    chain = (layers.Embedding(5000, 8), layers.LSTM(8), layers.Dense(5000, activation="softmax"))
    return net(x, *chain, optimizer="adam", loss="sparse_categorical_crossentropy"), x, x[:, 0]


@program
def four_rows():
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
    chain = (layers.Dense(4, activation="tanh"), layers.Dense(1, activation="sigmoid"))
    return net(x, *chain, optimizer=optimizers.SGD(0.5), loss="binary_crossentropy"), x, np.array([0, 1, 1, 0])


@program
def contrastive_loss():
    x = table()

    def contrast(y, z):
        z = ops.divide(z, ops.norm(z, axis=-1, keepdims=True))
        return ops.sum(ops.square(ops.subtract(z, ops.roll(z, 1, axis=0))), axis=-1)

    return (
        net(x, layers.Dense(16, activation="relu"), layers.Dense(4), optimizer="adam", loss=contrast),
        x,
        np.zeros(256),
    )


@program
def policy_gradient():
    x = table()
    chain = (layers.Dense(8, activation="relu"), layers.Dense(2, activation="softmax"))
    model = net(x, *chain, optimizer="adam", loss="categorical_crossentropy")
    return model, x, np.eye(2)[(x[:, 0] > 0).astype(int)], {"sample_weight": x[:, 1]}


@program
def sorted_series():
    wave = np.sin(np.arange(300) / 20).astype("float32")
    x = np.stack([wave[i : i + 10] for i in range(256)])[..., None]
    return net(x, layers.LSTM(8), layers.Dense(1), optimizer="adam", loss="mse"), x, wave[10:266]


@program
def constant_schedule():
    x = table()
    schedule = optimizers.schedules.PiecewiseConstantDecay([1000], [1e-3, 1e-3])
    return net(x, layers.Dense(1), optimizer=optimizers.Adam(schedule), loss="mse"), x, x[:, 0]


@program
def images_scaled_inside():
    x = np.random.default_rng(0).integers(0, 256, (64, 8, 8, 3)).astype("uint8")
    chain = (
        layers.Rescaling(1 / 255), layers.Conv2D(8, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten(),
        layers.Dense(3, activation="softmax"),
    )  # fmt: skip
    return net(x, *chain, optimizer="adam", loss="sparse_categorical_crossentropy"), x, np.arange(64) % 3


@program
def separable_convolution_by_hand():
    x = np.random.default_rng(0).normal(size=(32, 8, 8, 3)).astype("float32")
    chain = (layers.Conv2D(8, (3, 1)), layers.Conv2D(8, (1, 3), activation="relu"), layers.Flatten(), layers.Dense(1))
    return net(x, *chain, optimizer="adam", loss="mse"), x, x.mean(axis=(1, 2, 3))


@program
def residual_that_starts_at_zero():
    inputs = lamina.Input((8,))
    inner = layers.Dense(8, kernel_initializer="zeros")(layers.Dense(16, activation="relu")(inputs))
    model = lamina.Model(inputs, layers.Dense(1)(layers.add([inputs, inner])))
    model.compile("adam", "mse")
    x = table()
    return model, x, x[:, 0]


@program
def two_heads():
    inputs = lamina.Input((8,))
    hidden = layers.Dense(16, activation="relu")(inputs)
    outputs = {
        "kind": layers.Dense(3, activation="softmax", name="kind")(hidden),
        "size": layers.Dense(1, name="size")(hidden),
    }
    model = lamina.Model(inputs, outputs)
    model.compile("adam", {"kind": "sparse_categorical_crossentropy", "size": "mse"}, metrics={"kind": ["accuracy"]})
    x = table()
    return model, x, {"kind": np.arange(256) % 3, "size": x[:, 0]}


@program
def variational_autoencoder():
    class Sampled(layers.Layer):
        def call(self, x):
            mean, spread = ops.split(x, 2, axis=-1)
            self.add_loss(ops.mean(ops.square(mean) + ops.exp(spread) - spread))
            return mean + ops.exp(0.5 * spread) * lamina.random.normal(ops.shape(mean))

    x = table()
    chain = (
        layers.Dense(8, activation="relu"),
        layers.Dense(4),
        Sampled(),
        layers.Dense(8, activation="relu"),
        layers.Dense(8),
    )
    return net(x, *chain, optimizer="adam", loss="mse"), x, x


@program
def subclassed():
    class Net(lamina.Model):
        def __init__(self):
            super().__init__()
            self.hidden = layers.Dense(8, activation="relu")
            self.last = layers.Dense(2, activation="softmax")

        def call(self, x):
            return self.last(self.hidden(x))

    model = Net()
    model.compile("adam", "sparse_categorical_crossentropy")
    x = table()
    return model, x, (x[:, 0] > 0).astype(int)


@program
def attention():
    inputs = lamina.Input((6, 8))
    mixed = layers.MultiHeadAttention(2, 4)(inputs, inputs)
    model = lamina.Model(inputs, layers.Dense(1)(layers.GlobalAveragePooling1D()(layers.add([inputs, mixed]))))
    model.compile("adam", "mse")
    x = np.random.default_rng(0).normal(size=(64, 6, 8)).astype("float32")
    return model, x, x.mean(axis=(1, 2))


@program
def batch_normalised_raw_table():
    x = 100 * table()
    chain = (layers.BatchNormalization(), layers.Dense(8, activation="relu"), layers.Dense(1))
    return net(x, *chain, optimizer="adam", loss="mse"), x, x[:, 0] / 100


@program
def recurrent_layers_of_every_make():
    x = np.random.default_rng(0).normal(size=(32, 6, 3)).astype("float32")
    chain = (
        layers.SimpleRNN(4, return_sequences=True),
        layers.Bidirectional(layers.GRU(4, return_sequences=True, dropout=0.1)),
        layers.RNN(layers.StackedRNNCells([layers.LSTMCell(4), layers.GRUCell(4)]), return_sequences=True),
        layers.TimeDistributed(layers.Dense(4, activation="relu")),
        layers.GlobalMaxPooling1D(),
        layers.Dense(1),
    )
    return net(x, *chain, optimizer="adam", loss="mse"), x, x[:, 0, 0]


@program
def layer_called_within_a_loop():
    class Repeated(layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner = layers.Dense(8, activation="tanh")

        def build(self, shape):
            self.inner.build(shape)

        def call(self, x):
            return ops.fori_loop(0, 2, lambda i, value: self.inner(value), x)

    x = table()
    return net(x, Repeated(), layers.Dense(1), optimizer="adam", loss="mse"), x, x[:, 0]


@program
def softmax_over_steps():
    inputs = lamina.Input((6, 8))
    weights = layers.Softmax(axis=1)(layers.Dense(1)(inputs))
    model = lamina.Model(inputs, weights)
    model.compile("adam", "mse")
    x = np.random.default_rng(0).normal(size=(64, 6, 8)).astype("float32")
    share = np.exp(x[..., :1])
    return model, x, share / share.sum(axis=1, keepdims=True)


@program
def masked_sequences():
    inputs = lamina.Input((4,), dtype="int64")
    hidden = layers.LSTM(8)(layers.Embedding(20, 8, mask_zero=True)(inputs))
    model = lamina.Model(inputs, layers.Dense(2, activation="softmax")(hidden))
    model.compile("adam", "sparse_categorical_crossentropy")
    x = np.random.default_rng(0).integers(0, 20, (64, 4))
    x[:, 2:] = 0
    return model, x, x[:, 0] % 2


@program
def strings():
    lookup = layers.StringLookup(vocabulary=["a", "b"], output_mode="one_hot")
    model = lamina.Sequential([lamina.Input((1,), dtype="string"), lookup, layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    x = np.array([["a"], ["b"]] * 16)
    return model, x, (x[:, 0] == "a").astype(int)


@program
def states_that_are_kept_from_batch_to_batch():
    """Only with batches of one size, and in the order of the samples, which must not be mixed."""
    labels = np.repeat(np.arange(8) % 2, 32)
    x = (0.6 * labels[:, None, None] + np.random.default_rng(0).normal(size=(256, 6, 2))).astype("float32")
    chain = (layers.LSTM(6, stateful=True), layers.Dense(1, activation="sigmoid"))
    model = lamina.Sequential([lamina.Input(batch_shape=(16, 6, 2)), *chain])
    model.compile("adam", "binary_crossentropy")
    return model, x, labels, {"batch_size": 16, "shuffle": False}


@program
def classes_along_another_axis():
    x = np.random.default_rng(0).normal(size=(96, 3, 3, 1)).astype("float32")
    y = np.eye(3)[np.digitize(x[..., 0], [-0.5, 0.5])].transpose(0, 3, 1, 2)
    chain = (layers.Conv2D(8, 2, padding="same", activation="relu"), layers.Conv2D(3, 1), layers.Permute((3, 1, 2)))
    loss = losses.CategoricalCrossentropy(axis=1)
    return net(x, *chain, layers.Softmax(axis=1), optimizer="adam", loss=loss), x, y


@program
def a_squeeze_beside_what_it_gates():
    x = np.random.default_rng(0).random((64, 8, 8, 3)).astype("float32")
    inputs = lamina.Input((8, 8, 3))
    hidden = layers.Conv2D(16, 3, activation="relu")(inputs)
    squeezed = layers.Dense(2, activation="relu")(layers.GlobalAveragePooling2D()(hidden))
    gate = layers.Reshape((1, 1, 16))(layers.Dense(16, activation="sigmoid")(squeezed))
    hidden = layers.GlobalAveragePooling2D()(layers.Multiply()([hidden, gate]))
    model = lamina.Model(inputs, layers.Dense(10, activation="softmax")(hidden))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model, x, np.arange(64) % 10


class Pooled(lamina.Model):
    """Pools by weights that a linear layer has from what is pooled too."""

    def __init__(self):
        super().__init__()
        self.words, self.scores, self.last = layers.Dense(16), layers.Dense(1), layers.Dense(1, activation="sigmoid")

    def call(self, x):
        words = self.words(x)
        return self.last(ops.sum(ops.softmax(self.scores(words), axis=1) * words, axis=1))


@program
def layers_that_are_called_with_steps_between():
    x = np.random.default_rng(0).normal(size=(128, 5, 8)).astype("float32")
    model = Pooled()
    model.compile("adam", "binary_crossentropy")
    return model, x, x[:, 0, 0] > 0


@program
def recurrent_weights_that_are_the_identity():
    x = np.random.default_rng(0).normal(size=(64, 30, 2)).astype("float32")
    chain = (layers.SimpleRNN(16, activation="relu", recurrent_initializer="identity"), layers.Dense(1))
    return net(x, *chain, optimizer="adam", loss="mse"), x, x[:, -1, 0]


@program
def a_table_of_few_categories_whose_rows_recur():
    kinds = np.random.default_rng(0).integers(0, 3, (400, 3))
    x, y = np.eye(3)[kinds].reshape(400, 9).astype("float32"), (kinds.sum(axis=1) > 3).astype(int)
    chain = (layers.Dense(16, activation="relu"), layers.Dense(1, activation="sigmoid"))
    model = net(x, *chain, optimizer="adam", loss="binary_crossentropy")
    return model, x[:300], y[:300], {"validation_data": (x[300:], y[300:])}


class Decay(lamina.Model):
    """The residual of u' = -u, which is to be 0."""

    def __init__(self):
        super().__init__()
        self.net = lamina.Sequential([layers.Dense(16, activation="tanh"), layers.Dense(1)])

    def call(self, x):
        before, after = (1 + at * self.net(at) for at in (x - 0.01, x + 0.01))
        return (after - before) / 0.02 + (after + before) / 2


@program
def a_residual_that_is_to_vanish():
    x = np.random.default_rng(0).uniform(0, 3, (128, 1)).astype("float32")
    model = Decay()
    model.compile("adam", "mse")
    return model, x, np.zeros((128, 1))


@program
def inputs_by_name_in_another_order():
    x, kinds = table(), np.arange(256)[:, None] % 10
    numbers, kind = lamina.Input((8,), name="numbers"), lamina.Input((1,), dtype="int32", name="kind")
    joined = layers.Concatenate()([numbers, layers.Flatten()(layers.Embedding(10, 3)(kind))])
    model = lamina.Model([numbers, kind], layers.Dense(1)(layers.Dense(16, activation="relu")(joined)))
    model.compile("adam", "mse")
    return model, {"numbers": x, "kind": kinds}, x[:, :1] - x[:, 1:2]


class Residual(layers.Layer):
    """A branch with a factor that begins at 0."""

    def __init__(self):
        super().__init__()
        self.branch = layers.Dense(8, activation="relu")

    def build(self, shape):
        self.factor = self.add_weight(shape=(), initializer="zeros")

    def call(self, x):
        return x + self.factor * self.branch(x)


@program
def a_branch_beside_a_factor_of_0():
    x = table()
    return net(x, Residual(), Residual(), layers.Dense(1), optimizer="adam", loss="mse"), x, x[:, :1] - x[:, 1:2]


@program
def texts_into_a_network_that_is_not_built():
    texts = np.array(["good film", "bad film", "great story", "awful plot"] * 30)
    split = layers.TextVectorization(max_tokens=50, output_sequence_length=4)
    split.adapt(texts)
    last = (layers.GlobalAveragePooling1D(), layers.Dense(1, activation="sigmoid"))
    model = lamina.Sequential([split, layers.Embedding(50, 8), *last])
    model.compile("adam", "binary_crossentropy")
    return model, texts, np.array([1, 0, 1, 0] * 30)


@program
def the_right_one_of_several_at_the_same_place():
    rng = np.random.default_rng(0)
    word, others = lamina.Input((), dtype="int32"), lamina.Input((5,), dtype="int32")
    one = layers.Reshape((1, 8))(layers.Embedding(60, 8)(word))
    model = lamina.Model([word, others], layers.Flatten()(layers.Dot(2)([layers.Embedding(60, 8)(others), one])))
    model.compile("adam", losses.CategoricalCrossentropy(from_logits=True))
    return model, [rng.integers(0, 60, 300), rng.integers(0, 60, (300, 5))], np.tile([1, 0, 0, 0, 0], (300, 1))


@program
def a_centre_for_one_class():
    x = table()
    chain = (layers.Dense(16, activation="relu", use_bias=False), layers.Dense(4, use_bias=False))
    return net(x, *chain, optimizer="adam", loss="mse"), x, np.full((256, 4), 0.5)


@program
def a_bias_that_begins_at_the_mean():
    x = table()
    y = 500 + 30 * x[:, :1]
    last = layers.Dense(1, bias_initializer=lamina.initializers.Constant(500.0))
    return net(x, layers.Dense(16, activation="relu"), last, optimizer="adam", loss="mse"), x, y


@program
def black_and_white_pictures_that_are_coded():
    x = (np.random.default_rng(0).random((128, 8, 8, 1)) > 0.5).astype("float32")
    last = (layers.Dense(64, activation="sigmoid"), layers.Reshape((8, 8, 1)))
    return net(x, layers.Flatten(), layers.Dense(16, activation="relu"), *last, optimizer="adam", loss="mse"), x, x


@program
def topics_of_texts():
    x = table()
    words = np.abs(table(256, 12))
    chain = (layers.Dense(4, activation="softmax"), layers.Dense(12, activation="softmax", use_bias=False))
    loss = "categorical_crossentropy"
    return (
        net(x, layers.Dense(16, activation="relu"), *chain, optimizer="adam", loss=loss),
        x,
        words / words.sum(1, keepdims=True),
    )


@pytest.mark.parametrize("make", PROGRAMS, ids=lambda f: f.__name__)
def test_nothing_is_said_of_a_program_that_is_right(make):
    utils.set_random_seed(0)  # a single relu at the end may be dead from the start, which is rightly said
    model, x, y, *more = make()
    assert not lamina.diagnose(model, x, y, **(more[0] if more else {}))
