"""Every op gives the values, shapes and dtypes that Keras gives."""

import numpy as np
import pytest

from lamina import ops, tree

keras = pytest.importorskip("keras")
# Keras itself warns on some backends.
pytestmark = [
    pytest.mark.peer,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]

# Calls that a backend of Keras cannot do, or does differently from the others.
BACKEND_GAPS = {
    "torch": {
        "imag",
        "where",
        "top_k",
        "linspace",
        "one_hot",
        "repeat",
        "unstack",
        "pad",
        "nonzero",
        "unique",
        "vdot",
        "stop_gradient",
        "fold",
        "unfold",
    },
    "jax": {"repeat"},  # refuses a list of repeats
    "tensorflow": {"bitwise_not", "bitwise_invert", "isclose", "vstack", "pad", "lu_factor"},
}


def test_like_keras(case):
    if not case.peer or not hasattr(keras.ops, case.name):
        pytest.skip("the answer is not unique")
    if case.name in BACKEND_GAPS.get(keras.backend.backend(), ()):
        pytest.skip("this backend of Keras differs from the others")
    theirs = tree.flatten(getattr(keras.ops, case.name)(*case.args, **case.kwargs))
    ours = tree.flatten(getattr(ops, case.name)(*case.args, **case.kwargs))
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs):
        b = keras.ops.convert_to_numpy(b)
        assert a.shape == b.shape
        kind = complex if "complex" in ops.dtype(a) else float
        np.testing.assert_allclose(ops.convert_to_numpy(a).astype(kind), b, rtol=1e-4, atol=1e-5)
        assert ops.dtype(a) == ops.dtype(b)
