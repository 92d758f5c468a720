"""Columns, crosses, and what they become."""

import numpy as np
import pytest

import lamina
from lamina import layers, models, saving
from lamina.utils import FeatureSpace

DATA = {
    "plain": np.array([1.0, 2.0, 3.0, 4.0]),
    "scaled": np.array([1.0, 2.0, 3.0, 4.0]),
    "normal": np.array([1.0, 2.0, 3.0, 4.0]),
    "ranges": np.array([1.0, 2.0, 3.0, 4.0]),
    "number": np.array([5, 5, 7, 9]),
    "word": np.array(["a", "b", "b", "c"]),
    "coded": np.array([5, 5, 7, 9]),
    "hashed": np.array(["a", "b", "b", "c"]),
}


def space(**kwargs):
    return FeatureSpace(
        {
            "plain": "float",
            "scaled": FeatureSpace.float_rescaled(0.5, 1.0),
            "normal": "float_normalized",
            "ranges": FeatureSpace.float_discretized(2),
            "number": "integer_categorical",
            "word": FeatureSpace.string_categorical(output_mode="one_hot"),
            "coded": FeatureSpace.integer_hashed(3),
            "hashed": "string_hashed",
        },
        crosses=[("number", "word"), FeatureSpace.cross(("coded", "hashed"), 4)],
        crossing_dim=6,
        hashing_dim=5,
        **kwargs,
    )


def test_each_column_by_its_definition():
    made = space(output_mode="dict")
    made.adapt(DATA, verbose=0)
    got = {name: np.array(value) for name, value in made(DATA).items()}
    np.testing.assert_allclose(got["plain"][:, 0], DATA["plain"])
    np.testing.assert_allclose(got["scaled"][:, 0], DATA["scaled"] * 0.5 + 1)
    np.testing.assert_allclose(got["normal"][:, 0], (DATA["normal"] - 2.5) / DATA["normal"].std(), rtol=1e-5)
    assert got["ranges"].shape == (4, 2) and (got["ranges"].sum(1) == 1).all()
    # Unknown first, then by frequency.
    np.testing.assert_array_equal(got["number"][:2], np.eye(4)[[1, 1]])
    np.testing.assert_array_equal(got["word"][1:3], np.eye(4)[[1, 1]])
    shapes = {"coded": 3, "hashed": 5, "number_X_word": 6, "coded_X_hashed": 4}
    for name, size in shapes.items():
        assert got[name].shape == (4, size) and (got[name].sum(1) == 1).all()
    np.testing.assert_array_equal(got["hashed"][1], got["hashed"][2])
    unseen = made({**{k: v[:1] for k, v in DATA.items()}, "word": np.array(["odd"])})
    np.testing.assert_array_equal(unseen["word"], np.eye(4)[[0]])


def test_joined_single_rows_data_sets_and_models():
    made = space()
    made.adapt(lamina.data.Dataset.from_tensor_slices(DATA).batch(3), verbose=0)
    whole = np.array(made(DATA))
    row = made({name: values[1] for name, values in DATA.items()})
    np.testing.assert_allclose(row, whole[1])
    mapped = lamina.data.Dataset.from_tensor_slices(DATA).batch(4).map(made)
    np.testing.assert_allclose(next(iter(mapped)), whole)
    encoded = made.get_encoded_features()
    assert encoded.shape == (None, whole.shape[1])
    model = models.Model(made.get_inputs(), layers.Dense(1)(encoded))
    columns = {name: values[:, None] for name, values in DATA.items()}
    want = model.layers[-1](whole)
    np.testing.assert_allclose(model.predict(columns, verbose=0), want, rtol=1e-4, atol=1e-5)


def test_saved_and_loaded(tmp_path):
    made = space()
    made.adapt(DATA, verbose=0)
    made.save(tmp_path / "space.keras")
    again = saving.load_model(tmp_path / "space.keras")
    np.testing.assert_allclose(again(DATA), made(DATA))
    fresh = FeatureSpace.from_config(made.get_config())
    with pytest.raises(ValueError, match="call adapt"):
        fresh(DATA)


def test_wrong_arguments():
    with pytest.raises(ValueError, match="features must be a dict"):
        FeatureSpace({})
    with pytest.raises(ValueError, match="the feature 'a' must be one of"):
        FeatureSpace({"a": "odd"})
    with pytest.raises(ValueError, match="crosses name"):
        FeatureSpace({"a": "integer_hashed"}, crosses=[("a", "b")])
    with pytest.raises(ValueError, match="output_mode must be one of"):
        FeatureSpace({"a": "float"}, output_mode="odd")
    with pytest.raises(ValueError, match="are missing"):
        FeatureSpace({"a": "float"})({"b": 1})
    with pytest.raises(ValueError, match="adapt needs values of 'a'"):
        FeatureSpace({"a": "float_normalized"}).adapt({"b": np.ones(3)})
    with pytest.raises(ValueError, match="cannot be joined"):
        FeatureSpace({"a": FeatureSpace.integer_hashed(3, output_mode="int")})({"a": np.array([1, 2])})


def test_columns_that_know_all_need_no_adapt():
    texts = layers.TextVectorization(vocabulary=["some", "words"], output_sequence_length=2)
    made = FeatureSpace(
        {
            "text": FeatureSpace.feature("string", texts, "int"),
            "number": FeatureSpace.feature("float32", layers.Normalization(mean=2.0, variance=4.0), "float"),
            "key": FeatureSpace.feature("string", layers.StringLookup(vocabulary=["a"]), "int"),
        },
        output_mode="dict",
    )
    found = made({"text": ["Some other.", "words"], "number": [4.0, 2.0], "key": ["a", "b"]})
    assert np.array(found["text"]).tolist() == [[2, 1], [3, 0]]
    np.testing.assert_allclose(np.array(found["number"]), [[1.0], [0.0]])
    assert np.array(found["key"]).tolist() == [[1], [0]]
