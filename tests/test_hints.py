"""The name that was probably meant."""

import pytest

from lamina._hints import closest, did_you_mean
from lamina._names import NAMES


@pytest.mark.parametrize(
    ("wrong", "namespace", "meant"),
    [
        ("adaam", "optimizers", "Adam"),
        ("ADAMW", "optimizers", "AdamW"),
        ("rms_prop", "optimizers", "RMSprop"),
        ("mes", "losses", "mse"),
        ("r2", "metrics", "R2Score"),
        ("cce", "losses", "categorical_crossentropy"),
        ("BinaryCrossEntropy", "losses", "BinaryCrossentropy"),
        ("batchnorm", "layers", "BatchNormalization"),
        ("Maxpool2D", "layers", "MaxPool2D"),
    ],
)
def test_case_underscores_and_abbreviations(wrong, namespace, meant):
    assert closest(wrong, NAMES[namespace]) == meant


def test_nothing_is_guessed_where_nothing_is_alike():
    assert closest("qwertz", NAMES["layers"]) is None
    assert did_you_mean("qwertz", NAMES["layers"]) == ""
