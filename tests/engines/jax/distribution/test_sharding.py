"""Training on 4 and 8 devices in one process gives the numbers of one device.

One test, as all that is asked of is found by one program.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[3] / "distribution"))
import running

MISTAKES = (  # what each says
    ["(3, 2)", "6 devices", "8"],
    ["cpu:99", "cpu:7"],
    ["20", "8 parts"],
    ["3 axes", "dense/kernel", "(8, 16)"],
    ["dense_1/kernel", "(16, 4)", "8"],
    ["shape=(2,)", "shape=(8,)"],
)


def assert_same(losses, expected):
    np.testing.assert_allclose(losses, expected, rtol=0, atol=1e-5)


def test_several_devices_are_one(tmp_path):
    found = running.run("devices", tmp_path, "jax", devices=8)
    assert found["devices"] == 8 and len(found["one"]) == 3
    assert_same(found["four"], found["one"])
    # Cut weights and cut batches at once, and what the optimizer keeps lies where the weights do.
    assert_same(found["both"], found["batch_norm"])
    assert found["kernel"] == "P('batch', 'model')"
    assert found["slots"]["sequential_dense_kernel_momentum"] == "P('batch', 'model')"
    assert found["slots"]["sequential_dense_1_kernel_velocity"] == "P('model', None)"
    assert not found["histograms"]  # none are missing
    # Files and states of eight devices, read by four and by eight that have whole weights.
    assert found["loaded"] < 1e-5
    assert_same(found["resumed"], found["longer"])
    assert len(found["resumed"]) == 4
    assert len(found["mistake"]) == len(MISTAKES)
    for message, words in zip(found["mistake"], MISTAKES):
        assert all(word in message for word in words), message
