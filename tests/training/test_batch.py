"""`Batch`: how many samples count, and masks that stay with the outputs."""

import numpy as np
import pytest

from lamina import ops
from lamina.ops._masks import get_mask, set_mask
from lamina.training._batch import Batch


def test_all_samples_count_unless_it_is_said_how_many():
    batch = Batch.of((np.ones((4, 2)), np.zeros(4), np.ones(4)))
    assert (batch.size, batch.y.shape, batch.sample_weight.shape) == (4, (4,), (4,))
    assert Batch.of((np.ones((4, 2)),)).y is None
    assert float(Batch(np.ones((4, 2)), count=np.int32(3)).size) == 3.0


def test_outputs_of_samples_that_fill_up_are_masked():
    y_pred = ops.convert_to_tensor(np.ones((4, 3, 2), "float32"))
    set_mask(y_pred, ops.convert_to_tensor([[True, True, False]] * 4))
    batch = Batch(np.ones((4, 2)), count=np.int32(2)).predicted(y_pred)
    expected = [[True, True, False]] * 2 + [[False] * 3] * 2
    np.testing.assert_array_equal(ops.convert_to_numpy(get_mask(batch.y_pred)), expected)


@pytest.mark.parametrize("count", [None, 2])
def test_masks_come_back_from_a_traced_function(count):
    y_pred = ops.convert_to_tensor(np.ones((4, 2), "float32"))
    batch = Batch(np.ones((4, 2)), count=None if count is None else np.int32(count))
    outputs = batch.predicted(y_pred).outputs
    fresh = ops.convert_to_tensor(np.ones((4, 2), "float32"))
    mask = get_mask(batch.with_outputs((fresh, outputs[1])).y_pred)
    assert (mask is None) == (count is None)
    assert mask is None or ops.convert_to_numpy(mask).tolist() == [True, True, False, False]
