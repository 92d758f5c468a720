from types import SimpleNamespace

import numpy as np
import pytest

from lamina.tables._choice import LINEAR, NETWORK, choose, first_line
from lamina.tables._target import Target

NUMBER = Target("y", "number", variance=1.0)
TRUTH = np.arange(4.0)[:, None]


def fold(network, linear, truth=TRUTH):
    """A round whose models miss the truth by so much, on the validation and the test rows."""
    outputs = {NETWORK: truth + network, LINEAR: truth + linear}
    part = SimpleNamespace(truth=truth, table=truth)
    return SimpleNamespace(
        target=NUMBER, heads={NETWORK: "n", LINEAR: "l"}, validated=outputs, tested=outputs, training=part,
        validation=part, test=part, run=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("network", "linear", "name", "said"),
    [
        (0.1, 0.5, "network", "Written is the network, which is better than the linear model"),
        (0.5, 0.1, "linear model", "Written is the linear model: the network is no better"),
        (0.5, -0.5, "mean of both", "Written is the mean of network and linear model"),
        (9.0, 8.0, "linear model", "No better than the answer that is always the same"),
    ],
)
def test_the_least_loss_is_written(network, linear, name, said):
    result = choose([fold(network, linear)])
    assert result.written_name == name == next(iter(result.by_model))
    assert first_line(result).startswith(said)
    assert result.heads == {"network": ["n"], "linear model": ["l"], "mean of both": ["n", "l"]}[name]


def several(*misses, truth=TRUTH):
    """A round with as many networks, and a linear model that misses by 9."""
    one = fold(0.0, 9.0, truth)
    names = [NETWORK, *(f"network {n + 2}" for n in range(len(misses) - 1))]
    one.validated = one.tested = {LINEAR: truth + 9.0, **{n: truth + miss for n, miss in zip(names, misses)}}
    one.heads = {LINEAR: "l", **{n: n for n in names}}
    return one


@pytest.mark.parametrize(
    ("misses", "chosen", "name"),
    [
        ((0.5, 0.4, 0.6), ("network 2",), "network"),
        ((0.5, -0.4, 0.6), ("network", "network 2"), "mean of 2 networks"),
        ((1.0, -0.4, -0.5), ("network", "network 2", "network 3"), "mean of 3 networks"),
        ((-9.0, -9.5), ("network", "linear"), "mean of both"),
        ((-4.0, -5.1), ("network", "network 2", "linear"), "mean of 2 networks and linear model"),
    ],
)
def test_networks_are_averaged_as_far_as_that_helps(misses, chosen, name):
    result = choose([several(*misses)])
    assert result.chosen == chosen and result.written_name == name
    assert len(result.heads) == len(chosen)
    assert first_line(result).startswith(f"Written is the {'network' if name == 'network' else 'mean'}")
    assert set(result.by_model) == {name, "network", "linear model", "mean"}


def test_what_gives_nan_is_left_out():
    assert choose([several(np.nan, 0.5)]).chosen == ("network 2",)


def test_a_fold_is_chosen_for_by_the_others():
    result = choose([fold(0.1, 0.2), fold(0.1, 0.2), fold(2.0, 0.2)])
    assert result.chosen == (LINEAR,)
    assert result.by_fold == [(LINEAR,), (LINEAR,), (NETWORK,)]
    figures = [0.2, 0.2, 2.0]  # the third fold's are those of the network, which the other two prefer
    assert result.by_model["linear model"]["root mean squared error"] == pytest.approx(np.mean(figures), rel=1e-5)
    assert result.spread["linear model"]["root mean squared error"] == pytest.approx(np.std(figures), rel=1e-5)
    assert "Fold 3: without the rows tested there another model" in " ".join(result.cautions())
