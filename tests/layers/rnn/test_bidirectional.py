import numpy as np
import pytest

from lamina import layers
from lamina.layers import GRU, LSTM, Bidirectional, Embedding, Input
from lamina.models import Sequential

X = np.random.default_rng(2).normal(size=(3, 6, 4)).astype("float32")


def halves(sequences, mode):
    layer = Bidirectional(LSTM(5, return_sequences=sequences), merge_mode=mode)
    result = layer(X)
    back = np.asarray(layer.backward_layer(X))
    return result, np.asarray(layer.forward_layer(X)), back[:, ::-1] if sequences else back


@pytest.mark.parametrize("sequences", [False, True])
@pytest.mark.parametrize(("mode", "join"), [
    ("concat", lambda a, b: np.concatenate([a, b], -1)), ("sum", np.add), ("mul", np.multiply),
    ("ave", lambda a, b: (a + b) / 2),
])  # fmt: skip
def test_merge_modes(sequences, mode, join):
    result, ahead, back = halves(sequences, mode)
    np.testing.assert_allclose(result, join(ahead, back), atol=1e-6)


def test_without_merging_there_are_two_outputs():
    (a, b), ahead, back = halves(True, None)
    np.testing.assert_array_equal(a, ahead)
    np.testing.assert_array_equal(b, back)


def test_backward_reads_from_the_end():
    layer = Bidirectional(GRU(5))
    layer(X)
    layer.backward_layer.set_weights(layer.forward_layer.get_weights())
    np.testing.assert_allclose(layer(X)[:, 5:], layer.forward_layer(X[:, ::-1]), atol=1e-6)


def test_states_and_shapes():
    layer = Bidirectional(LSTM(5, return_state=True, return_sequences=True))
    outputs = layer(X)
    assert [tuple(y.shape) for y in outputs] == [tuple(s) for s in layer.compute_output_shape(X.shape)]
    assert len(outputs) == 5
    again = layer(X, initial_state=[np.ones((3, 5), "float32")] * 4)
    assert not np.allclose(again[0], outputs[0])


def test_masked_steps_are_zero_in_sequences():
    layer = Bidirectional(LSTM(3, return_sequences=True))
    model = Sequential([Input((5,)), Embedding(7, 3, mask_zero=True), layer])
    y = model.predict(np.array([[1, 2, 3, 0, 0]]), verbose=0)
    assert not y[0, 3:].any() and y[0, :3].all()
    short = Sequential([Input((3,)), model.layers[0], layer]).predict(np.array([[1, 2, 3]]), verbose=0)
    np.testing.assert_allclose(y[:, :3], short, atol=1e-6)


def test_a_bidirectional_gru_trains():
    y = X.sum((1, 2))[:, None]
    model = Sequential([Input((6, 4)), Bidirectional(GRU(5, return_sequences=True)), Bidirectional(LSTM(1), "sum")])
    model.compile("adam", "mse")
    losses = model.fit(X, np.tanh(y), epochs=40, verbose=0).history["loss"]
    assert losses[-1] < 0.9 * losses[0]


def test_pairs_that_do_not_fit():
    with pytest.raises(ValueError, match="go_backwards"):
        Bidirectional(LSTM(3), backward_layer=LSTM(3))
    with pytest.raises(ValueError, match="return_sequences"):
        Bidirectional(LSTM(3), backward_layer=LSTM(3, go_backwards=True, return_sequences=True))
    with pytest.raises(ValueError, match="merge_mode"):
        Bidirectional(LSTM(3), merge_mode="max")


def test_only_layers_with_the_argument_have_use_cudnn():
    assert layers.Bidirectional(layers.LSTM(1, use_cudnn=False)).backward_layer.use_cudnn is False
    assert not hasattr(layers.Bidirectional(layers.SimpleRNN(1)).forward_layer, "use_cudnn")
