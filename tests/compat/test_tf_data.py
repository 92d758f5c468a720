"""Pipelines of `tf.data`, as books write them."""

import gzip
import importlib

import numpy as np
import pytest

from lamina import data, layers, ops


@pytest.fixture
def tf(installed):
    return importlib.import_module("tensorflow")


def test_the_class_is_ours(tf):
    assert tf.data.Dataset is data.Dataset and tf.data.AUTOTUNE == tf.data.experimental.AUTOTUNE == -1
    found = tf.data.Dataset.range(4)
    assert tf.data.experimental.cardinality(found).numpy() == 4
    assert tf.data.experimental.cardinality(found.repeat()) == tf.data.INFINITE_CARDINALITY


def test_elements_are_tensors(tf):
    (x,) = tf.data.Dataset.from_tensors([1.0])
    assert isinstance(x, tf.Tensor) and tf.is_tensor(x) and not tf.is_tensor(1.0)


def test_lines_of_files(tf, tmp_path):
    (tmp_path / "a.txt").write_bytes("é one\r\ntwo\n".encode())
    with gzip.open(tmp_path / "b.txt.gz", "wb") as file:
        file.write(b"three\n")
    paths = tf.data.Dataset.list_files(str(tmp_path / "*.txt"), shuffle=False)
    assert [p.numpy().decode() for p in paths] == [str(tmp_path / "a.txt")]
    lines = tf.data.TextLineDataset(paths)
    assert [line.numpy().decode() for line in lines] == ["é one", "two"]
    assert [line.numpy() for line in lines.skip(1)] == [b"two"]
    packed = tf.data.TextLineDataset([str(tmp_path / "b.txt.gz")], compression_type="GZIP")
    assert [line.numpy() for line in packed] == [b"three"]
    (tmp_path / "c.txt").write_bytes(b"ok\n\xff\xfe\n")
    with pytest.raises(ValueError, match=r"c\.txt is not text in UTF-8"):
        list(tf.data.TextLineDataset(str(tmp_path / "c.txt")))
    with pytest.raises(FileNotFoundError, match=r"list_files: no file fits .*\.jpg"):
        tf.data.Dataset.list_files(str(tmp_path / "*.jpg"))


def test_rows_of_csv(tf, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('a,b,c\n1,2.5,"x, y"\n3,,z\n')
    rows = list(tf.data.experimental.CsvDataset(str(path), [tf.int32, [0.5], tf.string], header=True))
    assert [(int(a), float(b), str(c)) for a, b, c in rows] == [(1, 2.5, "x, y"), (3, 0.5, "z")]
    lines = tf.data.TextLineDataset(str(path)).skip(1).take(1)
    ((a, b, c),) = lines.map(lambda line: tuple(tf.io.decode_csv(line, [0, 0.0, ""])))
    assert (int(a), float(b), str(c)) == (1, 2.5, "x, y")
    with pytest.raises(ValueError, match="Column 0 of a row of CSV: 'x' is no int32"):
        tf.io.decode_csv("x", [np.int32(1)])
    with pytest.raises(ValueError, match="Column 0 of a row of CSV is empty and has no default"):
        tf.io.decode_csv(",b", [tf.int32, tf.string])
    with pytest.raises(ValueError, match="has 2 fields; record_defaults has 1"):
        tf.io.decode_csv("a,b", [tf.string])
    numbers, texts = tf.io.decode_csv(["1,a", "2,b"], [0, ""])
    assert numbers.tolist() == [1, 2] and texts.tolist() == ["a", "b"]


def test_images_from_a_list_of_files(tf, tmp_path):
    image = pytest.importorskip("PIL.Image")
    rng = np.random.default_rng(0)
    pixels = {name: rng.integers(0, 256, (6, 4, 3), dtype="uint8") for name in ("cats", "dogs")}
    for name, array in pixels.items():
        (tmp_path / name).mkdir()
        image.fromarray(array).save(tmp_path / name / "0.png")
    class_names = np.array(["cats", "dogs"])

    def process(path):
        label = tf.strings.split(path, "/")[-2] == class_names
        x = tf.image.decode_png(tf.io.read_file(path), channels=3)
        x = tf.image.convert_image_dtype(x, tf.float32)
        return tf.image.resize(x, [3, 2]), tf.argmax(tf.cast(label, "int32"))

    files = tf.data.Dataset.list_files(str(tmp_path / "*/*.png"), shuffle=False)
    made = files.map(process, num_parallel_calls=tf.data.AUTOTUNE).batch(2).prefetch(tf.data.AUTOTUNE)
    ((x, y),) = made
    assert x.shape == (2, 3, 2, 3) and x.dtype == "float32" and y.tolist() == [0, 1]
    # Bilinear, centres aligned: a new pixel lies in the middle between two old ones along each axis.
    corner = pixels["cats"][:2, :2].astype("float64").mean((0, 1)) / 255
    np.testing.assert_allclose(x[0, 0, 0], corner, atol=1e-5)


def test_functions_of_python_in_a_map(tf):
    def described(x):
        assert type(x) is np.ndarray or np.isscalar(x)
        return x + 1

    numbers = tf.data.Dataset.range(3)
    assert [int(n) for n in numbers.map(lambda x: tf.numpy_function(described, [x], tf.int64))] == [1, 2, 3]
    assert [int(n) for n in numbers.map(lambda x: tf.py_function(lambda v: v.numpy() * 2, [x], tf.int64))] == [0, 2, 4]
    pairs = numbers.map(lambda x: tf.py_function(lambda v: [v, v], [x], [tf.int64, tf.int64]))
    assert [tuple(map(int, pair)) for pair in pairs] == [(0, 0), (1, 1), (2, 2)]


def test_a_generator_with_a_signature(tf):
    spec = (tf.TensorSpec(shape=(None, 2), dtype=tf.float32), tf.TensorSpec(shape=(), dtype=tf.int32))
    made = tf.data.Dataset.from_generator(lambda: ((np.ones((n, 2)), n) for n in (1, 2)), output_signature=spec)
    assert [(x.shape, x.dtype, int(n)) for x, n in made] == [((1, 2), "float32", 1), ((2, 2), "float32", 2)]
    assert made.element_spec[0].shape == (None, 2)


def test_old_spellings_of_transformations(tf):
    numbers = tf.data.Dataset.range(4)
    old = tf.data.experimental
    assert sorted(int(n) for n in numbers.apply(old.shuffle_and_repeat(4, 2))) == [0, 0, 1, 1, 2, 2, 3, 3]
    assert [b.tolist() for b in numbers.apply(old.map_and_batch(lambda x: x * 2, 2))] == [[0, 2], [4, 6]]
    assert [int(n) for n in numbers.apply(old.take_while(lambda x: x < 2))] == [0, 1]
    assert len(numbers.filter(lambda x: x > 0).apply(old.assert_cardinality(3))) == 3
    assert [int(n) for n in numbers.apply(old.prefetch_to_device("/gpu:0"))] == [0, 1, 2, 3]
    options = tf.data.Options()
    options.experimental_distribute.auto_shard_policy = 1
    assert [int(n) for n in numbers.with_options(options)] == [0, 1, 2, 3]
    assert int(tf.compat.v1.data.make_one_shot_iterator(numbers).get_next()) == 0


def test_a_windowed_series_trains(tf):
    series = np.arange(12, dtype="float32")
    made = tf.data.Dataset.from_tensor_slices(series).window(4, shift=1, drop_remainder=True)
    made = made.flat_map(lambda w: w.batch(4)).map(lambda w: (w[:-1], w[-1:])).shuffle(100).batch(3).prefetch(1)
    model = tf.keras.Sequential([tf.keras.Input((3,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    assert len(model.fit(made, epochs=1, verbose=0).history["loss"]) == 1
    assert sorted(float(y) for _, batch in made for y in batch[:, 0]) == list(range(3, 12))


def test_results_of_operations_in_a_map_are_host_arrays(tf):
    ((x, y),) = tf.data.Dataset.from_tensors((np.ones((2, 2), "uint8"), 3)).map(
        lambda a, b: (tf.cast(a, tf.float32) / 255.0, tf.one_hot(b, 4))
    )
    assert isinstance(x, np.ndarray) and isinstance(y, np.ndarray)
    np.testing.assert_allclose(x.numpy(), np.full((2, 2), 1 / 255), rtol=1e-6)
    assert ops.convert_to_numpy(y).tolist() == [0, 0, 0, 1]
