"""Texts in folders by class."""

import numpy as np
import pytest

from lamina import layers, utils
from lamina.utils import text_dataset_from_directory


@pytest.fixture
def folder(tmp_path):
    for name, texts in (("neg", ["bad", "wörse"]), ("pos", ["good", ""])):
        (tmp_path / name).mkdir()
        for i, text in enumerate(texts):
            (tmp_path / name / f"{i}.txt").write_text(text, encoding="utf-8")
    return tmp_path


def test_what_it_gives(folder):
    data = text_dataset_from_directory(folder, shuffle=False, verbose=False, batch_size=3)
    (x, y), (x2, y2) = data
    assert x.tolist() == ["bad", "wörse", "good"] and x2.tolist() == [""] and y.tolist() + y2.tolist() == [0, 0, 1, 1]
    assert x.numpy()[1] == "wörse".encode() and data.class_names == ["neg", "pos"]
    assert data.element_spec[0].dtype == "string"


def test_no_more_than_so_many_bytes(folder):
    data = text_dataset_from_directory(folder, None, shuffle=False, verbose=False, max_length=2)
    assert next(iter(data)).tolist() == ["ba", "w", "go", ""]  # a letter of two bytes is left out whole


def test_a_text_in_another_encoding_is_named(folder):
    (folder / "pos" / "1.txt").write_bytes("größer".encode("latin-1"))
    data = text_dataset_from_directory(folder, shuffle=False, verbose=False, batch_size=1)
    with pytest.raises(ValueError, match=r"pos.1\.txt is not text in UTF-8"):
        list(data)
    with pytest.raises(ValueError, match="max_length must be a positive integer"):
        text_dataset_from_directory(folder, max_length=0)


def test_a_vocabulary_is_learned_from_it(folder):
    data = text_dataset_from_directory(folder, verbose=False)
    lookup = layers.StringLookup()
    lookup.adapt(data.map(lambda x, y: x))
    assert set(lookup.get_vocabulary()) >= {"bad", "good", "wörse"}


def test_in_two_parts(folder):
    train, valid = text_dataset_from_directory(folder, validation_split=0.5, subset="both", seed=2, verbose=False)
    found = [str(t) for d in (train, valid) for x, _ in d for t in x]
    assert sorted(found) == ["", "bad", "good", "wörse"]


def test_in_the_format_of_grain(folder):
    pytest.importorskip("grain")
    data = text_dataset_from_directory(folder, shuffle=False, verbose=False, format="grain")
    ((x, y),) = data
    assert np.asarray(x).tolist() == ["bad", "wörse", "good", ""] and np.asarray(y).tolist() == [0, 0, 1, 1]
    one = text_dataset_from_directory(folder, None, batch_size=None, shuffle=False, verbose=False, format="grain")
    assert list(one) == ["bad", "wörse", "good", ""]


def test_the_name_of_old():
    from lamina import preprocessing

    assert preprocessing.text_dataset_from_directory is utils.text_dataset_from_directory
