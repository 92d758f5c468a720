"""`ops.image.resize` gives what Keras gives."""

import numpy as np
import pytest

from lamina import ops

keras = pytest.importorskip("keras")
pytestmark = [pytest.mark.peer, pytest.mark.filterwarnings("ignore::UserWarning")]

if keras.backend.backend() == "torch":
    pytest.skip("PyTorch's interpolation has other kernels and edges than the others", allow_module_level=True)

RNG = np.random.default_rng(0)


def both(x, *args, **kwargs):
    theirs = keras.ops.convert_to_numpy(keras.ops.image.resize(x, *args, **kwargs))
    ours = ops.image.resize(x, *args, **kwargs)
    assert ops.dtype(ours) == theirs.dtype.name
    return np.asarray(ours).astype(float), theirs.astype(float)


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"])
@pytest.mark.parametrize("size", [(3, 4), (12, 17), (5, 20), (6, 9)])
@pytest.mark.parametrize("antialias", [False, True])
def test_interpolations(interpolation, size, antialias):
    x = RNG.normal(size=(2, 6, 9, 3)).astype("float32")
    ours, theirs = both(x, size, interpolation, antialias)
    # TensorFlow takes the weights of its plain bicubic from a table of 1,024.
    tabled = keras.backend.backend() == "tensorflow" and interpolation == "bicubic" and not antialias
    np.testing.assert_allclose(ours, theirs, atol=5e-3 if tabled else 2e-5)


@pytest.mark.parametrize("shape", [(6, 9), (9, 6), (7, 8), (5, 5)])
@pytest.mark.parametrize("size", [(4, 4), (3, 8), (8, 3)])
@pytest.mark.parametrize("how", ["crop_to_aspect_ratio", "pad_to_aspect_ratio"])
def test_aspect_ratios(shape, size, how):
    for x in (RNG.normal(size=(2, *shape, 3)), RNG.normal(size=(*shape, 1))):
        ours, theirs = both(x.astype("float32"), size, **{how: True})
        np.testing.assert_allclose(ours, theirs, atol=2e-5)


def test_integers():
    x = RNG.integers(0, 256, (2, 6, 9, 3)).astype("uint8")
    for interpolation in ("bilinear", "bicubic"):
        ours, theirs = both(x, (11, 5), interpolation)
        assert np.abs(ours - theirs).max() <= 1  # rounding of sums that are a half to rounding
        assert (ours == theirs).mean() > 0.9
