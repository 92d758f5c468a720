"""Windows of series, by slicing."""

import numpy as np
import pytest

import lamina
from lamina.utils import timeseries_dataset_from_array

SERIES = np.arange(40, dtype="float32").reshape(20, 2)


def joined(dataset):
    parts = list(dataset)
    if isinstance(parts[0], tuple):
        return [np.concatenate([p[i] for p in parts]) for i in range(2)]
    return np.concatenate(parts)


@pytest.mark.parametrize("rate, stride, start, end", [(1, 1, None, None), (2, 3, 0, 15), (3, 1, 4, None)])
@pytest.mark.parametrize("with_targets", [True, False])
def test_windows_and_targets(rate, stride, start, end, with_targets):
    length, targets = 4, -np.arange(20)
    part, t = SERIES[start:end], targets[start:end]
    begins = range(0, len(part) - (length - 1) * rate, stride)
    want = np.stack([part[i : i + (length - 1) * rate + 1 : rate] for i in begins])
    made = timeseries_dataset_from_array(
        SERIES, targets if with_targets else None, length, stride, rate, 5, start_index=start, end_index=end
    )
    assert len(made) == -(-len(want) // 5)
    found = joined(made)
    if with_targets:
        np.testing.assert_array_equal(found[1], t[list(begins)])
    np.testing.assert_array_equal(found[0] if with_targets else found, want)


def test_no_more_windows_than_targets():
    x, y = joined(timeseries_dataset_from_array(SERIES, np.arange(3), 4))
    assert x.shape == (3, 4, 2) and y.tolist() == [0, 1, 2]


def test_one_by_one_and_frames():
    pandas = pytest.importorskip("pandas")
    made = timeseries_dataset_from_array(pandas.DataFrame(SERIES), pandas.Series(np.arange(20)), 3, batch_size=None)
    x, y = next(iter(made))
    np.testing.assert_array_equal(x, SERIES[:3])
    assert int(y) == 0 and len(made) == 18


def test_shuffled_windows_keep_their_targets_and_follow_the_seed():
    def made():
        return timeseries_dataset_from_array(SERIES[:, 0], SERIES[:, 0], 3, batch_size=4, shuffle=True, seed=7)

    one = made()
    first, second, again = joined(one), joined(one), joined(made())
    np.testing.assert_array_equal(first[0][:, 0], first[1])
    np.testing.assert_array_equal(first[1], again[1])
    assert sorted(first[1]) == sorted(second[1]) == SERIES[:18, 0].tolist()
    assert first[1].tolist() != second[1].tolist()


def test_a_model_learns_the_next_step():
    series = np.sin(np.arange(200) / 3).astype("float32")
    data = timeseries_dataset_from_array(series[:-4], series[4:], 4, batch_size=16)
    model = lamina.Sequential([lamina.Input((4,)), lamina.layers.Dense(1)])
    model.compile(lamina.optimizers.Adam(0.05), "mse")
    assert model.fit(data, epochs=20, verbose=0).history["loss"][-1] < 0.01


@pytest.mark.parametrize(
    "how, message",
    [
        (dict(sequence_length=0), "sequence_length must be a positive integer"),
        (dict(sequence_length=30), "no window of 30 steps, 1 apart, fits into 20 steps"),
        (dict(start_index=20), r"start_index must lie in 0 ... 19, the steps of data; got 20"),
        (dict(start_index=-1), "start_index must lie in 0"),
        (dict(end_index=20), "end_index must be above start_index and below 20"),
        (dict(start_index=5, end_index=5), "end_index must be above start_index"),
        (dict(sampling_rate=20), "sampling_rate must be below the length of data; got 20, for 20 steps"),
        (dict(sequence_stride=0), "sequence_stride must be a positive integer"),
        (dict(format="arrow"), "format must be one of 'tf', 'grain'; got 'arrow'"),
    ],
)
def test_bad_numbers(how, message):
    with pytest.raises(ValueError, match=f"timeseries_dataset_from_array: {message}"):
        timeseries_dataset_from_array(SERIES, None, **{"sequence_length": 3, **how})


def test_old_name():
    assert lamina.preprocessing.timeseries_dataset_from_array is timeseries_dataset_from_array


def test_in_the_format_of_grain():
    pytest.importorskip("grain")
    found = list(timeseries_dataset_from_array(SERIES, np.arange(20), 4, batch_size=10, format="grain"))
    np.testing.assert_array_equal(np.concatenate([x for x, _ in found])[3], SERIES[3:7])
    assert np.concatenate([y for _, y in found]).tolist() == list(range(17))
    mixed = list(timeseries_dataset_from_array(SERIES, np.arange(20), 4, shuffle=True, seed=1, format="grain"))
    assert sorted(np.concatenate([y for _, y in mixed])) == list(range(17))
