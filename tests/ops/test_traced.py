"""Every op inside a trace: compiled, it gives what it gives eagerly; its gradient is that of finite differences."""

import numpy as np
import pytest

from lamina import ops, tree
from lamina.engines import engine

# Values are needed, or the answer is no smooth function of the inputs.
NOT_SMOOTH = {
    "argpartition",
    "ceil",
    "floor",
    "floor_divide",
    "trunc",
    "round",
    "sign",
    "heaviside",
    "nextafter",
    "isclose",
    "angle",
    "stop_gradient",
    "histogram",
    "matrix_rank",
    "signbit",
    "eig",
    "lu_factor",
    "searchsorted",
    "digitize",
    "zeros_like",
    "ones_like",
    "empty_like",
    "saturate_cast",
    "fmod",
    "mod",
    "erfinv",
}


def arrays_of(case):
    return [x for x in tree.flatten((case.args, case.kwargs)) if isinstance(x, np.ndarray)]


def caller(case, wanted=lambda x: True):
    """The call as a function of its arrays, in order."""

    def call(*values):
        supply = iter(values)
        args, kwargs = tree.map_structure(
            lambda x: next(supply) if isinstance(x, np.ndarray) and wanted(x) else x, (case.args, case.kwargs)
        )
        return getattr(ops, case.name)(*args, **kwargs)

    return call


def test_compiled_is_eager(case):
    if not case.symbolic or not arrays_of(case):
        pytest.skip("its result depends on values, or it takes no tensor")
    if case.kwargs.get("strategy") == "beam_search":
        pytest.skip("searches through values; it says so")
    call = caller(case)
    compiled = engine.compile(lambda *v: tree.flatten(call(*v)))
    for a, b in zip(compiled(*arrays_of(case)), tree.flatten(call(*arrays_of(case))), strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5)


def is_real(x):
    return ops.dtype(x) == "float32"


def test_gradient_is_the_slope(case):
    if (
        not case.symbolic
        or case.name in NOT_SMOOTH
        or not any(is_real(x) and np.isfinite(x).all() for x in arrays_of(case))
    ):
        pytest.skip("no smooth function of a tensor")
    if case.kwargs.get("strategy") == "beam_search":
        pytest.skip("searches through values; it says so")
    if case.name == "svd" and not case.kwargs:
        pytest.skip("the vectors that complete a basis are not determined")
    call = caller(case, is_real)
    points = [x.astype(np.float64) + 1e-3 for x in arrays_of(case) if is_real(x)]
    if any(not np.isfinite(p).all() for p in points):
        pytest.skip("no slope at infinity")
    rng = np.random.default_rng(0)
    outputs = tree.flatten(call(*points))
    if not all("float" in ops.dtype(o) for o in outputs):
        pytest.skip("the result is no real number")
    weights = [rng.normal(size=o.shape) for o in outputs]
    directions = [rng.normal(size=p.shape) for p in points]
    if case.name in ("cholesky", "eigh", "logdet", "svd", "qr"):
        directions = [d + np.swapaxes(d, -1, -2) if d.shape[-1] == d.shape[-2] else d for d in directions]
    if case.name == "solve_triangular":
        directions[0] = np.tril(directions[0])

    def loss(*values):
        parts = [ops.sum(ops.multiply(ops.cast(o, "float64"), w)) for o, w in zip(tree.flatten(call(*values)), weights)]
        return sum(parts[1:], parts[0])

    _, gradients = engine.value_and_grad(loss, argnums=tuple(range(len(points))))(*points)
    slope = sum(float(np.sum(ops.convert_to_numpy(g) * d)) for g, d in zip(gradients, directions) if g is not None)
    h = 1e-6
    ahead = loss(*(p + h * d for p, d in zip(points, directions)))
    behind = loss(*(p - h * d for p, d in zip(points, directions)))
    assert slope == pytest.approx(float(ahead - behind) / (2 * h), rel=1e-3, abs=1e-4)
