"""Preprocessing layers, from their definitions."""

import numpy as np
import pytest

from lamina import config, layers, ops
from lamina.layers import CategoryEncoding, Discretization, Hashing, IntegerLookup, Normalization, StringLookup
from lamina.layers.preprocessing._fingerprint import fingerprint64, siphash24

random = np.random.default_rng(0)


def test_normalization_over_batches_equals_that_over_all():
    x = random.normal(3, 2, size=(100, 4)).astype("float32")
    whole, parts = Normalization(), Normalization()
    whole.adapt(x)
    parts.adapt((x[i : i + 17], None) for i in range(0, 100, 17))
    for a, b in zip(whole.get_weights(), parts.get_weights()):
        np.testing.assert_allclose(a, b, rtol=1e-5)
    y = np.asarray(whole(x))
    np.testing.assert_allclose(y.mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(y.std(0), 1, atol=1e-5)
    back = Normalization(mean=whole.get_weights()[0], variance=whole.get_weights()[1], invert=True)
    np.testing.assert_allclose(back(y), x, rtol=1e-4, atol=1e-4)


def test_normalization_axes():
    x = random.normal(size=(10, 3, 4)).astype("float32")
    for axis, shape in ((None, ()), (-1, (4,)), ((1, 2), (3, 4))):
        layer = Normalization(axis=axis)
        layer.adapt(x)
        assert layer.get_weights()[0].shape == shape
    with pytest.raises(ValueError, match="both mean and variance"):
        Normalization(mean=1.0)
    with pytest.raises(ValueError, match="nothing to adapt"):
        Normalization(mean=1.0, variance=1.0).adapt(x)


def test_lookup_learns_the_most_frequent():
    layer = StringLookup(max_tokens=3)
    layer.adapt(["a", "b", "b", "c", "c", "c"])
    assert layer.get_vocabulary() == ["[UNK]", "c", "b"] and layer.vocabulary_size() == 3
    assert layer(["a", "b", "c"]).tolist() == [0, 2, 1]
    assert layer(np.array([b"b", "c"], dtype=object)).tolist() == [2, 1]


def test_lookup_special_tokens():
    layer = StringLookup(vocabulary=["a"], mask_token="")
    assert layer.get_vocabulary() == ["", "[UNK]", "a"] and layer(["", "q", "a"]).tolist() == [0, 1, 2]
    assert StringLookup(vocabulary=["[UNK]", "a"])(["a"]).tolist() == [1]
    none = StringLookup(vocabulary=["a"], num_oov_indices=0)
    assert none(["a"]).tolist() == [0]
    with pytest.raises(ValueError, match="'q'.*not in the vocabulary"):
        none(["q"])
    back = StringLookup(vocabulary=["a", "b"], invert=True)
    assert back(np.array([0, 1, 2])).tolist() == ["[UNK]", "a", "b"]


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"vocabulary": ["a", "a"]}, "more than once"),
        ({"vocabulary": ["a", "[UNK]"], "invert": True}, "wrong place"),
        ({"vocabulary": ["a", ""], "mask_token": ""}, "wrong place"),
        ({"max_tokens": 2, "vocabulary": ["a", "b"]}, "more than max_tokens"),
        ({"max_tokens": 1}, "above 1"),
        ({"num_oov_indices": -1}, "zero or above"),
        ({"output_mode": "bag"}, "output_mode"),
        ({"invert": True, "output_mode": "one_hot"}, "invert"),
        ({"idf_weights": [1.0]}, "need a vocabulary"),
        ({"vocabulary": ["a"], "output_mode": "tf_idf"}, "needs idf_weights"),
        ({"sparse": True}, "not supported"),
    ],
)
def test_lookup_checks_its_arguments(arguments, match):
    with pytest.raises(ValueError, match=match):
        StringLookup(**arguments)


def test_lookup_without_a_vocabulary():
    with pytest.raises(ValueError, match="no vocabulary"):
        StringLookup()(["a"])


def test_lookup_reads_a_file(tmp_path):
    (tmp_path / "v.txt").write_text("a\nb\n")
    assert StringLookup(vocabulary=str(tmp_path / "v.txt"))(["b"]).tolist() == [2]
    (tmp_path / "i.txt").write_text("5\n7\n")
    assert IntegerLookup(vocabulary=tmp_path / "i.txt")([7]).tolist() == [2]


def test_tf_idf_from_its_definition():
    layer = StringLookup(output_mode="tf_idf")
    layer.adapt([["a", "b"], ["a", "a"], ["c", "c"]])
    idf = {t: np.log(1 + 3 / (1 + n)) for t, n in (("a", 2), ("b", 1), ("c", 1))}
    y = dict(zip(layer.get_vocabulary(), np.asarray(layer([["a", "a", "c"]]))[0]))
    np.testing.assert_allclose([y["a"], y["c"], y["b"]], [2 * idf["a"], idf["c"], 0], rtol=1e-6)


def test_integer_lookup():
    layer = IntegerLookup(vocabulary=[10, 20], num_oov_indices=2)
    assert layer([10, 20, 7, 8]).tolist() == [2, 3, 1, 0]
    assert ops.dtype(layer([10])) == "int64"
    learned = IntegerLookup()
    learned.adapt(np.array([[3, 3], [9, 3]]))
    assert learned.get_vocabulary() == [-1, 3, 9]


def test_category_encoding():
    assert CategoryEncoding(3, "one_hot")(np.array([[1], [2]])).tolist() == [[0, 1, 0], [0, 0, 1]]
    assert CategoryEncoding(3, "one_hot")(np.array([1])).tolist() == [[0, 1, 0]]  # a batch of one
    assert CategoryEncoding(3, "one_hot").compute_output_shape((1,)) == (1, 3)
    assert CategoryEncoding(3, "multi_hot")(np.array([[0, 0, 2]])).tolist() == [[1, 0, 1]]
    weighted = CategoryEncoding(3, "count")(np.array([[0, 0, 2]]), count_weights=np.array([[0.5, 0.25, 3.0]]))
    assert weighted.tolist() == [[0.75, 0, 3.0]]
    with pytest.raises(ValueError, match="from 0 to num_tokens - 1 = 2; got values from 0 to 3"):
        CategoryEncoding(3)(np.array([[0, 3]]))
    with pytest.raises(ValueError, match="num_tokens"):
        CategoryEncoding()


def test_discretization():
    layer = Discretization([0.0, 1.0, 2.0])
    assert layer(np.array([[-1.0, 0.0, 0.5, 2.0, 9.0]])).tolist() == [[0, 1, 1, 3, 3]]
    learned = Discretization(num_bins=4)
    learned.adapt(np.arange(1, 101, dtype="float32"))
    counts = np.bincount(np.asarray(learned(np.arange(1, 101, dtype="float32"))))
    assert len(counts) == 4 and counts.max() - counts.min() <= 2
    with pytest.raises(ValueError, match="adapt"):
        Discretization(num_bins=4)(np.ones(1))
    with pytest.raises(ValueError, match="either"):
        Discretization()


def test_hashing_is_stable():
    # FarmHash and SipHash values as TensorFlow gives them (to_hash_bucket_fast, to_hash_bucket_strong).
    assert Hashing(3)(np.array([["A"], ["B"], ["C"], ["D"], ["E"]])).ravel().tolist() == [1, 0, 1, 1, 2]
    assert Hashing(3, mask_value="")(np.array([["A"], ["B"], [""], ["C"], ["D"]])).ravel().tolist() == [1, 1, 0, 2, 2]
    assert Hashing(3, salt=[133, 137])(np.array([["A"], ["B"], ["C"], ["D"], ["E"]])).ravel().tolist() == [
        1,
        2,
        1,
        0,
        2,
    ]
    with pytest.raises(ValueError, match="salt"):
        Hashing(3, salt="x")
    # The test vector of the SipHash paper, appendix A.
    key = (0x0706050403020100, 0x0F0E0D0C0B0A0908)
    assert siphash24(bytes(range(15)), key) == 0xA129CA6149BE45E5
    assert fingerprint64(b"") == 0x9AE16A3B2F90404F


def test_rescaling():
    y = layers.Rescaling(1 / 127.5, offset=-1)(np.array([[0, 255]], "uint8"))
    np.testing.assert_allclose(y, [[-1, 1]], atol=1e-6)
    assert ops.dtype(y) == "float32"


def test_normalization_of_a_list_of_batches():
    x = np.random.default_rng(0).normal(3, 2, (20, 4)).astype("float32")
    whole = layers.Normalization()
    whole.adapt(x)
    np.testing.assert_allclose(np.asarray(whole.mean), x.mean(0, keepdims=True), rtol=1e-5)
    np.testing.assert_allclose(np.asarray(whole.variance), x.var(0, keepdims=True), rtol=1e-5)
    for batches in ([x[:15], x[15:]], [(x[:15], np.zeros(15)), (x[15:], np.zeros(5))]):
        layer = layers.Normalization()
        layer.adapt(batches)
        np.testing.assert_allclose(np.asarray(layer.mean), np.asarray(whole.mean), rtol=1e-5)
        np.testing.assert_allclose(np.asarray(layer.variance), np.asarray(whole.variance), rtol=1e-5)
    rows = layers.Normalization()
    rows.adapt(x.tolist())
    np.testing.assert_allclose(np.asarray(rows.mean), np.asarray(whole.mean), rtol=1e-5)
    given = layers.Normalization(mean=[1.0, 2.0, 3.0, 4.0], variance=2.0)
    with pytest.raises(AttributeError, match="before it is built"):
        given.mean  # noqa: B018
    given.build((None, 4))
    assert np.asarray(given.mean).tolist() == [[1, 2, 3, 4]] and np.asarray(given.variance).tolist() == [[2] * 4]


def test_rescaling_of_channels():
    layer = layers.Rescaling(np.array([1.0, 2.0]), offset=np.float32(1.0))
    assert layer.get_config()["scale"] == [1.0, 2.0]
    assert np.asarray(layer(np.ones((1, 3, 3, 2))))[0, 0, 0].tolist() == [2, 3]
    config.set_image_data_format("channels_first")
    try:
        got = np.asarray(layer(np.ones((1, 2, 3, 3))))
    finally:
        config.set_image_data_format("channels_last")
    assert got[0, :, 0, 0].tolist() == [2, 3] and got.shape == (1, 2, 3, 3)


def test_hashes_are_integers():
    with pytest.raises(ValueError, match="output_mode='int' needs the dtype 'int32' or 'int64'; got 'float32'"):
        layers.Hashing(3, dtype="float32")


def test_a_subclass_with_a_build_of_its_own_is_built_by_its_first_call():
    class Counting(layers.MaxPooling1D):
        def build(self, input_shape):
            self.seen = self.add_weight(name="seen", shape=(), initializer="zeros", trainable=False)

    layer = Counting()
    assert not layer.built and layers.MaxPooling1D().built
    layer(np.ones((1, 4, 1)))
    assert layer.built and len(layer.weights) == 1


@pytest.mark.parametrize("mode", ["multi_hot", "count"])
@pytest.mark.parametrize(
    "layer",
    [lambda mode: Discretization([1.0, 2.0], output_mode=mode), lambda mode: CategoryEncoding(3, output_mode=mode)],
)
def test_vectors_stand_for_the_axis_after_the_batch(layer, mode):
    layer = layer(mode)
    x = np.array([[[0, 1], [2, 1], [2, 1]]])
    expected = [[[1, 0, 2], [0, 3, 0]]] if mode == "count" else [[[1, 0, 1], [0, 1, 0]]]
    np.testing.assert_array_equal(layer(x), expected)
    assert layer.compute_output_shape((None, 3, 2)) == (None, 2, 3)


def test_integers_of_a_vocabulary_have_64_bits():
    with pytest.raises(ValueError, match="vocabulary_dtype must be one of 'int64'"):
        IntegerLookup(vocabulary_dtype="int32")


def test_looking_up_a_token_may_be_called_like_the_unknown_one():
    layer = IntegerLookup(vocabulary=[1, 2, 3], oov_token=1, mask_token=0)
    np.testing.assert_array_equal(layer(np.array([0, 1, 3, 9])), [0, 2, 4, 1])


def test_normalization_adapts_to_batches_not_to_numbers():
    with pytest.raises(TypeError, match="must be an array with a .shape"):
        Normalization().adapt(iter([42.0]))
