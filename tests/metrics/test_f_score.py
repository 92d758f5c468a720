"""Shapes that an F score refuses."""

import numpy as np
import pytest

from lamina import metrics


@pytest.mark.parametrize("shape", [(3,), (3, 2, 2)])
def test_targets_and_predictions_are_tables(shape):
    with pytest.raises(ValueError, match=r"FBetaScore: expected targets and predictions of shape \(batch, classes\)"):
        metrics.FBetaScore().update_state(np.ones(shape), np.ones(shape))
