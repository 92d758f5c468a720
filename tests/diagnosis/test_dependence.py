"""What outputs depend on: other samples, later steps, the answer itself; and models that are so by intent."""

import numpy as np
import pytest

import lamina
from lamina import layers, ops

RNG = np.random.default_rng(0)
X = RNG.normal(size=(64, 6)).astype("float32")
Y = X[:, :1] - X[:, 1:2]


def rules(model, x, y, loss="mse"):
    model.compile("adam", loss)
    return [(f.rule, (f.layer or "").rpartition("/")[2]) for f in lamina.diagnose(model, x, y)]


def chain(*between):
    lamina.utils.set_random_seed(0)
    return lamina.Sequential([lamina.Input((6,)), layers.Dense(12, "tanh"), *between, layers.Dense(1)])


class Scaled(layers.Layer):
    """Columns scaled by what the batch shows of them."""

    def call(self, x):
        return (x - ops.mean(x, axis=0)) / (ops.std(x, axis=0) + 1e-3)


class Holder(layers.Layer):
    def __init__(self, inner, **more):
        super().__init__(**more)
        self.inner = inner

    def call(self, x):
        return ops.cumsum(self.inner(x), axis=0) / 8


@pytest.mark.parametrize(
    "layer", [Scaled(name="at"), layers.Lambda(lambda t: ops.softmax(t, axis=0), name="at"), Holder(layers.Dense(4), name="at")]
)  # fmt: skip
def test_a_layer_that_mixes_samples_is_named(layer):
    assert rules(chain(layer), X, Y) == [("samples-mixed", "at")]


def test_operations_of_a_graph_may_mix_samples():
    inputs = lamina.Input((6,))
    hidden = layers.Dense(8, "tanh")(inputs)
    model = lamina.Model(inputs, layers.Dense(1)(hidden - ops.mean(hidden, axis=0, keepdims=True)))
    assert [rule for rule, _ in rules(model, X, Y)] == ["samples-mixed"]


class Drawn(layers.Layer):
    def __init__(self):
        super().__init__()
        self.seeds = lamina.random.SeedGenerator(1)

    def call(self, x):
        return x + lamina.random.normal(ops.shape(x), seed=self.seeds)


@pytest.mark.parametrize(
    "layer",
    [
        layers.Lambda(lambda t: t - ops.mean(t, axis=-1, keepdims=True)), Drawn(), layers.BatchNormalization(),
        layers.Lambda(lambda t: ops.matmul(t, ops.ones((12, 3)))),
    ],
)  # fmt: skip
def test_samples_that_are_apart(layer):
    assert not rules(chain(layer), X, Y)


def test_a_table_of_all_pairs_of_a_batch_is_meant():
    one, other = lamina.Input((6,)), lamina.Input((6,))
    pairs = layers.Lambda(lambda t: ops.matmul(t[0], ops.transpose(t[1])))(
        [layers.Dense(4)(one), layers.Dense(4)(other)]
    )
    loss = lamina.losses.CategoricalCrossentropy(from_logits=True)
    assert not rules(lamina.Model([one, other], pairs), [X, X + 0.1], np.eye(64, dtype="float32"), loss)


def test_statistics_of_the_batch_that_are_asked_for():
    inputs = lamina.Input((6,))
    hidden = layers.BatchNormalization()(layers.Dense(8, "tanh")(inputs), training=True)
    hidden = layers.Lambda(lambda t: t * 2)(hidden)
    assert not rules(lamina.Model(inputs, layers.Dense(1)(hidden)), X, Y)


# --- steps ------------------------------------------------------------------------------------------------------------

WORDS = RNG.integers(1, 20, (48, 13))
SPARSE = "sparse_categorical_crossentropy"


def writer(*between, words=20):
    lamina.utils.set_random_seed(0)
    return lamina.Sequential(
        [lamina.Input((12,)), layers.Embedding(words, 8), *between, layers.Dense(words, activation="softmax")]
    )


def look_ahead(name="at"):
    return layers.Conv1D(8, 3, padding="same", activation="relu", name=name)


@pytest.mark.parametrize("layer", [look_ahead(), layers.Bidirectional(layers.GRU(4, return_sequences=True), name="at")])
def test_the_next_word_is_seen(layer):
    model = writer(layer)
    model.compile("adam", SPARSE)
    (finding,) = lamina.diagnose(model, WORDS[:, :-1], WORDS[:, 1:])
    assert (finding.rule, finding.layer.rpartition("/")[2]) == ("future-seen", "at")
    assert ('padding="causal" in at' in finding.fix) == isinstance(layer, layers.Conv1D)


def test_attention_with_and_without_a_causal_mask():
    def model(is_causal):
        inputs = lamina.Input((12,))
        hidden = layers.Embedding(20, 8)(inputs)
        hidden = hidden + layers.MultiHeadAttention(2, 4, name="at")(hidden, hidden, use_causal_mask=is_causal)
        return lamina.Model(inputs, layers.Dense(20, activation="softmax")(hidden))

    assert rules(model(False), WORDS[:, :-1], WORDS[:, 1:], SPARSE) == [("future-seen", "at")]
    assert not rules(model(True), WORDS[:, :-1], WORDS[:, 1:], SPARSE)


def test_numbers_of_a_series_one_step_later():
    series = RNG.normal(size=(48, 13, 1)).astype("float32")
    for padding, expected in [("same", ["future-seen"]), ("causal", [])]:
        model = lamina.Sequential(
            [lamina.Input((12, 1)), layers.Conv1D(8, 3, padding=padding, activation="relu"), layers.Dense(1)]
        )
        assert [rule for rule, _ in rules(model, series[:, :-1], series[:, 1:])] == expected


def test_words_of_another_language_may_look_at_all_of_the_text():
    source, target = lamina.Input((12,)), lamina.Input((12,))
    memory = layers.Bidirectional(layers.GRU(4, return_sequences=True))(layers.Embedding(20, 8)(source))
    hidden = layers.GRU(8, return_sequences=True)(layers.Embedding(20, 8)(target))
    hidden = hidden + layers.MultiHeadAttention(2, 4)(hidden, memory)
    model = lamina.Model([source, target], layers.Dense(20, activation="softmax")(hidden))
    text = RNG.integers(1, 20, (48, 12))
    assert not rules(model, [text, WORDS[:, :-1]], WORDS[:, 1:], SPARSE)
    assert [rule for rule, _ in rules(model, [text, WORDS[:, 1:]], WORDS[:, 1:], SPARSE)] == ["targets-are-inputs"]


def test_the_word_itself():
    x = WORDS[:, 1:]
    assert [rule for rule, _ in rules(writer(layers.LSTM(8, return_sequences=True)), x, x, SPARSE)] == [
        "targets-are-inputs"
    ]
    assert not rules(writer(layers.LSTM(8, return_sequences=True)), x, x % 3, SPARSE)  # tags


def test_texts_put_together_again_are_no_copies():
    x = WORDS[:, 1:]
    code = (layers.LSTM(4), layers.RepeatVector(12), layers.LSTM(8, return_sequences=True))
    assert not rules(writer(*code), x, x, SPARSE)
    masked = np.where(RNG.random(x.shape) < 0.15, 0, x)
    assert not rules(writer(look_ahead(None)), masked, x, SPARSE)
