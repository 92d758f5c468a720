import numpy as np

from lamina.tables._page._thresholds import Thresholds

POSITIVE = np.array([1, 0, 1, 0, 0, 1, 0])
SHARES = np.array([0.9, 0.8, 0.8, 0.4, 0.3, 0.3, 0.1])


def test_every_threshold_does_what_counting_says():
    found = Thresholds(POSITIVE, SHARES)
    assert (np.diff(found.at) < 0).all() and len(found.at) == 6  # one for each different share, and one above all
    for i, at in enumerate(found.at[:-1]):
        taken = SHARES > at
        assert found.taken[i] == taken.sum() and found.found[i] == POSITIVE[taken].sum()
        assert found.recall[i] == POSITIVE[taken].sum() / 3 and found.false_share[i] == (1 - POSITIVE)[taken].sum() / 4
        if taken.any():
            precision = POSITIVE[taken].mean()
            assert found.precision[i] == precision
            both = precision + found.recall[i]
            np.testing.assert_allclose(found.f1[i], 2 * precision * found.recall[i] / both if both else 0)
    assert np.isnan(found.precision[0]) and found.recall[-1] == found.false_share[-1] == 1


def test_the_area_below_the_curve_is_the_share_of_pairs_in_order():
    found = Thresholds(POSITIVE, SHARES)
    pairs = SHARES[POSITIVE == 1][:, None] - SHARES[POSITIVE == 0]
    np.testing.assert_allclose(np.trapezoid(found.recall, found.false_share), ((pairs > 0) + (pairs == 0) / 2).mean())
