"""AUC beyond its value: configs, and areas that do not depend on how weights are scaled."""

import numpy as np
import pytest

from lamina import metrics


def test_own_thresholds_stand_in_the_config_and_even_ones_do_not():
    config = metrics.AUC(thresholds=[0.3, 0.7]).get_config()
    assert list(config["thresholds"]) == [0.3, 0.7]
    again = metrics.AUC.from_config(config)
    np.testing.assert_allclose(again.thresholds, metrics.AUC(thresholds=[0.3, 0.7]).thresholds)
    assert "thresholds" not in metrics.AUC(num_thresholds=5).get_config()


@pytest.mark.parametrize("curve", ["PR", "ROC"])
@pytest.mark.parametrize("scale", [0.01, 0.3])
def test_small_weights_give_the_same_area(curve, scale):
    rng = np.random.default_rng(0)
    y, p = rng.integers(0, 2, 40), rng.random(40)
    weights = rng.random(40)
    areas = []
    for factor in (1.0, scale):
        metric = metrics.AUC(curve=curve, num_thresholds=30)
        metric.update_state(y, p, sample_weight=factor * weights)
        areas.append(float(metric.result()))
    assert areas[1] == pytest.approx(areas[0], rel=1e-4)
