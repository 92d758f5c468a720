"""Programs cut into tiles give what they give whole, however they are cut and on however many threads."""

import numpy as np
import pytest

import lamina
from lamina import config, layers
from lamina.engines import native
from lamina.engines.native._cut import FIRST, SUM, Cut
from lamina.engines.native._primitive import Cost
from lamina.engines.native.passes import _stages


@pytest.fixture
def tiles(monkeypatch):
    """tiles(n): from now on every run over the batch is cut into up to n tiles; tiles(0): none is."""

    def cut(most):
        monkeypatch.setattr(_stages, "MIN_SECONDS", 0 if most else float("inf"))
        monkeypatch.setattr(_stages, "MIN_CALL_SECONDS", 0)
        monkeypatch.setattr(_stages, "TILE_BYTES", 1)
        monkeypatch.setattr(_stages, "BYTES_A_CALL", 0)
        monkeypatch.setattr(_stages, "COMPILED_TILE_BYTES", 1)
        monkeypatch.setattr(_stages, "BYTES_A_SUM", 0)
        monkeypatch.setattr(_stages, "FEWEST_ROWS", 0)
        monkeypatch.setattr(_stages, "MAX_TILES", most)

    return cut


def branches():
    x = lamina.Input((12, 12, 3))
    a = layers.Conv2D(4, 1, activation="relu")(x)
    b = layers.Conv2D(4, 3, padding="same", activation="relu")(x)
    c = layers.MaxPooling2D(3, strides=1, padding="same")(x)
    joined = layers.Concatenate()([a, b, c])
    return lamina.Model(x, layers.Dense(3, activation="softmax")(layers.GlobalAveragePooling2D()(joined)))


def attention():
    x = lamina.Input((6, 8))
    h = layers.LayerNormalization()(x + layers.MultiHeadAttention(2, 4)(x, x))
    h = layers.LayerNormalization()(h + layers.Dense(8)(layers.Dense(16, activation="gelu")(h)))
    return lamina.Model(x, layers.Dense(3, activation="softmax")(layers.GlobalAveragePooling1D()(h)))


def stack(shape, *members):
    return lambda: lamina.Sequential([lamina.Input(shape), *(m() for m in members)])


def head():
    return layers.Dense(3, activation="softmax")


MODELS = {
    "dense": stack((9,), lambda: layers.Dense(16, activation="relu"), head),
    "batch_norm": stack(
        (9,), lambda: layers.Dense(16), layers.BatchNormalization, layers.ReLU, lambda: layers.Dense(8),
        layers.BatchNormalization, lambda: layers.Dropout(0.4), head,
    ),
    "conv": stack(
        (12, 12, 2), lambda: layers.Conv2D(4, 3, activation="relu"), layers.MaxPooling2D,
        lambda: layers.Conv2D(6, 3, strides=2, padding="same"), layers.BatchNormalization,
        lambda: layers.AveragePooling2D(2), layers.Flatten, head,
    ),
    "depthwise": stack(
        (8, 8, 4), lambda: layers.DepthwiseConv2D(3, depth_multiplier=2), lambda: layers.SeparableConv2D(5, 3),
        lambda: layers.Conv2D(6, 3, groups=1, padding="same"), layers.GlobalMaxPooling2D, head,
    ),
    "autoencoder": stack(
        (8, 8, 2), lambda: layers.Conv2D(4, 3, strides=2, padding="same", activation="relu"),
        lambda: layers.Conv2DTranspose(2, 3, strides=2, padding="same"), layers.UpSampling2D, layers.Flatten, head,
    ),
    "lstm": stack((7, 5), lambda: layers.LSTM(6, return_sequences=True), lambda: layers.LSTM(4), head),
    "gru": stack((7, 5), lambda: layers.Bidirectional(layers.GRU(6, return_sequences=True)), layers.Flatten, head),
    "simple_rnn": stack((7, 5), lambda: layers.SimpleRNN(6, go_backwards=True), head),
    "masked_lstm": stack(
        (7, 5), layers.Masking, lambda: layers.LSTM(6, return_sequences=True), lambda: layers.LSTM(4), head
    ),
    "masked_gru": stack(
        (7, 5), layers.Masking, lambda: layers.Bidirectional(layers.GRU(6, return_sequences=True)), layers.Flatten, head
    ),
    "masked_simple_rnn": stack((7, 5), layers.Masking, lambda: layers.SimpleRNN(6, go_backwards=True), head),
    "branches": branches,
    "attention": attention,
}  # fmt: skip


def trained(name, batch=22, epochs=2):
    """What three kinds of step leave behind: weights, history, predictions, evaluation."""
    lamina.utils.set_random_seed(3)
    model = MODELS[name]()
    rng = np.random.default_rng(0)
    n = 2 * batch + 7  # the last batch is smaller
    x = rng.standard_normal((n, *model.input_shape[1:])).astype("float32")
    if name.startswith("masked"):
        x[rng.random(x.shape[:2]) < 0.3] = 0
    y = np.eye(3, dtype="float32")[rng.integers(0, 3, n)]
    # Not Adam: it makes large steps of the rounding that is the gradient of a bias before a batch normalisation.
    model.compile(lamina.optimizers.SGD(0.1, momentum=0.9), "categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, batch_size=batch, epochs=epochs, sample_weight=rng.random(n), verbose=0)
    stages = [
        line for _, step in model._steps.values() for plan in step._on_places.plans for line in plan.source.splitlines()
        if "stage_0()" in line
    ]  # fmt: skip
    return (
        [*model.get_weights(), *history.history["loss"], model.predict(x, batch_size=batch, verbose=0)],
        model.evaluate(x, y, batch_size=batch, verbose=0),
        stages,
    )


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("most", [2, 4])
def test_cut_into_tiles_gives_the_same(name, most, tiles):
    tiles(0)
    whole, scores, stages = trained(name)
    assert not stages
    tiles(most)
    cut, cut_scores, stages = trained(name)
    assert stages, "nothing was cut"
    for a, b in zip(whole, cut):
        np.testing.assert_allclose(b, a, rtol=2e-4, atol=2e-5)
    np.testing.assert_allclose(cut_scores, scores, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["batch_norm", "conv", "lstm", "masked_lstm"])
def test_results_do_not_depend_on_the_number_of_threads(name, tiles):
    tiles(4)
    before = config.num_threads()
    try:
        results = []
        for threads in (1, 2, 4):
            config.set_num_threads(threads)
            results.append(trained(name)[0])
    finally:
        config.set_num_threads(before)
    for one, two, four in zip(*results):
        np.testing.assert_array_equal(one, two)
        np.testing.assert_array_equal(one, four)


def test_statistics_of_the_batch_end_a_stage(tiles):
    tiles(4)
    f = native.compile(lambda x: np.tanh(x - np.mean(np.tanh(x), axis=0)))
    x = np.random.default_rng(0).standard_normal((10, 3)).astype("float32")
    np.testing.assert_allclose(f(x), np.tanh(x - np.tanh(x).mean(0)), rtol=1e-5)
    source = f.plans[0].source
    assert "stage_0()" in source and "stage_1()" in source and "stage_2()" not in source


def test_a_value_that_needs_the_whole_batch_is_computed_whole(tiles):
    tiles(3)
    x = np.random.default_rng(0).standard_normal((11, 4)).astype("float32")
    f = native.compile(lambda x: np.sort(np.tanh(x), axis=0) * 2 + np.max(x, axis=0))
    np.testing.assert_allclose(f(x), np.sort(np.tanh(x), 0) * 2 + x.max(0), rtol=1e-5)
    assert "argsort" in f.plans[0].source


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.transpose(np.exp(x), (1, 0, 2)) * 2,
        lambda x: np.reshape(np.transpose(np.exp(x), (1, 0, 2)), (4, -1)) + 1,
        lambda x: np.sum(np.exp(x), axis=(1, 2)),
        lambda x: np.exp(x)[:, 1:3] * np.exp(x)[:, :2],
        lambda x: np.exp(x)[1:] - 1,
        lambda x: np.concatenate([np.exp(x), x], axis=0),
        lambda x: np.concatenate([np.exp(x), x], axis=2),
        lambda x: np.einsum("bij,bkj->ik", np.exp(x), x),
        lambda x: np.einsum("bij,bkj->kbi", np.exp(x), x),
        lambda x: np.exp(x) @ np.swapaxes(x, 1, 2),
        lambda x: np.reshape(np.exp(x), (9, -1)).T @ np.reshape(x, (9, -1)),
        lambda x: np.cumsum(np.exp(x), axis=1) + np.cumsum(np.exp(x), axis=0),
        lambda x: np.pad(np.exp(x), ((0, 0), (1, 2), (0, 0))),
        lambda x: np.pad(np.exp(x), ((1, 0), (1, 2), (0, 0))),
        lambda x: np.argmax(np.exp(x), axis=2) + np.argmax(np.exp(x), axis=0)[None, :, 0],
        lambda x: np.ones((9, 1, 1), "float32") * np.exp(x) + np.arange(9, dtype="float32")[:, None, None],
        lambda x: np.max(np.exp(x), axis=0) + np.prod(np.exp(x), axis=1, keepdims=True)[0],
    ],
)
def test_every_way_to_handle_the_batch_axis(function, tiles):
    x = np.random.default_rng(0).standard_normal((9, 4, 3)).astype("float32")
    tiles(4)
    compiled = native.compile(function)
    result = compiled(x)
    assert "stage_0()" in compiled.plans[0].source
    np.testing.assert_allclose(result, function(x), rtol=1e-4, atol=1e-5)


def test_small_programs_stay_whole():
    f = native.compile(lambda x: np.tanh(x) * 2)
    f(np.ones((64, 8), "float32"))
    assert "stage" not in f.plans[0].source


def test_many_short_calls_stay_on_one_thread():
    model = lamina.Sequential([lamina.Input((64, 32)), layers.LSTM(32), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((32, 64, 32), "float32"), np.zeros((32, 1), "float32"), batch_size=32, verbose=0)
    assert all("stage_0()" not in plan.source for plan in model._steps["train"][1]._on_places.plans)


def test_large_sums_are_not_made_from_parts(tiles, monkeypatch):
    tiles(4)
    monkeypatch.setattr(_stages, "MAX_PART_BYTES", 100)
    x = np.random.default_rng(0).standard_normal((8, 16)).astype("float32")
    f = native.compile(lambda x: np.tanh(x).T @ np.tanh(x))
    np.testing.assert_allclose(f(x), np.tanh(x).T @ np.tanh(x), rtol=1e-4)
    assert "np.matmul" in f.plans[0].source  # outside the stage


def _written(nbytes, shape=(128, 64), work=0, calls=1, sums=0):
    """A node that is cut along its samples and writes so much, and its cut."""

    class Node:
        class primitive:
            view = None
            cost = Cost(multiplications=lambda *_, **__: work, calls=lambda *_: calls)

        inputs, params = (type("V", (), {"shape": shape}),), {}
        outputs = [type("V", (), {"nbytes": n}) for n in (nbytes, sums)]

    return [(Node, Cut([FIRST], [FIRST, SUM]))]


@pytest.mark.parametrize(
    "node, calls, compiled",
    [
        (_written(1 << 20), 64, 64),  # at least two tiles
        (_written(1 << 30), 8, 8),  # at most sixteen
        (_written(16 << 20), 64, 8),  # in machine code tiles stay in a nearer cache
        (_written(1 << 30, calls=10**6), 64, 8),  # and calls cost nothing,
        (_written(1 << 30, sums=50 << 20), 8, 32),  # but sums of parts do,
        (_written(1 << 30, work=100), 8, 32),  # and products of few rows,
        (_written(1 << 30, (128, 32, 64), work=100), 8, 8),
        (_written(1 << 30, (128, 32, 64), work=100, calls=320), 8, 32),  # as those of every step of a sequence
    ],
)
def test_tile_sizes_follow_the_bytes_and_the_calls(node, calls, compiled):
    assert _stages.tile_size(node, 128, False) == calls
    assert _stages.tile_size(node, 128, True) == compiled


def test_a_stage_whose_values_are_all_computed_again_is_left_out(tiles):
    tiles(4)
    rng = np.random.default_rng(0)
    x, mask = rng.standard_normal((5, 6, 4)).astype("float32"), rng.random((5, 6)) < 0.7
    layer = layers.RNN(layers.SimpleRNNCell(5), return_sequences=True, return_state=True)
    layer.build((5, 6, 4))

    def loss(values, x):
        with lamina.StatelessScope(zip(layer.trainable_variables, values)):
            states, last = layer(x, mask=mask)
        return np.sum(states * np.float32(0.5)) + np.sum(last * np.float32(2))

    step = native.compile(native.value_and_grad(loss, (0, 1)))
    step([v.value for v in layer.trainable_variables], native.tensor(x))
    assert not [n for n in step.plans[0].graph.nodes if n.primitive is _stages.stage and not n.outputs]
