"""Every op eagerly against NumPy from the definition, and its symbolic shape and dtype against the real ones."""

import numpy as np
import pytest

from lamina import ops, tree
from lamina._names import NAMES
from lamina.engines import engine

# Tested by hand elsewhere, for they take functions or answer questions about tensors.
OTHERS = {
    "associative_scan",
    "cond",
    "convert_to_numpy",
    "custom_gradient",
    "dtype",
    "fori_loop",
    "is_tensor",
    "jvp",
    "map",
    "ndim",
    "scan",
    "shape",
    "size",
    "switch",
    "vectorize",
    "vectorized_map",
    "while_loop",
}


def doubles(x):
    return tree.map_structure(lambda v: v.astype(np.float64) if getattr(v, "dtype", None) == np.float32 else v, x)


def run(case, args=None):
    return getattr(ops, case.name)(*(case.args if args is None else args), **case.kwargs)


def test_every_op_has_a_case(table):
    assert sorted(set(NAMES["ops"]) - {c.name for c in table} - OTHERS) == []


def test_eager(case):
    reference = case.reference or getattr(np, case.name, None)
    if reference is None:
        pytest.skip("checked by its law below")
    expected = reference(*doubles(case.args), **doubles(case.kwargs))
    result = run(case)
    ours, theirs = tree.flatten(result), tree.flatten(list(expected) if isinstance(expected, tuple) else expected)
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs):
        assert ops.is_tensor(a) and type(a) is not np.ndarray
        assert a.shape == np.shape(b)
        np.testing.assert_allclose(
            ops.convert_to_numpy(a).astype(np.complex128 if "complex" in ops.dtype(a) else np.float64),
            b,
            rtol=2e-5,
            atol=2e-6,
        )
        assert ops.dtype(a) != "float64"


def symbolic(x):
    return ops.KerasTensor(x.shape, ops.dtype(x)) if isinstance(x, np.ndarray) else x


def test_symbolic_spec_is_the_real_one(case):
    if not case.symbolic:
        pytest.skip("its result depends on values")
    spec = getattr(ops, case.name)(*tree.map_structure(symbolic, case.args), **case.kwargs)
    real = run(case)
    for s, r in zip(tree.flatten(spec), tree.flatten(real), strict=True):
        assert isinstance(s, ops.KerasTensor)
        assert (s.shape, s.dtype) == (r.shape, ops.dtype(r))


def test_recorded_operation_gives_the_same_and_survives_its_config(case):
    if not case.symbolic:
        pytest.skip("its result depends on values")
    inputs = [symbolic(x) for x in tree.flatten(case.args) if isinstance(x, np.ndarray)]
    given = iter(inputs)
    args = tree.map_structure(lambda x: next(given) if isinstance(x, np.ndarray) else x, case.args)
    spec = getattr(ops, case.name)(*args, **case.kwargs)
    first = tree.flatten(spec)[0]
    if first._keras_history is None:
        return  # the input itself
    operation = first._keras_history.operation
    node = operation._inbound_nodes[0]
    arrays = {id(k): x for k, x in zip(inputs, (x for x in tree.flatten(case.args) if isinstance(x, np.ndarray)))}
    clone = type(operation).from_config(operation.get_config())
    call_args, call_kwargs = node.fill_in(arrays)
    for a, b in zip(tree.flatten(clone(*call_args, **call_kwargs)), tree.flatten(run(case)), strict=True):
        np.testing.assert_array_equal(a, b)


def test_decompositions_give_back_the_matrix(table):
    for case in table:
        x = case.args[0] if case.args else None
        if case.name in ("eigh", "eig"):
            values, vectors = run(case)
            product = (vectors * values[..., None, :]) @ np.linalg.inv(vectors)
        elif case.name == "qr":
            q, r = run(case)
            product = q @ r
        elif case.name == "svd" and not case.kwargs:
            u, s, vt = run(case)
            product = (u[:, : s.shape[0]] * s) @ vt
        else:
            continue
        np.testing.assert_allclose(product, x, atol=1e-5)


def test_istft_inverts_stft():
    x = np.random.default_rng(0).normal(size=(2, 32)).astype("float32")
    np.testing.assert_allclose(ops.istft(ops.stft(x, 8, 4, 8), 8, 4, 8), x, atol=1e-5)


def test_lu_factor_gives_back_the_matrix():
    a = np.array([[2, 1, 0.5], [-1, 3, 0.25], [0.5, 4, 2]], np.float32)
    lu, pivots = ops.lu_factor(a)
    low, up = np.tril(lu, -1) + np.eye(3), np.triu(lu)
    rows = np.arange(3)
    for i, p in enumerate(pivots):
        rows[[i, p]] = rows[[p, i]]
    np.testing.assert_allclose(low @ up, a[rows], atol=1e-6)


@pytest.mark.parametrize(
    "name, args",
    [("fft", ()), ("fft2", ()), ("ifft2", ()), ("irfft", ()), ("irfft", (7,)), ("rfft", (6,)), ("rfft", ())],
)
def test_traced_transforms_agree_with_the_fast_ones(name, args):
    rng = np.random.default_rng(1)
    x = rng.normal(size=(3, 5)).astype("float32")
    pair = (x, rng.normal(size=(3, 5)).astype("float32"))
    given = (x,) if name == "rfft" else (pair,)
    traced = engine.compile(lambda *v: getattr(ops, name)(v[0] if name == "rfft" else v, *args))
    for a, b in zip(
        tree.flatten(traced(*tree.flatten(given))), tree.flatten(getattr(ops, name)(*given, *args)), strict=True
    ):
        np.testing.assert_allclose(a, b, atol=2e-5)
