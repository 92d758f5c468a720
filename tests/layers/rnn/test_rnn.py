"""Recurrent layers: the kernels against the step-by-step way, states, masks, dropout, training."""

import inspect
import json

import numpy as np
import pytest

from lamina import layers, ops, tree
from lamina.engines import engine
from lamina.layers import GRU, LSTM, RNN, GRUCell, Input, LSTMCell, SimpleRNN, SimpleRNNCell, StackedRNNCells
from lamina.models import Model, Sequential, load_model
from lamina.saving import deserialize_keras_object, serialize_keras_object
from lamina.variables import StateScope

rng = np.random.default_rng(5)
X = rng.normal(size=(3, 6, 4)).astype("float32")
LAYERS = [(SimpleRNN, SimpleRNNCell), (LSTM, LSTMCell), (GRU, GRUCell)]
OPTIONS = [
    {"return_sequences": True, "return_state": True},
    {"return_state": True, "go_backwards": True},
    {"return_sequences": True, "return_state": True, "go_backwards": True},
]


def randomise(layer):
    for w in layer.weights:
        w.assign(rng.normal(size=w.shape) * 0.5)


def close(a, b, atol=1e-6):
    np.testing.assert_allclose(np.asarray(a), np.asarray(b), atol=atol, rtol=1e-5)


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize(("layer", "cell"), LAYERS)
def test_the_kernel_gives_what_the_steps_give(layer, cell, options):
    fast, slow, unrolled = layer(5, **options), RNN(cell(5), **options), RNN(cell(5), unroll=True, **options)
    fast(X)
    assert fast.fits_kernel()
    randomise(fast)
    states = [rng.normal(size=(3, 5)).astype("float32") for _ in fast.state_size]
    expected = fast(X, initial_state=states)
    for other in (slow, unrolled):
        other(X)
        other.set_weights(fast.get_weights())
        for a, b in zip(expected, other(X, initial_state=states), strict=True):
            close(a, b)


@pytest.mark.parametrize(("layer", "cell"), LAYERS)
def test_the_kernel_trains_as_the_steps_do(layer, cell):
    target = rng.normal(size=(3, 5)).astype("float32")
    models = [
        Sequential([Input((6, 4)), one]) for one in (layer(5, go_backwards=True), RNN(cell(5), go_backwards=True))
    ]
    models[1].set_weights(models[0].get_weights())
    losses = []
    for model in models:
        model.compile("adam", "mse")
        losses.append(model.fit(X, target, epochs=5, verbose=0, shuffle=False).history["loss"])
    np.testing.assert_allclose(*losses, rtol=1e-5)
    for a, b in zip(*(m.get_weights() for m in models), strict=True):
        close(a, b, 1e-5)


def test_an_lstm_learns_in_a_compiled_fit():
    x = rng.integers(0, 2, (256, 8, 1)).astype("float32")
    y = (x.sum((1, 2)) > 4).astype("float32")
    model = Sequential([Input((8, 1)), LSTM(8), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    model.optimizer.learning_rate = 0.02
    model.fit(x, y, epochs=25, batch_size=32, verbose=0)
    assert model.evaluate(x, y, verbose=0)[1] > 0.97


@pytest.mark.parametrize(("layer", "cell"), LAYERS)
@pytest.mark.parametrize("zero", [False, True])
def test_masked_steps_change_nothing(layer, cell, zero):
    mask = np.array([[1, 1, 1, 0, 0, 0], [0, 1, 1, 1, 1, 1], [1, 1, 0, 1, 1, 1]], bool)
    one = layer(5, return_sequences=True, return_state=True, zero_output_for_mask=zero)
    output, *states = one(X, mask=mask)
    short, *short_states = one(X[:1, :3])
    close(output[0, :3], short[0])
    for a, b in zip(states, short_states, strict=True):
        close(a[0], b[0])
    close(output[0, 3:], np.zeros((3, 5)) if zero else np.repeat(np.asarray(short[0, 2:]), 3, 0))
    skipped, *_ = one(np.delete(X[2:], 2, axis=1))
    close(np.delete(np.asarray(output[2]), 2, axis=0), skipped[0])


# Padded at the end and at the start, with a hole, nothing at all, everything.
MASK = np.array([[1, 1, 1, 1, 0, 0], [0, 0, 1, 1, 1, 1], [1, 0, 1, 1, 0, 1], [0] * 6, [1] * 6], bool)
MASKED_X = rng.normal(size=(5, 6, 4)).astype("float32")
takes_masks = pytest.mark.skipif(
    "mask" not in inspect.signature(engine.nn.lstm).parameters, reason="this engine's kernels take no mask"
)


def pair(layer, cell, **options):
    """A layer with a kernel and one that goes step by step, with the same random weights."""
    fast, slow = layer(5, **options), RNN(cell(5, dtype=options.get("dtype")), **options)
    fast(MASKED_X), slow(MASKED_X)
    randomise(fast)
    slow.set_weights(fast.get_weights())
    return fast, slow


@takes_masks
@pytest.mark.parametrize("zero", [False, True])
@pytest.mark.parametrize("options", [*OPTIONS, {}])
@pytest.mark.parametrize(("layer", "cell"), LAYERS)
def test_the_kernel_under_a_mask_gives_what_the_steps_give(layer, cell, options, zero, monkeypatch):
    fast, slow = pair(layer, cell, zero_output_for_mask=zero, **options)
    states = [rng.normal(size=(5, 5)).astype("float32") for _ in fast.state_size]
    expected = slow(MASKED_X, mask=MASK, initial_state=states)
    monkeypatch.setattr(ops, "scan", None)
    result = fast(MASKED_X, mask=MASK, initial_state=states)
    for a, b in zip(tree.flatten(result), tree.flatten(expected), strict=True):
        close(a, b)


@takes_masks
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("zero", [False, True])
@pytest.mark.parametrize(("layer", "cell"), LAYERS)
def test_the_kernel_under_a_mask_has_the_gradients_of_the_steps(layer, cell, zero, backwards):
    factors = rng.normal(size=(5, 6, 5)).astype("float32")
    factor = rng.normal(size=(5, 5)).astype("float32")
    gradients = []
    options = {"return_sequences": True, "return_state": True, "go_backwards": backwards, "zero_output_for_mask": zero}
    for one in pair(layer, cell, **options):

        def loss(values, x, one=one):
            with StateScope(zip(one.trainable_variables, values)):
                output, *states = one(x, mask=MASK)
            return ops.sum(output * factors) + sum(ops.sum(s * factor) for s in states)

        values = [v.value for v in one.trainable_variables]
        gradients.append(
            engine.compile(engine.value_and_grad(loss, (0, 1)))(values, ops.convert_to_tensor(MASKED_X))[1]
        )
    for a, b in zip(*map(tree.flatten, gradients), strict=True):
        close(a, b, 1e-5)
    assert np.abs(np.asarray(gradients[0][1])[MASK]).min() > 0
    np.testing.assert_array_equal(np.asarray(gradients[0][1])[~MASK], 0)


@takes_masks
@pytest.mark.parametrize(("layer", "cell"), LAYERS)
def test_a_masked_layer_trains_as_the_steps_do(layer, cell):
    ids = rng.integers(1, 9, (24, 7)) * (rng.random((24, 7)) < 0.7)
    target = rng.normal(size=(24, 3)).astype("float32")
    models = []
    for one in (layer, lambda n, **kw: RNN(cell(n), **kw)):
        wrapped = layers.Bidirectional(one(4, return_sequences=True))
        models.append(Sequential([Input((7,)), layers.Embedding(9, 4, mask_zero=True), wrapped, one(3)]))
    models[1].set_weights(models[0].get_weights())
    losses = []
    for model in models:
        model.compile("sgd", "mse")
        losses.append(model.fit(ids, target, epochs=4, batch_size=8, verbose=0, shuffle=False).history["loss"])
    np.testing.assert_allclose(*losses, rtol=1e-5)
    for a, b in zip(*(m.get_weights() for m in models), strict=True):
        close(a, b, 1e-5)


@takes_masks
@pytest.mark.parametrize(("layer", "cell"), LAYERS)
def test_a_stateful_layer_under_a_mask(layer, cell):
    fast, slow = pair(layer, cell, stateful=True)
    for one in (fast, slow):
        one.reset_state()
    for mask in (MASK, ~MASK, None):
        close(fast(MASKED_X, mask=mask), slow(MASKED_X, mask=mask))
        for a, b in zip(fast.states, slow.states, strict=True):
            close(a.value, b.value)


@takes_masks
@pytest.mark.parametrize(("layer", "cell"), LAYERS)
def test_what_stands_at_a_masked_step_does_not_matter(layer, cell):
    one = layer(5, return_sequences=True, return_state=True)
    expected = one(MASKED_X, mask=MASK)
    for filler in (np.nan, np.inf, 1e30):
        result = one(np.where(MASK[..., None], MASKED_X, np.float32(filler)), mask=MASK)
        for a, b in zip(result, expected, strict=True):
            np.testing.assert_array_equal(np.asarray(a), np.asarray(b))


@takes_masks
@pytest.mark.parametrize(("layer", "cell"), LAYERS)
def test_no_bit_of_a_state_changes_at_masked_steps(layer, cell):
    one = layer(5, return_sequences=True, return_state=True)
    x = np.repeat(MASKED_X, 20, 1)
    one(x)
    randomise(one)
    mask = np.arange(x.shape[1]) < 3
    states = [rng.normal(size=(5, 5)).astype("float32") for _ in one.state_size]
    after = np.asarray(one(x, mask=np.tile(mask, (5, 1)), initial_state=states)[0])[:, 2:]
    np.testing.assert_array_equal(after, np.repeat(after[:, :1], after.shape[1], 1))
    for state, start in zip(one(x, mask=np.zeros(x.shape[:2], bool), initial_state=states)[1:], states, strict=True):
        np.testing.assert_array_equal(np.asarray(state), start)


@pytest.mark.parametrize(("layer", "cell"), LAYERS)
def test_one_mask_for_all_sequences(layer, cell):
    one = layer(5)
    close(one(MASKED_X, mask=MASK[:1]), one(MASKED_X, mask=np.repeat(MASK[:1], 5, 0)))


@pytest.mark.parametrize("mask", [MASK[:3], MASK[:, :4], MASK[..., None], MASK[0]])
def test_a_mask_of_the_wrong_shape_is_named(mask):
    with pytest.raises(ValueError, match=r"LSTM.*mask.*\(5, 6\)"):
        LSTM(5)(MASKED_X, mask=mask)


@takes_masks
@pytest.mark.parametrize("policy", ["float64", "mixed_bfloat16", "mixed_float16"])
def test_a_mask_in_other_dtypes(policy):
    for layer, cell in LAYERS:
        fast, slow = pair(layer, cell, dtype=policy, return_sequences=True)
        a, b = fast(MASKED_X, mask=MASK), slow(MASKED_X, mask=MASK)
        assert a.dtype == b.dtype
        tolerance = 1e-10 if policy == "float64" else 5e-2
        np.testing.assert_allclose(ops.cast(a, "float64"), ops.cast(b, "float64"), atol=tolerance)


@takes_masks
def test_a_mask_that_hides_nothing_changes_no_bit():
    for layer, _ in LAYERS:
        one = layer(5, return_sequences=True)
        whole = np.ones(MASKED_X.shape[:2], bool)
        np.testing.assert_array_equal(np.asarray(one(MASKED_X, mask=whole)), np.asarray(one(MASKED_X)))


def test_masks_travel_through_a_model():
    model = Sequential([
        Input((None,)), layers.Embedding(7, 3, mask_zero=True), LSTM(4, return_sequences=True), GRU(2),
    ])  # fmt: skip
    words = np.array([[3, 1, 2, 0, 0], [4, 4, 1, 2, 3]])
    close(model.predict(words, verbose=0)[:1], model(words[:1, :3]))


@pytest.mark.parametrize("layer", [SimpleRNN, LSTM, GRU])
def test_stateful_goes_on_where_it_stopped(layer):
    whole, parts = layer(4, return_sequences=True), layer(4, return_sequences=True, stateful=True)
    expected = whole(X)
    parts(X)
    parts.set_weights(whole.get_weights())
    assert [w.path.split("/")[-1] for w in parts.weights] == ["kernel", "recurrent_kernel", "bias"]
    parts.reset_state()
    close(ops.concatenate([parts(X[:, :2]), parts(X[:, 2:])], axis=1), expected)
    parts.reset_state()
    close(parts(X[:, :2]), expected[:, :2])
    with pytest.raises(ValueError, match="batches of 3"):
        parts(X[:2])


def test_stateful_in_compiled_steps():
    model = Sequential([Input(batch_shape=(3, 2, 4)), LSTM(4, stateful=True)])
    whole = LSTM(4)
    expected = whole(X)
    model.set_weights(whole.get_weights())
    for n in range(0, 6, 2):
        last = model.predict(X[:, n : n + 2], batch_size=3, verbose=0)
    close(last, expected)
    with pytest.raises(ValueError, match="batch_shape"):
        Sequential([Input((2, 4)), LSTM(4, stateful=True)])


@pytest.mark.parametrize(
    "options", [{"dropout": 0.5}, {"recurrent_dropout": 0.5}, {"dropout": 0.4, "recurrent_dropout": 0.4}]
)
@pytest.mark.parametrize("layer", [SimpleRNN, LSTM, GRU])
def test_dropout_only_in_training(layer, options):
    one = layer(8, seed=3, **options)
    calm = one(X)
    close(calm, one(X, training=False))
    noisy = one(X, training=True)
    assert not np.allclose(noisy, calm) and not np.allclose(noisy, one(X, training=True))
    model = Sequential([Input((6, 4)), one])
    model.compile("sgd", "mse")
    before = one.get_weights()[0]
    assert np.isfinite(model.train_on_batch(X, np.zeros((3, 8))))
    assert not np.array_equal(before, one.get_weights()[0])


def test_the_same_inputs_are_dropped_at_every_step():
    one = SimpleRNN(4, dropout=0.5, seed=1, activation="linear", use_bias=False, return_sequences=True)
    one.build((1, 6, 4))
    one.set_weights([np.eye(4), np.zeros((4, 4))])
    kept = np.asarray(one(np.ones((1, 6, 4), "float32"), training=True))[0]
    assert np.array_equal(kept, np.broadcast_to(kept[0], kept.shape)) and set(np.unique(kept)) <= {0.0, 2.0}


class Minimal(layers.Layer):
    """A cell as users write them: adds its input to the state, through a layer inside."""

    state_size = 3

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = layers.Dense(3, use_bias=False)

    def call(self, inputs, states):
        h = self.inner(inputs) + states[0]
        return h, [h]


def test_any_cell():
    x = Input((6, 4))
    model = Model(x, RNN(Minimal(), return_sequences=True)(x))
    assert model.output_shape == (None, 6, 3) and len(model.weights) == 1
    close(model.predict(X, verbose=0), np.cumsum(X @ model.get_weights()[0], axis=1), 1e-5)
    with pytest.raises(ValueError, match="state_size"):
        RNN(layers.Dense(3))


def test_stacked_cells_are_stacked_layers():
    stacked = RNN([LSTMCell(5), GRUCell(3)], return_sequences=True, return_state=True)
    output, lstm_states, gru_states = stacked(X)
    first, second = LSTM(5, return_sequences=True), GRU(3, return_sequences=True, return_state=True)
    second(first(X))
    first.set_weights(stacked.get_weights()[:3])
    second.set_weights(stacked.get_weights()[3:])
    expected, state = second(first(X))
    close(output, expected)
    assert [s.shape for s in lstm_states] == [(3, 5), (3, 5)]
    close(gru_states if not isinstance(gru_states, list) else gru_states[0], state)
    assert stacked.cell.output_size == 3 and isinstance(stacked.cell, StackedRNNCells)


@pytest.mark.parametrize("make", [
    lambda: RNN(LSTMCell(3, dropout=0.2), return_sequences=True),
    lambda: RNN([LSTMCell(3), SimpleRNNCell(2)]),
    lambda: layers.Bidirectional(GRU(3, return_sequences=True), merge_mode="sum"),
    lambda: layers.Bidirectional(LSTM(3), backward_layer=LSTM(3, activation="relu", go_backwards=True)),
    lambda: layers.TimeDistributed(layers.Dense(3)),
])  # fmt: skip
def test_config_and_file(make, tmp_path):
    text = json.dumps(serialize_keras_object(make()))
    assert json.dumps(serialize_keras_object(deserialize_keras_object(json.loads(text)))) == text
    model = Sequential([Input((6, 4)), make()])
    randomise(model)
    model.save(tmp_path / "m.keras")
    assert np.array_equal(load_model(tmp_path / "m.keras").predict(X, verbose=0), model.predict(X, verbose=0))


def test_initial_states_in_a_functional_model():
    x, start = Input((6, 4)), [Input((5,)), Input((5,))]
    layer = LSTM(5)
    model = Model([x, *start], layer(x, initial_state=start))
    states = [rng.normal(size=(3, 5)).astype("float32") for _ in range(2)]
    close(model.predict([X, *states], verbose=0), layer(X, initial_state=states))
    with pytest.raises(ValueError, match="initial states of shapes"):
        layer(X, initial_state=states[:1])


def test_encoder_and_decoder_train():
    x, y = Input((6, 4)), Input((3, 4))
    _, h, c = LSTM(5, return_state=True)(x)
    model = Model([x, y], LSTM(5, return_sequences=True)(y, initial_state=[h, c]))
    model.compile("adam", "mse")
    history = model.fit([X, X[:, :3]], np.zeros((3, 3, 5)) + 0.5, epochs=40, verbose=0).history["loss"]
    assert history[-1] < 0.9 * history[0]


@pytest.mark.parametrize("arguments", [{"units": 0}, {"units": 3, "dropout": 2}, {"units": 3, "use_cudnn": "x"}])
def test_wrong_arguments_are_named(arguments):
    name = list(arguments)[-1]
    with pytest.raises(ValueError, match=name):
        LSTM(**arguments)


def test_old_argument_names():
    with pytest.warns(DeprecationWarning):
        layer = LSTM(output_dim=4, inner_activation="hard_sigmoid", dropout_W=0.1)
    assert layer.units == 4 and layer.dropout == 0.1


class Echo(layers.Layer):
    """Puts out twice its input and `more` zeros beside it; its state counts the steps."""

    def __init__(self, size, more=0, **kwargs):
        super().__init__(**kwargs)
        self.state_size, self.output_size, self.more = 2, size + more, more

    def call(self, inputs, states):
        output = ops.multiply(inputs, 2.0)
        return ops.pad(output, ((0, 0), (0, self.more))), [ops.add(states[0], 1.0)]


CELLS = {
    "simple": lambda: SimpleRNNCell(5),
    "lstm": lambda: LSTMCell(5),
    "gru": lambda: GRUCell(5, reset_after=False),
    "echo": lambda: Echo(4),
    "wide": lambda: Echo(4, 3),
    "stacked": lambda: [GRUCell(5), GRUCell(5)],
    "other sizes": lambda: [GRUCell(3), LSTMCell(6)],
    "stacked with echo": lambda: [LSTMCell(3), Echo(3, 1)],
}


def by_definition(cell, x, mask, backwards, zero):
    """Step by step, sample by sample: what is masked changes nothing and repeats the last output, or gives zeros."""
    steps = range(x.shape[1])[::-1] if backwards else range(x.shape[1])
    outputs, finals = [], []
    for i in range(len(x)):
        states = cell.get_initial_state(batch_size=1) if hasattr(cell, "get_initial_state") else [np.zeros((1, 2))]
        states = states if isinstance(states, (list, tuple)) else [states]
        states = tree.map_structure(lambda s: ops.cast(s, "float32"), list(states))
        row, last = [], None
        for t in steps:
            if mask[i, t]:
                last, states = cell(x[i : i + 1, t], states)
            row.append(None if last is None or (zero and not mask[i, t]) else np.asarray(last)[0])
        outputs.append(row)
        finals.append([np.asarray(s)[0] for s in tree.flatten(states)])
    size = max(len(o) for row in outputs for o in row if o is not None)
    outputs = np.array([[np.zeros(size) if o is None else o for o in row] for row in outputs])
    return outputs, [np.array(s) for s in zip(*finals)]


@pytest.mark.parametrize("unroll", [False, True])
@pytest.mark.parametrize(("backwards", "zero"), [(False, False), (True, False), (False, True), (True, True)])
@pytest.mark.parametrize("name", CELLS)
def test_a_masked_step_repeats_the_last_output(name, backwards, zero, unroll):
    mask = np.array([[1, 1, 0, 1, 0, 0], [0, 0, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0]], bool)
    options = {"go_backwards": backwards, "zero_output_for_mask": zero, "unroll": unroll}
    every = RNN(CELLS[name](), return_sequences=True, return_state=True, **options)
    every(X, mask=mask)
    randomise(every)
    outputs, states = by_definition(every.cell, X, mask, backwards, zero)
    got = every(X, mask=mask)
    for a, b in zip(tree.flatten(got), [outputs, *states], strict=True):
        close(a, b)
    last = RNN(every.cell, **options)
    close(last(X, mask=mask), outputs[:, -1])
    inputs, masks = Input((6, 4)), Input((6,), dtype="bool")
    model = Model([inputs, masks], every(inputs, mask=masks))
    for a, b in zip(tree.flatten(model.predict([X, mask], verbose=0)), [outputs, *states], strict=True):
        close(a, b)


@pytest.mark.parametrize("kind", [SimpleRNN, LSTM, GRU])
@pytest.mark.parametrize("use_cudnn", ["auto", False])
def test_masks_within_the_layers_of_one_cell(kind, use_cudnn):
    mask = np.array([[1, 0, 1, 1, 0, 0], [0, 1, 0, 0, 1, 1], [1, 1, 1, 1, 1, 1]], bool)
    both = layers.Bidirectional(kind(5, return_sequences=True, use_cudnn=use_cudnn), merge_mode=None)
    both(X, mask=mask)
    randomise(both)
    ahead, back = both(X, mask=mask)
    # In both directions masked steps give zeros, as in Keras.
    close(ahead, by_definition(both.forward_layer.cell, X, mask, False, True)[0])
    close(back, by_definition(both.backward_layer.cell, X, mask, True, True)[0][:, ::-1])
    one = kind(5, return_sequences=True, use_cudnn=use_cudnn)
    one(X, mask=mask)
    close(one(X, mask=mask), by_definition(one.cell, X, mask, False, False)[0])


@pytest.mark.parametrize("cell", [layers.SimpleRNNCell, layers.LSTMCell, layers.GRUCell])
def test_masks_for_cells_of_ones_own(cell):
    made = cell(4, dropout=0.5, seed=1)
    x, state = np.ones((3, 5), "float32"), np.ones((3, 4), "float32")
    first = made.get_dropout_mask(x)
    assert sorted(set(np.asarray(first).ravel().tolist())) == [0.0, 2.0] and first.shape == (3, 5)
    assert made.get_dropout_mask(x) is first and made.get_recurrent_dropout_mask(state) is None
    made.reset_dropout_mask()
    assert made.get_dropout_mask(x) is not first
    both = cell(4, dropout=0.5, recurrent_dropout=0.5, seed=1)
    count = both.gates
    for mask in (both.get_dropout_mask(x), both.get_recurrent_dropout_mask(state)):
        assert len(mask) == count if count > 1 else mask.shape[0] == 3
    kept = both.get_recurrent_dropout_mask(state)
    both.reset_recurrent_dropout_mask()
    assert both.get_recurrent_dropout_mask(state) is not kept
