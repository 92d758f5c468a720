"""Two processes over loopback give the numbers of one, and do not wait for one that is gone."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "distribution"))
import running


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What two processes said, and then one alone."""
    folder = tmp_path_factory.mktemp("processes")
    return (*running.run_two("processes", folder, "jax"), running.run("alone", folder, "jax"))


def test_the_curve_is_that_of_one_process(found):
    *both, alone = found
    for process in both:
        for name in ("arrays", "batches", "own"):
            np.testing.assert_allclose(process[name], alone[name], rtol=0, atol=1e-5)
    assert len(alone["arrays"]) == 3


def test_no_sample_is_lost_or_doubled(found):
    for process in found[:2]:
        assert process["predicted"] == [[float(i) for i in range(100)]] * 3


def test_processes_that_differ_are_told(found):
    for process in found[:2]:
        assert "the sum of the weights" in process["different"] and "process 1" in process["different"]


def test_a_killed_process_is_told_and_the_training_goes_on(found):
    first, _, alone = found
    assert "fit(resume=...)" in first["lost"]
    assert alone["states"] == ["state-4", "state-8"] and alone["saved"] == 8 * 16 + 16 + 16 * 4 + 4
    np.testing.assert_allclose(alone["resumed"], alone["arrays"], rtol=0, atol=1e-5)
