"""The loaders, on small files of the true formats that the tests write."""

import gzip
import io
import json
import pickle
import struct
import tarfile

import numpy as np
import pytest

from lamina import config, datasets
from lamina.datasets import (
    _boston_housing,
    _california_housing,
    _cifar10,
    _cifar100,
    _fashion_mnist,
    _imdb,
    _reuters,
)

RNG = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.delenv("LAMINA_HOME", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    return tmp_path


def serve(monkeypatch, module, path, name="ORIGIN"):
    monkeypatch.setattr(module, name, (path.as_uri(), None))


def shuffled(n, seed=113):
    order = np.arange(n)
    np.random.RandomState(seed).shuffle(order)
    return order


def as_objects(lists):
    array = np.empty(len(lists), dtype=object)
    array[:] = lists
    return array


# --- house prices -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "module, loaders", [(_boston_housing, "boston_housing"), (_california_housing, "california_housing")]
)
def test_house_prices(module, loaders, tmp_path, monkeypatch):
    x, y = RNG.normal(size=(700, 3)), np.arange(700.0)
    np.savez(tmp_path / "h.npz", x=x, y=y)
    serve(monkeypatch, module, tmp_path / "h.npz")
    load = getattr(datasets, loaders).load_data
    (x_train, y_train), (x_test, y_test) = load(test_split=0.25)
    order = shuffled(700)
    np.testing.assert_array_equal(x_train, x[order[:525]])
    np.testing.assert_array_equal(y_test, y[order[525:]])
    assert y_train.shape == (525,) and x_test.shape == (175, 3)
    assert load(test_split=0)[1][0].shape == (0, 3)
    if loaders == "california_housing":
        (small, _), _ = load("small", test_split=0)
        np.testing.assert_array_equal(small, x[shuffled(600)])
        with pytest.raises(ValueError, match="version must be one of 'large', 'small'; got 'medium'"):
            load("medium")
    for wrong in (1, -0.1, "a"):
        with pytest.raises(ValueError, match=f"{loaders}.load_data: test_split must be a fraction"):
            load(test_split=wrong)


# --- images -----------------------------------------------------------------------------------------------------------


def cifar_archive(path, folder, files):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            data = pickle.dumps(content, 2)
            info = tarfile.TarInfo(f"{folder}/{name}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


def test_cifar10(tmp_path, monkeypatch):
    def batch(n):
        return {b"data": RNG.integers(0, 256, (n, 3072), dtype="uint8"), b"labels": RNG.integers(0, 10, n).tolist()}

    files = {**{f"data_batch_{i}": batch(2) for i in range(1, 6)}, "test_batch": batch(3)}
    cifar_archive(tmp_path / "c.tar.gz", "cifar-10-batches-py", files)
    serve(monkeypatch, _cifar10, tmp_path / "c.tar.gz")
    (x_train, y_train), (x_test, y_test) = datasets.cifar10.load_data()
    assert x_train.shape == (10, 32, 32, 3) and y_train.shape == (10, 1) and x_train.dtype == y_train.dtype == "uint8"
    for i in range(1, 6):
        want = files[f"data_batch_{i}"]
        np.testing.assert_array_equal(x_train[2 * i - 2, 3, 4], want[b"data"][0].reshape(3, 32, 32)[:, 3, 4])
        assert y_train[2 * i - 2 : 2 * i, 0].tolist() == want[b"labels"]
    np.testing.assert_array_equal(x_test.transpose(0, 3, 1, 2).reshape(3, -1), files["test_batch"][b"data"])
    assert y_test[:, 0].tolist() == files["test_batch"][b"labels"]
    config.set_image_data_format("channels_first")
    try:
        np.testing.assert_array_equal(datasets.cifar10.load_data()[1][0], x_test.transpose(0, 3, 1, 2))
    finally:
        config.set_image_data_format("channels_last")


def test_cifar100(tmp_path, monkeypatch):
    def batch(n):
        return {
            b"data": RNG.integers(0, 256, (n, 3072), dtype="uint8"),
            b"fine_labels": RNG.integers(0, 100, n).tolist(),
            b"coarse_labels": RNG.integers(0, 20, n).tolist(),
        }

    files = {"train": batch(5), "test": batch(2)}
    cifar_archive(tmp_path / "c.tar.gz", "cifar-100-python", files)
    serve(monkeypatch, _cifar100, tmp_path / "c.tar.gz")
    (x_train, fine), (x_test, _) = datasets.cifar100.load_data()
    (_, coarse), _ = datasets.cifar100.load_data("coarse")
    assert x_train.shape == (5, 32, 32, 3) and x_test.shape == (2, 32, 32, 3)
    assert (
        fine[:, 0].tolist() == files["train"][b"fine_labels"]
        and coarse[:, 0].tolist() == files["train"][b"coarse_labels"]
    )
    with pytest.raises(ValueError, match="label_mode must be one of 'fine', 'coarse'; got 'all'"):
        datasets.cifar100.load_data("all")


def test_a_cifar_that_would_run_something(tmp_path, monkeypatch):
    class Evil:
        def __reduce__(self):
            return (open, (str(tmp_path / "ran"), "w"))

    cifar_archive(tmp_path / "c.tar.gz", "cifar-100-python", {"train": {b"data": Evil()}, "test": {}})
    serve(monkeypatch, _cifar100, tmp_path / "c.tar.gz")
    with pytest.raises(ValueError, match="train is no pickle of lists"):
        datasets.cifar100.load_data()
    assert not (tmp_path / "ran").exists()
    cifar_archive(tmp_path / "d.tar.gz", "cifar-10-batches-py", {"data_batch_1": {b"labels": [1]}})
    serve(monkeypatch, _cifar10, tmp_path / "d.tar.gz")
    with pytest.raises(ValueError, match="data_batch_1 is no batch of CIFAR: it has no 'labels'"):
        datasets.cifar10.load_data()


def test_fashion_mnist(tmp_path, monkeypatch):
    want = {}
    for part, n in (("train", 5), ("t10k", 2)):
        x, y = RNG.integers(0, 256, (n, 28, 28), dtype="uint8"), RNG.integers(0, 10, n, dtype="uint8")
        for name, array in ((f"{part}-images-idx3-ubyte.gz", x), (f"{part}-labels-idx1-ubyte.gz", y)):
            header = b"\0\0\x08" + bytes([array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
            (tmp_path / name).write_bytes(gzip.compress(header + array.tobytes()))
        want[part] = x, y
    monkeypatch.setattr(_fashion_mnist, "ORIGIN", tmp_path.as_uri() + "/")
    for found, part in zip(datasets.fashion_mnist.load_data(), ("train", "t10k")):
        for a, b in zip(found, want[part]):
            np.testing.assert_array_equal(a, b)
    kept = tmp_path / "home" / "datasets" / "fashion-mnist" / "train-images-idx3-ubyte.gz"
    for content in (
        kept.read_bytes()[:-100],
        b"none",
        gzip.compress(b"\0\0\x09\x01\0\0\0\0"),
        gzip.compress(b"\0\0\x08\x01\0\0\0\x09"),
    ):
        kept.write_bytes(content)
        with pytest.raises(
            ValueError, match=r"train-images-idx3-ubyte\.gz is damaged .* Remove it, and it is fetched again"
        ):
            datasets.fashion_mnist.load_data()


# --- texts ------------------------------------------------------------------------------------------------------------

TEXTS = [RNG.integers(1, 400, n).tolist() for n in (3, 5, 2, 8, 4, 6)]


@pytest.fixture
def imdb(tmp_path, monkeypatch):
    labels = np.array([0, 1, 1, 0, 1, 0])
    np.savez(
        tmp_path / "i.npz", x_train=as_objects(TEXTS), y_train=labels, x_test=as_objects(TEXTS[::-1]), y_test=labels
    )
    serve(monkeypatch, _imdb, tmp_path / "i.npz")
    return labels


def test_imdb(imdb):
    (x_train, y_train), (x_test, y_test) = datasets.imdb.load_data()
    rng = np.random.RandomState(113)
    orders = []
    for _ in range(2):
        order = np.arange(6)
        rng.shuffle(order)
        orders.append(order)
    top = max(w + 3 for t in TEXTS for w in t)
    for found, texts, order in ((x_train, TEXTS, orders[0]), (x_test, TEXTS[::-1], orders[1])):
        assert found.dtype == object and isinstance(found[0], list)
        assert found.tolist() == [[1] + [w + 3 if w + 3 < top else 2 for w in texts[i]] for i in order]
    assert y_train.tolist() == imdb[orders[0]].tolist() and y_test.tolist() == imdb[orders[1]].tolist()


def test_which_words_and_reviews_of_imdb(imdb):
    def words(**how):
        return [w for (x, _) in datasets.imdb.load_data(**how) for text in x for w in text]

    plain = [w for t in TEXTS for w in t] * 2
    assert sorted(words(start_char=None, index_from=0, num_words=10**6)) == sorted(plain)
    some = words(num_words=200, skip_top=50)
    assert all(w == 2 or 50 <= w < 200 for w in some) and some.count(2) > 12
    assert all(50 <= w < 200 for w in words(num_words=200, skip_top=50, oov_char=None))
    (x, y), _ = datasets.imdb.load_data(maxlen=6)
    assert sorted(map(len, x)) == [3, 4, 5] and len(y) == 3
    with pytest.raises(ValueError, match="imdb.load_data: no text is shorter than maxlen=2; increase it"):
        datasets.imdb.load_data(maxlen=2)
    with pytest.warns(DeprecationWarning, match="nb_words= is Keras 1's name"):
        assert max(words(nb_words=100)) < 100
    with pytest.raises(TypeError, match=r"unexpected arguments \['words'\]"):
        datasets.imdb.load_data(words=3)


def test_reuters(tmp_path, monkeypatch):
    labels = np.array([3, 4, 3, 19, 45, 0])
    np.savez(tmp_path / "r.npz", x=as_objects(TEXTS), y=labels)
    serve(monkeypatch, _reuters, tmp_path / "r.npz")
    (x_train, y_train), (x_test, y_test) = datasets.reuters.load_data(num_words=300, test_split=0.34)
    order = shuffled(6)
    want = [[1] + [w + 3 if w + 3 < 300 else 2 for w in TEXTS[i]] for i in order]
    assert x_train.tolist() == want[:3] and x_test.tolist() == want[3:]
    assert y_train.tolist() + y_test.tolist() == labels[order].tolist()
    assert len(datasets.reuters.get_label_names()) == 46 and datasets.reuters.get_label_names()[3] == "earn"
    with pytest.raises(ValueError, match="reuters.load_data: test_split must be a fraction"):
        datasets.reuters.load_data(test_split=1.5)


@pytest.mark.parametrize("module", [_imdb, _reuters])
def test_words_with_their_ranks(module, tmp_path, monkeypatch):
    words = {"the": 1, "réseau": 2}
    (tmp_path / "w.json").write_text(json.dumps(words))
    serve(monkeypatch, module, tmp_path / "w.json", "WORDS")
    assert module.get_word_index() == words
    for protocol in (0, 2):
        (tmp_path / "old.pkl").write_bytes(pickle.dumps(words, protocol))
        assert module.get_word_index(str(tmp_path / "old.pkl")) == words
    (tmp_path / "none.json").write_text("[1]")
    with pytest.raises(ValueError, match=r"none\.json holds no words with their numbers"):
        module.get_word_index(str(tmp_path / "none.json"))
    with pytest.raises(
        FileNotFoundError, match=r"There is no file .*not\.json\. With a name alone, it is fetched from"
    ):
        module.get_word_index(str(tmp_path / "not.json"))


def test_an_archive_of_arrays_that_is_damaged(tmp_path, imdb):
    (tmp_path / "b.npz").write_bytes(b"none")
    with pytest.raises(ValueError, match=r"b\.npz is no \.npz file, or it is damaged"):
        datasets.imdb.load_data(str(tmp_path / "b.npz"))


# --- a table ----------------------------------------------------------------------------------------------------------

TABLE = "name,calories,sugars,fiber,protein,rating\nBran,70,6,10,4,68.4\nOdd,-1,3,1,2,50\nPuffs,110,13,0,1,22.7\n"


def test_cereals(tmp_path):
    (tmp_path / "cereal.csv").write_text(TABLE)
    for path in (tmp_path / "cereal.csv", (tmp_path / "cereal.csv").as_uri()):
        x, y = datasets.cereals.load_data(path)
        assert x.tolist() == [[6, 10, 4], [13, 0, 1]] and y.tolist() == [70, 110] and x.dtype == "float32"
    x, y = datasets.cereals.load_data(tmp_path / "cereal.csv", features=["fiber"], target="rating")
    assert x.tolist() == [[10], [1], [0]] and y.shape == (3,)
    with pytest.raises(ValueError, match=r"has no column 'salt'; it has \['name', 'calories'"):
        datasets.cereals.load_data(tmp_path / "cereal.csv", features=["salt"])
    with pytest.raises(ValueError, match="column 'name' of .* holds 'Bran', which is no number"):
        datasets.cereals.load_data(tmp_path / "cereal.csv", features=["name"])
    with pytest.raises(FileNotFoundError, match=r"there is no file 'none\.csv'\. Get cereal\.csv from https://"):
        datasets.cereals.load_data("none.csv")


@pytest.mark.parametrize(
    "name", ["imdb", "reuters", "boston_housing", "california_housing", "fashion_mnist", "cifar10", "cifar100"]
)
def test_true_addresses_and_digests(name):
    """The addresses are those of Keras's own files; nothing is fetched here."""
    from lamina.datasets import _mnist

    module = {
        "imdb": _imdb, "reuters": _reuters, "boston_housing": _boston_housing, "california_housing": _california_housing,
        "fashion_mnist": _fashion_mnist, "cifar10": _cifar10, "cifar100": _cifar100,
    }[name]  # fmt: skip
    origin, digest = module.ORIGIN if name != "fashion_mnist" else (module.ORIGIN, "0" * 64)
    assert origin.startswith("https://") and len(digest) == 64 and len(_mnist.SHA256) == 64


# --- Keras ------------------------------------------------------------------------------------------------------------


@pytest.mark.peer
@pytest.mark.parametrize(
    "how",
    [
        {}, dict(num_words=200, skip_top=20), dict(maxlen=6, seed=5), dict(start_char=None, index_from=0, oov_char=None),
        dict(num_words=100, oov_char=None, index_from=7),
    ],
)  # fmt: skip
def test_texts_like_keras(how, tmp_path, monkeypatch, imdb):
    import keras
    from keras.src.datasets import imdb as keras_imdb
    from keras.src.datasets import reuters as keras_reuters

    np.savez(tmp_path / "r.npz", x=as_objects(TEXTS), y=np.arange(6))
    serve(monkeypatch, _reuters, tmp_path / "r.npz")
    monkeypatch.setattr(keras_imdb, "get_file", lambda *a, **k: str(tmp_path / "i.npz"))
    monkeypatch.setattr(keras_reuters, "get_file", lambda *a, **k: str(tmp_path / "r.npz"))
    for ours, theirs in ((datasets.imdb, keras.datasets.imdb), (datasets.reuters, keras.datasets.reuters)):
        for a, b in zip(ours.load_data(**how), theirs.load_data(**how)):
            assert [list(text) for text in a[0]] == [list(text) for text in b[0]]
            assert np.asarray(a[1]).tolist() == np.asarray(b[1]).tolist()
    assert datasets.reuters.get_label_names() == keras.datasets.reuters.get_label_names()


@pytest.mark.peer
def test_addresses_and_digests_are_those_of_keras(monkeypatch):
    import importlib

    for module, name in (
        (_boston_housing, "boston_housing"), (_california_housing, "california_housing"), (_cifar10, "cifar10"),
        (_cifar100, "cifar100"), (_imdb, "imdb"), (_reuters, "reuters"),
    ):  # fmt: skip
        theirs, asked = importlib.import_module(f"keras.src.datasets.{name}"), []

        def get_file(*args, asked=asked, **how):
            asked.append((how["origin"], how["file_hash"]))
            raise FileNotFoundError

        monkeypatch.setattr(theirs, "get_file", get_file)
        for function in ("load_data", "get_word_index"):
            if hasattr(theirs, function):
                with pytest.raises(FileNotFoundError):
                    getattr(theirs, function)()
        assert asked == [module.ORIGIN, *([module.WORDS] if hasattr(module, "WORDS") else [])]
