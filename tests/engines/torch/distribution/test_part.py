"""The rows of one process, and what of a step depends on them, without a second process."""

import numpy as np
import pytest
import torch

from lamina import distribution, layers, losses
from lamina.engines.torch import _random
from lamina.engines.torch._part import Part, computing
from lamina.engines.torch.distribution import _reduce, _share


@pytest.fixture
def three(monkeypatch):
    """Shares of a batch as each of three processes sees them."""

    def share(process):
        spread = distribution.DataParallel(devices=distribution.list_devices()[:1])
        monkeypatch.setattr(_share, "num_processes", lambda: 3)
        monkeypatch.setattr(_share, "process_id", lambda: process)
        return _share.Share(spread)

    return share


@pytest.mark.parametrize("size", [1, 2, 3, 7, 32, 33])
def test_every_row_counts_once(three, size):
    counted, weights = [], []
    for process in range(3):
        share = three(process)
        rows, part = share.batch(np.arange(size))
        assert len(rows) == part.size >= 1 and rows.tolist() == np.arange(size)[share.rows(size)].tolist()
        counted += rows[: part.counted].tolist()
        weights.append(part.weight)
    assert counted == list(range(size)) and sum(weights) == pytest.approx(1)


def test_draws_for_a_part_are_rows_of_those_for_the_whole():
    seed = np.array([3, 4], "uint32")
    whole = _random.uniform(seed, (10, 2))
    with computing(Part(4, 3, 10, 3)):
        np.testing.assert_array_equal(_random.uniform(seed, (3, 2)), whole[4:7])
        other = _random.uniform(seed, (5, 2))  # not for rows of the batch
    np.testing.assert_array_equal(other, _random.uniform(seed, (5, 2)))


def test_means_are_weighted_and_sent_by_dtype(monkeypatch):
    sent = []

    def double(x):
        sent.append(x.numel())
        return 2 * x

    monkeypatch.setattr(_reduce, "sum_over_processes", double)
    one, two = torch.ones(2, 2), torch.arange(3.0)
    given = [one, None]
    assert _reduce.mean(given) is given  # a process that computes no part
    with computing(Part(0, 1, 4, 1)):
        found = _reduce.mean([one, None, two, torch.ones(1, dtype=torch.float64)])
    assert found[1] is None and sent == [7, 1]
    np.testing.assert_allclose(found[0], np.full((2, 2), 0.5))
    np.testing.assert_allclose(found[2], np.arange(3) / 2)


def test_losses_that_are_sums_are_refused(three):
    three(0).check_loss([losses.MeanSquaredError(), None])
    with pytest.raises(NotImplementedError, match="'mean_squared_error' has reduction='sum'"):
        three(0).check_loss([losses.MeanSquaredError(reduction="sum")])


def test_batches_must_divide(three):
    three(0).check(33, "fit")
    with pytest.raises(ValueError, match="fit: batches of 32 samples do not divide by the 3 processes"):
        three(0).check(32, "fit")


def test_a_process_that_was_not_joined_says_so(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(RuntimeError, match=r"torchrun started 2 processes.* call distribution.initialize\(\)"):
        distribution.DataParallel(devices=distribution.list_devices()[:1])


def test_other_meshes_and_layouts_are_refused_by_name():
    first = distribution.list_devices()[0]
    mesh = distribution.DeviceMesh((1, 1), ("batch", "model"), [first])
    for call in (
        lambda: distribution.ModelParallel(layout_map=distribution.LayoutMap(mesh)),
        lambda: mesh.backend_mesh,
        lambda: distribution.distribute_tensor(np.zeros((2, 2)), distribution.TensorLayout((None, "model"), mesh)),
    ):
        with pytest.raises(NotImplementedError, match="the jax engine cuts weights too"):
            call()
    with pytest.raises(ValueError, match=r"there are 1 processes for 2 devices.*torchrun --nproc-per-node 2"):
        distribution.DataParallel(devices=[first, first])
    with pytest.raises(ValueError, match="start the program with torchrun, or give job_addresses"):
        distribution.initialize()


IMAGES = np.random.default_rng(0).uniform(0, 255, (10, 8, 8, 3)).astype("float32")


@pytest.mark.parametrize(
    "name, arguments",
    [
        ("RandomFlip", ()), ("RandomRotation", (0.1,)), ("RandomCrop", (6, 6)), ("RandomBrightness", (0.2,)),
        ("RandomErasing", ()), ("RandomElasticTransform", ()), ("RandomPosterization", (4,)), ("GaussianNoise", (0.2,)),
        ("AlphaDropout", (0.2,)), ("Dropout", (0.2,)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", [1, 2, 3])
def test_layers_change_rows_as_in_the_whole_batch(name, arguments, size):
    def layer():
        return getattr(layers, name)(*arguments, seed=1)

    whole = np.asarray(layer()(IMAGES, training=True))
    with computing(Part(4, size, 10, size)):
        rows = np.asarray(layer()(IMAGES[4 : 4 + size], training=True))
    np.testing.assert_allclose(rows, whole[4 : 4 + size], atol=1e-3)
