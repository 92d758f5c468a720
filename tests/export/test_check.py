"""The made-up inputs on which a written file is compared."""

import numpy as np
import pytest

from lamina import layers, models
from lamina.export import ExportError
from lamina.export._check import check_written, sample_inputs
from lamina.export._exported import exported_model

pytestmark = pytest.mark.native_only("programs are the native engine's")


def test_they_fit_the_model(tmp_path):
    word, number, steps = (
        layers.Input((1,), dtype="string"), layers.Input((2,), dtype="int64"), layers.Input((None, 3)),
    )  # fmt: skip
    known = layers.StringLookup(vocabulary=["a", "b"], num_oov_indices=0)(word)
    placed = layers.IntegerLookup(vocabulary=[5, 7], num_oov_indices=0)(number)
    model = models.Model([word, number, steps], [known, placed, layers.LSTM(2)(steps)])
    words, numbers, rows = sample_inputs(exported_model(model), 4)
    assert set(words.ravel()) <= {"a", "b"} and set(numbers.ravel()) <= {5, 7}
    assert words.shape == (4, 1) and numbers.shape == (4, 2) and rows.shape[::2] == (4, 3)
    model.export(tmp_path / "m", format="numpy")


def test_what_differs_is_told_with_its_size():
    x = layers.Input((3,))
    model = models.Model(x, layers.Dense(2, name="answer")(x))
    exported = exported_model(model)
    with pytest.raises(ExportError, match="The thing: for 2 samples 'answer' differs from the model by 0.1"):
        check_written(
            exported, lambda inputs: [np.asarray(model(inputs[0])) + 0.1 * _scale(model, inputs)], "The thing"
        )
    with pytest.raises(ExportError, match=r"'answer' has shape \(2, 1\) for 2 samples, the model gives \(2, 2\)"):
        check_written(exported, lambda inputs: [np.zeros((2, 1))], "The thing")
    check_written(exported, lambda inputs: [np.asarray(model(inputs[0]))], "The thing")
    assert exported.difference == 0


def _scale(model, inputs):
    return 1 + np.abs(np.asarray(model(inputs[0]))).max()
