import numpy as np
import pytest

import lamina
from lamina.preprocessing import sequence


def test_pad_sequences_is_the_one_of_utils():
    assert sequence.pad_sequences is lamina.utils.pad_sequences
    assert sequence.pad_sequences([[1], [1, 2]]).tolist() == [[0, 1], [1, 2]]


def test_sampling_table():
    table = sequence.make_sampling_table(1000)
    assert table.shape == (1000,) and (np.diff(table[1:]) > 0).all() and table[0] == table[1]
    # By Zipf's law the frequency of rank 10 is 1 / (10 * (ln 10 + 0.577) + 0.5 - 1 / 120).
    assert table[10] == pytest.approx(np.sqrt(1e-5 * (10 * (np.log(10) + 0.577) + 0.5 - 1 / 120)))
    assert (sequence.make_sampling_table(10, 10.0) == 1).all()


def test_skipgrams():
    pairs, labels = sequence.skipgrams([1, 2, 0, 3], 10, window_size=1, negative_samples=0, shuffle=False)
    assert pairs == [[1, 2], [2, 1]] and labels == [1, 1]
    pairs, labels = sequence.skipgrams([1, 2, 3], 5, window_size=2, negative_samples=1.0, seed=3)
    true = sorted(p for p, l in zip(pairs, labels) if l)
    assert true == [[1, 2], [1, 3], [2, 1], [2, 3], [3, 1], [3, 2]] and labels.count(0) == 6
    assert all(1 <= other < 5 for _, other in pairs)
    assert sequence.skipgrams([1, 2, 3], 5, seed=3) == sequence.skipgrams([1, 2, 3], 5, seed=3)
    _, labels = sequence.skipgrams([1, 2], 5, categorical=True, shuffle=False)
    assert labels == [[0, 1], [0, 1], [1, 0], [1, 0]]
    assert sequence.skipgrams([1, 2], 5, sampling_table=np.zeros(5)) == ([], [])


def test_timeseries_generator():
    data, targets = np.arange(50.0)[:, None], np.arange(50.0)
    generator = sequence.TimeseriesGenerator(data, targets, length=10, sampling_rate=2, batch_size=2)
    assert len(generator) == 20
    x, y = generator[0]
    assert x[..., 0].tolist() == [[0, 2, 4, 6, 8], [1, 3, 5, 7, 9]] and y.tolist() == [10, 11]
    generator = sequence.TimeseriesGenerator(
        data, targets, 3, stride=2, batch_size=4, start_index=10, end_index=20, reverse=True
    )
    x, y = generator[0]
    assert y.tolist() == [13, 15, 17, 19] and x[0, :, 0].tolist() == [12, 11, 10] and len(generator) == 1
    x, y = sequence.TimeseriesGenerator(data, targets, 3, shuffle=True, batch_size=8)[0]
    assert (x[:, -1, 0] + 1 == y).all()
    twin = sequence.TimeseriesGenerator.from_config(generator.get_config())
    np.testing.assert_array_equal(twin[0][0], generator[0][0])
    with pytest.raises(ValueError, match="one length"):
        sequence.TimeseriesGenerator(data, targets[1:], 3)
    with pytest.raises(ValueError, match="no window of length 60"):
        sequence.TimeseriesGenerator(data, targets, 60)


def test_timeseries_generator_trains():
    data = np.sin(np.arange(200.0))[:, None]
    model = lamina.Sequential([lamina.Input((4, 1)), lamina.layers.Flatten(), lamina.layers.Dense(1)])
    model.compile(lamina.optimizers.Adam(0.05), "mse")
    history = model.fit(sequence.TimeseriesGenerator(data, data, 4, batch_size=16), epochs=10, verbose=0)
    assert history.history["loss"][-1] < 0.1 * history.history["loss"][0]


@pytest.mark.parametrize("dtype", [object, "<U3"])
def test_texts_are_filled_with_a_text(dtype):
    rows = sequence.pad_sequences([["a"], ["b", "c"]], value="pad", dtype=dtype)
    assert rows.tolist() == [["pad", "a"], ["b", "c"]]
    with pytest.raises(ValueError, match="dtype=object"):
        sequence.pad_sequences([["a"]], value="pad")
