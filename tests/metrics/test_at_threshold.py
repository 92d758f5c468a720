"""The thresholds of metrics that ask for a value of one measure and tell another."""

from lamina import metrics


def test_one_threshold_is_half_way_and_more_are_even():
    assert metrics.SensitivityAtSpecificity(0.5, num_thresholds=1).thresholds == [0.5]
    two, five = (metrics.PrecisionAtRecall(0.5, num_thresholds=n).thresholds for n in (2, 5))
    assert list(two) == [0, 1] and list(five) == [0, 0.25, 0.5, 0.75, 1]
