"""What a straight line explains of rows that it has not seen."""

import numpy as np
import pytest

from lamina.diagnosis._head import Head
from lamina.training._diagnosing._linear_share import linear_share

RNG = np.random.default_rng(0)
X = RNG.normal(size=(400, 8)).astype("float32")
LINE = X[:, :1] - 2 * X[:, 1:2] + 5


def share(y, x=X, loss="mean_squared_error", units=1):
    return linear_share([Head(loss=loss, y=y, units=units)], (x, y, None))


def test_all_of_a_line_half_of_it_with_noise_as_large_and_nothing_of_noise():
    assert share(LINE) == pytest.approx(1)
    assert share(LINE + np.sqrt(5) * RNG.normal(size=LINE.shape)) == pytest.approx(0.5, abs=0.1)
    assert share(RNG.normal(size=LINE.shape)) < 0.05
    assert share(X[:, 0] * X[:, 1]) < 0.05


def test_of_labels_each_class_is_a_column():
    apart = np.arange(400) % 3
    x = X + 20 * np.eye(8)[apart]
    assert share(apart, x, "sparse_categorical_crossentropy", 3) > 0.95
    assert share(np.eye(3)[apart], x, "categorical_crossentropy", 3) > 0.95
    assert share(apart, X, "sparse_categorical_crossentropy", 3) < 0.05


@pytest.mark.parametrize(
    "x", [X[:40], np.tile(X, (1, 9)), X[:, :, None], [X, X], X.astype(str), np.full_like(X, np.nan)]
)
def test_nothing_is_known_of_few_rows_many_columns_and_other_data(x):
    assert share(LINE[:40] if len(x) == 40 else LINE, x) is None
    assert linear_share([], (X, LINE, None)) is None and linear_share([Head(loss="mse", y=LINE, units=1)], None) is None
