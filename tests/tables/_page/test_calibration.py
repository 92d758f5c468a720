import numpy as np
import pytest

from lamina.tables._page._calibration import bins_of, wilson


def test_bins_hold_equally_many_rows_in_order():
    rng = np.random.default_rng(0)
    given = rng.random(100)
    held = rng.random(100) < given
    means, shares, rows = bins_of(given, held)
    assert rows.sum() == 100 and rows.max() - rows.min() <= 1 and len(rows) == 6 and (np.diff(means) > 0).all()
    np.testing.assert_allclose((means * rows).sum(), given.sum())
    assert (shares * rows).sum() == held.sum()
    assert len(bins_of(given[:5], held[:5])[0]) == 1


def test_wilsons_interval():
    """Its ends are where the share lies 1.96 standard errors of the end away: |p - s| = 1.96 √(p (1 - p) / n)."""
    shares, rows = np.array([0.2, 0.5, 0.75]), np.array([10, 40, 200])
    for end in wilson(shares, rows):
        np.testing.assert_allclose(np.abs(end - shares), 1.96 * np.sqrt(end * (1 - end) / rows))
    low, high = wilson(np.array([0.0, 1.0]), np.array([10, 10]))
    assert low[0] == pytest.approx(0, abs=1e-12) and high[1] == pytest.approx(1) and 0.2 < high[0] < 0.4
