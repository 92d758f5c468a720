"""Training on 4 and 8 devices in one process gives the numbers of one device."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "distribution"))
import running


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return running.run("devices", tmp_path_factory.mktemp("devices"), "jax", devices=8)


def test_data_parallel_is_one_device(found):
    assert found["devices"] == 8 and len(found["one"]) == 3
    np.testing.assert_allclose(found["four"], found["one"], rtol=0, atol=1e-5)


def test_cut_weights_and_cut_batches_at_once_are_one_device(found):
    np.testing.assert_allclose(found["both"], found["batch_norm"], rtol=0, atol=1e-5)
    assert found["kernel"] == "P('batch', 'model')"
    assert found["slots"]["sequential_dense_kernel_momentum"] == "P('batch', 'model')"
    assert found["slots"]["sequential_dense_1_kernel_velocity"] == "P('model', None)"


def test_files_and_states_are_read_on_another_number_of_devices(found):
    assert found["loaded"] < 1e-5
    np.testing.assert_allclose(found["resumed"], found["longer"], rtol=0, atol=1e-5)
    assert len(found["resumed"]) == 4


def test_mistakes_name_both_sides(found):
    words = [
        ["(3, 2)", "6 devices", "8"],
        ["cpu:99", "cpu:7"],
        ["20", "8 parts"],
        ["3 axes", "dense/kernel", "(8, 16)"],
        ["dense_1/kernel", "(16, 4)", "8"],
        ["shape=(2,)", "shape=(8,)"],
    ]
    assert len(found["mistake"]) == len(words)
    for message, expected in zip(found["mistake"], words):
        assert all(word in message for word in expected), message
