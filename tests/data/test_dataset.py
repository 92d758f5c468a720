"""`Dataset` by what Python's own lists and NumPy give."""

import gc
import itertools
import threading
import time

import numpy as np
import pytest

import lamina
from lamina import layers, ops
from lamina.data import Dataset


def values(dataset):
    return [np.asarray(e).tolist() for e in dataset]


def numbers(n):
    return Dataset.range(n)


# --- elements ---------------------------------------------------------------------------------------------------------


def test_slices_keep_the_structure():
    data = Dataset.from_tensor_slices({"a": np.arange(6).reshape(3, 2), "b": ["x", "yy", "z"]})
    found = list(data)
    assert [e["a"].tolist() for e in found] == [[0, 1], [2, 3], [4, 5]]
    assert [str(e["b"]) for e in found] == ["x", "yy", "z"] and len(data) == 3


def test_a_list_is_one_array_and_a_tuple_a_structure():
    assert values(Dataset.from_tensor_slices([[1, 2], [3, 4]])) == [[1, 2], [3, 4]]
    assert [tuple(map(int, e)) for e in Dataset.from_tensor_slices(([1, 2], [3, 4]))] == [(1, 3), (2, 4)]


def test_engine_tensors_are_taken():
    assert values(Dataset.from_tensor_slices(ops.convert_to_tensor([[1.0], [2.0]]))) == [[1.0], [2.0]]


@pytest.mark.parametrize("bad", [(np.zeros(3), np.zeros(4)), 5.0, ()], ids=["lengths", "scalar", "nothing"])
def test_slices_of_what_has_no_common_length(bad):
    with pytest.raises(ValueError, match="from_tensor_slices: all parts must have a first axis of one size"):
        Dataset.from_tensor_slices(bad)


def test_pandas_frames_give_columns():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": [1, 2], "b": ["u", "v"]})
    assert [(int(e["a"]), str(e["b"])) for e in Dataset.from_tensor_slices(dict(frame))] == [(1, "u"), (2, "v")]
    assert [(int(e["a"]), str(e["b"])) for e in Dataset.from_tensor_slices(frame)] == [(1, "u"), (2, "v")]
    assert values(Dataset.from_tensor_slices(frame[["a"]].to_numpy())) == [[1], [2]]


def test_elements_have_numpy_and_are_never_written():
    mine = np.array([[1.0, 2.0]])
    (row,) = Dataset.from_tensor_slices(mine)
    assert type(row.numpy()) is np.ndarray and row[0].numpy() == 1.0 and [x.numpy() for x in row] == [1.0, 2.0]
    other = row
    row /= 2
    assert row.tolist() == [0.5, 1.0] and other.tolist() == [1.0, 2.0] and mine.tolist() == [[1.0, 2.0]]
    with pytest.raises(TypeError, match="cannot be assigned into"):
        other[0] = 7


def test_text_is_str_in_the_array_and_bytes_from_numpy():
    (batch,) = Dataset.from_tensor_slices(["é", "longer"]).batch(2)
    assert batch.tolist() == ["é", "longer"] and batch.dtype.kind == "U"
    assert batch.numpy().tolist() == ["é".encode(), b"longer"] and batch[0].numpy().decode() == "é"


def test_elements_print_as_arrays():
    (batch,) = Dataset.from_tensor_slices(["a", "bb"]).batch(2)
    assert str(batch) == "['a' 'bb']" and repr(batch) == "Element(['a', 'bb'], dtype='<U2')" and f"{batch[1]}" == "bb"


def test_bytes_keep_their_zeros():
    (found,) = Dataset.from_tensors(b"a\0b\0\0")
    assert found.numpy() == b"a\0b\0\0"


def test_as_numpy_iterator_gives_plain_values():
    a, b = Dataset.from_tensors((3, [1.0])).as_numpy_iterator().next()
    assert isinstance(a, np.int32) and type(b) is np.ndarray


def test_numbers_of_python_become_what_ops_makes_of_them():
    for value in (1, 1.5, True, [1, 2], [[1.0], [2.5]], [[1], [2.5]], [[True, False]]):
        (found,) = Dataset.from_tensors(value)
        assert str(found.dtype) == ops.standardize_dtype(ops.convert_to_tensor(value).dtype)
    assert Dataset.from_tensors(2**40).element_spec.dtype == "int64"
    assert Dataset.from_tensors([np.float64(1)]).element_spec.dtype == "float64"
    with pytest.raises(ValueError, match=r"entry 0 has \(1,\), entry 1 has \(2,\)"):
        Dataset.from_tensors([[1], [2, 3]])


# --- generators -------------------------------------------------------------------------------------------------------


def test_a_generator_is_begun_anew_each_time():
    data = Dataset.from_generator(
        lambda n: ((i, [i] * 2) for i in range(n)), args=(3,), output_types=("int32", "float32")
    )
    for _ in range(2):
        found = list(data)
        assert [int(i) for i, _ in found] == [0, 1, 2]
        assert found[1][0].dtype == "int32" and found[1][1].dtype == "float32"
    with pytest.raises(TypeError, match="not known before it is read; give steps_per_epoch"):
        len(data)


def test_a_generator_that_breaks_its_signature():
    from lamina.data._spec import TensorSpec

    signature = (TensorSpec((2,), "float32"), TensorSpec((), "int32"))

    def made(element):
        return Dataset.from_generator(lambda: [element], output_signature=signature)

    assert made(([1, 2], 3)).element_spec == signature
    assert [e.tolist() for e in next(iter(made(([1, 2], 3))))] == [[1.0, 2.0], 3]
    with pytest.raises(ValueError, match=r"element 0 must have shape \(2,\); got \(3,\)"):
        list(made(([1, 2, 3], 3)))
    with pytest.raises(TypeError, match="element 0 must have the structure"):
        list(made([1, 2, 3]))
    with pytest.raises(TypeError, match="element 0 must be of dtype int32; got <U1"):
        list(made(([1, 2], "a")))


def test_a_generator_must_be_a_function():
    with pytest.raises(TypeError, match="generator must be a function"):
        Dataset.from_generator(x for x in "ab")


# --- choosing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("of", ["rows", "stream"])
def test_choosing_by_slices(of):
    data = numbers(10) if of == "stream" else Dataset.from_tensor_slices(np.arange(10))
    for made, wanted in (
        (data.take(3), range(3)), (data.take(-1), range(10)), (data.take(99), range(10)),
        (data.skip(7), range(7, 10)), (data.skip(-1), ()), (data.skip(99), ()),
        (data.shard(4, 1), (1, 5, 9)), (data.repeat(2), [*range(10)] * 2), (data.repeat(0), ()),
        (data.take(2).repeat().take(5), (0, 1, 0, 1, 0)),
    ):  # fmt: skip
        assert values(made) == list(wanted) and len(made) == len(wanted)
    assert values(data.filter(lambda x: x % 2 == 0)) == [0, 2, 4, 6, 8]
    assert values(data.take_while(lambda x: x < 3)) == [0, 1, 2]
    assert values(data.repeat(2).unique()) == list(range(10))


def test_repeating_for_ever_has_no_length_and_nothing_stays_nothing():
    assert numbers(3).repeat().cardinality() == -1
    with pytest.raises(TypeError, match="has no end"):
        len(numbers(3).repeat())
    assert values(numbers(0).repeat()) == [] and len(numbers(0).repeat()) == 0


@pytest.mark.parametrize("of", ["rows", "stream"])
@pytest.mark.parametrize("buffer", [1, 3, 10, 50])
def test_shuffle_gives_everything_once(of, buffer):
    data = numbers(10) if of == "stream" else Dataset.from_tensor_slices(np.arange(10))
    shuffled = data.shuffle(buffer, seed=3)
    first, second = values(shuffled), values(shuffled)
    assert sorted(first) == sorted(second) == list(range(10)) and len(shuffled) == 10
    if buffer == 1:
        assert first == list(range(10))
    else:
        assert first != second and first != list(range(10))
        # An element never comes before the buffer has reached it.
        assert all(value < place + buffer for place, value in enumerate(first))


def test_a_shuffle_reads_no_further_than_its_buffer():
    read = []

    def noting(n):
        read.append(int(n))
        return n

    it = iter(numbers(10**6).map(noting).shuffle(5).batch(2))
    next(it)
    assert len(read) == 7


def test_a_seed_fixes_the_order_of_every_iteration():
    runs = []
    for _ in range(2):
        data = numbers(20).shuffle(20, seed=5)
        runs.append([values(data), values(data)])
    assert runs[0] == runs[1]
    kept = numbers(20).shuffle(20, seed=5, reshuffle_each_iteration=False)
    assert values(kept) == values(kept) == runs[0][0]
    orders = []
    for _ in range(2):
        lamina.utils.set_random_seed(4)
        orders.append(values(numbers(20).shuffle(20)))
    assert orders[0] == orders[1]


def test_every_order_is_as_likely():
    data = numbers(3).shuffle(3, seed=0)
    counts = dict.fromkeys(itertools.permutations(range(3)), 0)
    for _ in range(1200):
        counts[tuple(values(data))] += 1
    assert all(140 < n < 260 for n in counts.values())  # 200 each, give or take 4.6 standard deviations


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda d: d.shuffle(0), "shuffle: buffer_size must be a positive integer; got 0"),
        (lambda d: d.batch(0), "batch: batch_size must be a positive integer; got 0"),
        (lambda d: d.shard(2, 2), "shard: index must lie in 0 ... num_shards - 1"),
        (lambda d: d.window(0), "window: size must be a positive integer"),
        (lambda d: d.prefetch(-3), "prefetch: buffer_size must be an integer, zero or above; got -3"),
        (lambda d: d.interleave(lambda x: d, cycle_length=0), "interleave: cycle_length must be a positive integer"),
    ],
)
def test_bad_numbers_are_named_at_once(call, message):
    with pytest.raises(ValueError, match=message):
        call(numbers(4))


# --- batches ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("of", ["rows", "stream"])
@pytest.mark.parametrize("drop", [False, True])
def test_batches(of, drop):
    data = numbers(7) if of == "stream" else Dataset.from_tensor_slices(np.arange(7))
    made = data.batch(3, drop_remainder=drop)
    wanted = [[0, 1, 2], [3, 4, 5], [6]][: 2 if drop else 3]
    assert values(made) == wanted and len(made) == len(wanted)
    assert made.element_spec.shape == ((3,) if drop else (None,))
    assert values(made.unbatch()) == [v for b in wanted for v in b]
    assert (
        values(made.rebatch(2)) == [list(b) for b in itertools.batched([v for b in wanted for v in b], 2)]
        if (hasattr(itertools, "batched"))
        else values(made.rebatch(2))[0] == [0, 1]
    )


def test_elements_of_different_shape_do_not_make_a_batch():
    data = numbers(3).map(lambda n: np.zeros(int(n)))
    with pytest.raises(
        ValueError, match=r"batch: entries must be of one shape; entry 0 has \(0,\), entry 1 has \(1,\)"
    ):
        list(data.batch(2))
    with pytest.raises(ValueError, match="unbatch: every part must have a first axis"):
        list(numbers(3).unbatch())


def test_padded_batches():
    data = numbers(4).map(lambda n: np.arange(int(n)))
    assert values(data.padded_batch(2)) == [[[0], [0]], [[0, 1, 0], [0, 1, 2]]]
    assert values(data.padded_batch(3, drop_remainder=True)) == [[[0, 0], [0, 0], [0, 1]]]
    assert values(data.padded_batch(4, padded_shapes=[5], padding_values=-1))[0][2] == [0, 1, -1, -1, -1]
    with pytest.raises(ValueError, match=r"padded_shapes \(2,\) are too small"):
        list(data.padded_batch(4, padded_shapes=[2]))
    pairs = numbers(3).map(lambda n: (np.array(["a"] * int(n)), n))
    (batch,) = pairs.padded_batch(3, padded_shapes=([None], []))
    assert batch[0].tolist() == [["", ""], ["a", ""], ["a", "a"]] and batch[1].tolist() == [0, 1, 2]


@pytest.mark.parametrize("size, shift, stride", [(3, None, 1), (3, 1, 1), (2, 2, 3), (4, 3, 2), (2, 5, 1)])
@pytest.mark.parametrize("drop", [False, True])
def test_windows(size, shift, stride, drop):
    n, step = 11, shift or size
    wanted = [[*range(i, n, stride)][:size] for i in range(0, n, step)]
    wanted = [w for w in wanted if len(w) == size or not drop]
    found = numbers(n).window(size, shift, stride, drop)
    assert [values(w) for w in found] == wanted
    joined = numbers(n).window(size, shift, stride, drop).flat_map(lambda w: w.batch(size))
    assert values(joined) == wanted


def test_a_window_of_pairs_is_a_pair_of_windows():
    pairs = Dataset.from_tensor_slices((np.arange(4), -np.arange(4))).window(2)
    made = pairs.flat_map(lambda x, y: Dataset.zip((x.batch(2), y.batch(2))))
    assert [(a.tolist(), b.tolist()) for a, b in made] == [([0, 1], [0, -1]), ([2, 3], [-2, -3])]


def test_groups_and_buckets():
    grouped = numbers(7).group_by_window(lambda n: n % 2, lambda key, window: window.batch(2), window_size=2)
    assert values(grouped) == [[0, 2], [1, 3], [4, 6], [5]]
    texts = numbers(6).map(lambda n: (np.arange(int(n)), n))
    batches = list(texts.bucket_by_sequence_length(lambda x, n: len(x), [2, 4], [2, 2, 1]))
    assert [n.tolist() for _, n in batches] == [[0, 1], [2, 3], [4], [5]]
    assert [x.shape for x, _ in batches] == [(2, 1), (2, 3), (1, 4), (1, 5)]
    for how, message in (({}, "give one of window_size"), (dict(window_size=1, window_size_func=abs), "give one of")):
        with pytest.raises(ValueError, match=f"group_by_window: {message}"):
            numbers(3).group_by_window(abs, lambda k, w: w, **how)
    with pytest.raises(ValueError, match="bucket_boundaries must rise, and bucket_batch_sizes be one more"):
        texts.bucket_by_sequence_length(lambda x, n: len(x), [4, 2], [1, 1, 1])


# --- changing ---------------------------------------------------------------------------------------------------------


def test_map_unpacks_tuples_and_gives_dicts_whole():
    pairs = Dataset.zip(numbers(3), numbers(9))
    assert values(pairs.map(lambda a, b: a + 10 * b)) == [0, 11, 22]
    named = pairs.map(lambda a, b: {"a": a, "b": b})
    assert values(named.map(lambda d: d["a"] - d["b"])) == [0, 0, 0]
    assert values(numbers(2).map(lambda n: [n, n + 1])) == [[0, 1], [1, 2]]
    assert values(pairs.enumerate(5).map(lambda i, pair: i + pair[0])) == [5, 7, 9]


def test_map_takes_layers_and_ops():
    data = Dataset.from_tensor_slices(np.full((2, 3), 255.0, "float32"))
    assert values(data.map(layers.Rescaling(1 / 255))) == [[1.0] * 3] * 2
    assert values(data.map(lambda x: ops.sum(x))) == [765.0] * 2


@pytest.mark.parametrize("calls", [2, 5, -1])
def test_parallel_map_keeps_the_order(calls):
    def slow(n):
        time.sleep(0.002 * (int(n) % 3))
        return n * n

    assert values(numbers(20).map(slow, num_parallel_calls=calls)) == [n * n for n in range(20)]


@pytest.mark.parametrize("pause, threads", [(0.0, 1), (0.004, 2)])
def test_autotune_takes_threads_for_what_is_worth_it(pause, threads):
    names = set()

    def noting(n):
        if pause:
            time.sleep(pause)
        names.add(threading.current_thread().name)
        return n

    assert values(numbers(30).map(noting, num_parallel_calls=-1)) == list(range(30))
    assert len(names) >= threads and (len(names) == 1) == (threads == 1)


@pytest.mark.parametrize("make", [lambda d, f: d.map(f, 3), lambda d, f: d.map(f).prefetch(2)], ids=["map", "prefetch"])
def test_errors_travel_and_threads_end(make):
    def broken(n):
        if n == 4:
            raise KeyError("number 4")
        return n

    before = threading.active_count()
    it = iter(make(numbers(100), broken))
    assert [int(next(it)) for _ in range(4)] == [0, 1, 2, 3]
    with pytest.raises(KeyError, match="number 4"):
        next(it)
    del it
    assert is_back_to(before)


@pytest.mark.parametrize("make", [lambda d: d.map(abs, 3), lambda d: d.prefetch(2)], ids=["map", "prefetch"])
def test_threads_stay_ahead_but_not_far_and_end_when_dropped(make):
    taken = []

    def noting(n):
        taken.append(int(n))
        return n

    before = threading.active_count()
    it = iter(make(numbers(1000).map(noting)))
    next(it)
    time.sleep(0.3)
    assert 1 < len(taken) <= 8 and threading.active_count() > before
    del it
    assert is_back_to(before)


def is_back_to(count):
    gc.collect()
    until = time.monotonic() + 5
    while threading.active_count() > count and time.monotonic() < until:
        time.sleep(0.01)
    return threading.active_count() <= count


def test_interleave_as_documented_by_tensorflow():
    data = Dataset.range(1, 6).interleave(lambda n: Dataset.from_tensors(n).repeat(6), cycle_length=2, block_length=4)
    runs = [(1, 4), (2, 4), (1, 2), (2, 2), (3, 4), (4, 4), (3, 2), (4, 2), (5, 4), (5, 2)]
    assert values(data) == [n for n, times in runs for _ in range(times)]


def test_flat_map_concatenate_zip():
    assert values(numbers(4).flat_map(lambda n: numbers(int(n)))) == [0, 0, 1, 0, 1, 2]
    joined = numbers(2).concatenate(numbers(3))
    assert values(joined) == [0, 1, 0, 1, 2] and len(joined) == 5
    both = Dataset.zip({"a": numbers(2), "b": (numbers(3), numbers(9))})
    assert [(int(e["a"]), int(e["b"][0]), int(e["b"][1])) for e in both] == [(0, 0, 0), (1, 1, 1)] and len(both) == 2


def test_reduce_scan_apply():
    assert int(numbers(5).reduce(np.int64(0), lambda total, n: total + n)) == 10
    total, count = Dataset.zip(numbers(4), numbers(4)).reduce((0, 0), lambda s, e: (s[0] + e[1], s[1] + 1))
    assert (int(total), int(count)) == (6, 4)
    assert values(numbers(4).scan(0, lambda s, n: (s + n, s + n))) == [0, 1, 3, 6]
    assert values(numbers(4).apply(lambda d: d.take(1))) == [0]


def test_choosing_between_data_sets():
    parts = [numbers(2), Dataset.range(10, 13)]
    chosen = Dataset.choose_from_datasets(parts, Dataset.from_tensor_slices([0, 1, 1, 0, 1]))
    assert values(chosen) == [0, 10, 11, 1, 12]
    drawn = values(Dataset.sample_from_datasets(parts, [0.3, 0.7], seed=0))
    assert sorted(drawn) == [0, 1, 10, 11, 12] and [n for n in drawn if n > 5] == [10, 11, 12]
    with pytest.raises(ValueError, match="one for each data set; got 1 for 2"):
        Dataset.sample_from_datasets(parts, [1.0])


def test_single_elements():
    assert int(numbers(1).get_single_element()) == 0
    for wrong in (numbers(0), numbers(2)):
        with pytest.raises(ValueError, match="get_single_element: expected one element"):
            wrong.get_single_element()


def test_a_cache_is_filled_by_the_first_whole_reading():
    calls = []

    def noting(n):
        calls.append(int(n))
        return n

    data = numbers(3).map(noting).cache()
    next(iter(data))
    assert values(data) == values(data) == [0, 1, 2] and calls == [0, 0, 1, 2]


def test_iterating_twice_and_by_hand():
    data = numbers(3)
    it = iter(data)
    assert int(it.get_next()) == 0 and int(next(it)) == 1 and values(data) == [0, 1, 2]
    it.close()
    assert bool(numbers(0)) and repr(data) == "<Dataset of 3 elements>"


# --- specs ------------------------------------------------------------------------------------------------------------


def test_element_specs():
    data = Dataset.from_tensor_slices((np.zeros((4, 3), "float32"), ["a"] * 4))
    x, y = data.batch(2).map(lambda x, y: (x[:, :2], y)).element_spec
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((None, 2), "float32", (None,), "string")
    assert data.shuffle(4).element_spec == data.element_spec and x.rank == 2
    with pytest.raises(ValueError, match="element_spec: the data set is empty"):
        numbers(0).map(abs).element_spec  # noqa: B018


# --- training ---------------------------------------------------------------------------------------------------------

X = np.random.default_rng(0).normal(size=(20, 2)).astype("float32")
Y = X @ np.array([[1.0], [2.0]], "float32")


def model():
    lamina.utils.set_random_seed(0)
    made = lamina.Sequential([lamina.Input((2,)), layers.Dense(1)])
    made.compile("sgd", "mse")
    return made


def test_fit_evaluate_predict_as_with_arrays():
    data = Dataset.from_tensor_slices((X, Y)).batch(8)
    a, b = model(), model()
    logs = a.fit(data, epochs=2, validation_data=data, verbose=0).history
    wanted = b.fit(X, Y, batch_size=8, epochs=2, shuffle=False, validation_data=(X, Y), verbose=0).history
    np.testing.assert_allclose(logs["val_loss"], wanted["val_loss"], rtol=1e-5)
    np.testing.assert_allclose(a.evaluate(data, verbose=0), b.evaluate(X, Y, verbose=0), rtol=1e-5)
    np.testing.assert_allclose(a.predict(data, verbose=0), b.predict(X, verbose=0), rtol=1e-5)
    np.testing.assert_allclose(a.predict(data.map(lambda x, y: x), verbose=0), b.predict(X, verbose=0), rtol=1e-5)


def test_an_endless_data_set_trains_by_steps():
    data = Dataset.from_tensor_slices((X, Y)).shuffle(20).repeat().batch(8).prefetch(-1)
    assert len(model().fit(data, steps_per_epoch=4, epochs=2, verbose=0).history["loss"]) == 2


def test_adapt_learns_from_batches():
    layer = layers.Normalization()
    layer.adapt(Dataset.from_tensor_slices((X, Y)).batch(8).map(lambda x, y: x))
    np.testing.assert_allclose(np.asarray(layer(X)).mean(0), 0, atol=1e-5)


def test_an_empty_data_set_is_named():
    data = Dataset.from_tensor_slices((X[:0], Y[:0])).batch(8)
    for name in ("fit", "evaluate", "predict"):
        with pytest.raises(ValueError, match=f"{name}: x gives no batch at all; it is empty"):
            getattr(model(), name)(data, verbose=0)
    with pytest.raises(ValueError, match="validation_data: x gives no batch at all"):
        model().fit(X, Y, validation_data=data, verbose=0)
    with pytest.raises(ValueError, match="The data gave no batch at all: it is empty"):
        lamina_model = lamina.Sequential([layers.Dense(1)])
        lamina_model.compile("sgd", "mse")
        lamina_model.fit(data.filter(lambda x, y: True), verbose=0)
