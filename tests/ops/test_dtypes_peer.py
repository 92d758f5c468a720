"""Dtypes of results, over all pairs, as JAX and Keras give them."""

import itertools

import pytest

from lamina import ops
from lamina.ops._dtypes import ALL_DTYPES

pytestmark = [pytest.mark.peer, pytest.mark.filterwarnings("ignore")]
NUMBERS = [d for d in ALL_DTYPES if d != "string"]
ARRAYS = [
    "bool",
    "uint8",
    "uint16",
    "uint32",
    "int8",
    "int16",
    "int32",
    "int64",
    "bfloat16",
    "float16",
    "float32",
    "float64",
]
BINARY = (
    "add subtract multiply divide floor_divide mod power maximum minimum arctan2 matmul dot equal less "
    "logical_and where tensordot einsum outer concatenate stack append cross isclose logaddexp inner vdot"
)
UNARY = (
    "exp log sqrt sin cosh tanh square abs sign negative ceil floor trunc round sum mean var std max min "
    "prod argmax argsort sort any all cumsum cumprod median count_nonzero isfinite isnan logical_not "
    "softmax relu sigmoid gelu log_softmax logsumexp ones_like tril trace reciprocal nan_to_num real conj "
    "diff flip ptp average erf rsqrt silu elu leaky_relu expm1 diag norm quantile"
)


def test_result_type_is_jax_promotion():
    jax = pytest.importorskip("jax")
    with jax.enable_x64(True):
        for a, b in itertools.product(NUMBERS, repeat=2):
            theirs = str(jax.numpy.promote_types(a, b))
            # Unsigned 64 bits with signed ones become JAX's default float, which is float64 under x64, ours float32.
            if "uint64" in (a, b) and {a, b} & {"int8", "int16", "int32", "int64"}:
                assert theirs == "float64" and ops.result_type(a, b) == "float32"
            # Nothing of 64 bits comes of operands without them, as in Keras.
            elif theirs == "int64" and "int64" not in (a, b):
                assert "uint32" in (a, b) and ops.result_type(a, b) == "int32"
            else:
                assert ops.result_type(a, b) == theirs, (a, b)


def test_result_type_is_keras():
    keras = pytest.importorskip("keras")
    arrays(keras)
    wide = {"int64", "float64"} if keras.backend.backend() == "jax" else set()
    # Keras narrows these; JAX without 64 bits makes int32 of uint32 with signed integers.
    wide |= {"uint32"} if wide else set()
    names = [d for d in NUMBERS if d not in ("uint64", "complex128", *wide)]
    for a, b in itertools.product([*names, bool, int, float], repeat=2):
        if {a, b} == {"float64", "complex64"}:
            continue
        assert ops.result_type(a, b) == keras.backend.result_type(a, b), (a, b)


def arrays(keras):
    if keras.backend.backend() == "torch":
        pytest.skip("Keras on torch departs from Keras's own promotion table")
    if keras.backend.backend() == "jax":
        return [
            "bool",
            "uint8",
            "int8",
            "int32",
            "bfloat16",
            "float16",
            "float32",
        ]  # its 64 bits are off; it compiles slowly
    return ARRAYS


def call(module, name, *values):
    function = getattr(module, name)
    if name in ("concatenate", "stack"):
        return function(list(values))
    if name == "where":
        return function(module.ones((3, 3), "bool"), *values)
    if name == "einsum":
        return function("ij,jk->ik", *values)
    if name == "quantile":
        return function(values[0], 0.5)
    return function(*values)


def answers(keras, name, dtypes):
    """The dtype that each gives, None where Keras cannot do it."""
    try:
        theirs = keras.ops.convert_to_numpy(call(keras.ops, name, *(keras.ops.ones((3, 3), d) for d in dtypes))).dtype
    except Exception:
        return None, None
    return ops.dtype(call(ops, name, *(ops.ones((3, 3), d) for d in dtypes))), str(theirs)


@pytest.mark.parametrize("name", BINARY.split())
def test_binary(name):
    keras = pytest.importorskip("keras")
    different = {}
    for dtypes in itertools.product(arrays(keras), repeat=2):
        ours, theirs = answers(keras, name, dtypes)
        if ours != theirs:
            different[dtypes] = (ours, theirs)
    assert different == {}


@pytest.mark.parametrize("name", UNARY.split())
def test_unary(name):
    keras = pytest.importorskip("keras")
    different = {}
    for dtype in arrays(keras):
        ours, theirs = answers(keras, name, (dtype,))
        if ours != theirs:
            different[dtype] = (ours, theirs)
    assert different == {}


@pytest.mark.parametrize("name", ["add", "divide", "power", "maximum", "where"])
@pytest.mark.parametrize("number", [True, 2, 2.0])
def test_with_python_numbers(name, number):
    keras = pytest.importorskip("keras")
    for dtype in arrays(keras):
        try:
            theirs = call(keras.ops, name, keras.ops.ones((3, 3), dtype), number).dtype
        except Exception:  # TensorFlow adds no booleans
            continue
        ours = ops.dtype(call(ops, name, ops.ones((3, 3), dtype), number))
        assert ours == keras.backend.standardize_dtype(theirs), dtype
