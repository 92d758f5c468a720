import numpy as np
import pytest

from lamina.engines import native


def test_tensor_promotes_as_keras_does():
    ints, floats = native.tensor(np.arange(3, dtype="int32")), native.tensor(np.ones(3, "float32"))
    assert (ints + floats).dtype == "float32"
    assert (ints * 2.5).dtype == "float32"
    assert (floats * 2).dtype == "float32"
    assert np.exp(ints).dtype == "float32"
    assert (ints / (ints + 1)).dtype == "float32"


def test_numpy_method_gives_a_plain_copy():
    t = native.tensor(np.zeros(2))
    plain = t.numpy()
    plain[0] = 1
    assert type(plain) is np.ndarray and t[0] == 0


@pytest.mark.parametrize(
    "ask", [bool, float, int, np.asarray, lambda x: x.numpy(), lambda x: x.item(), lambda x: [0, 1][x]]
)
def test_asking_a_traced_tensor_for_its_value_names_the_way_out(ask):
    with pytest.raises(TypeError, match="run_eagerly=True"):
        native.compile(lambda x: ask(np.sum(x)))(np.ones(3, "float32"))


def test_numpy_function_without_traced_form_is_named():
    with pytest.raises(TypeError, match=r"numpy\.unique|numpy\.lib"):
        native.compile(np.unique)(np.ones(3, "float32"))
    with pytest.raises(TypeError, match="no traced form"):
        native.compile(np.interp)(np.ones(3), np.ones(3), np.ones(3))


def test_assignment_into_a_traced_tensor_is_refused():
    def assign(x):
        x[0] = 1
        return x

    with pytest.raises(TypeError, match="slice_update"):
        native.compile(assign)(np.ones(3, "float32"))


def test_tensor_that_escapes_its_trace_is_refused():
    kept = []
    native.compile(lambda x: kept.append(x * 2) or x)(np.ones(3, "float32"))
    with pytest.raises(TypeError, match="after the trace had ended"):
        kept[0] + 1


@pytest.mark.parametrize(
    "index",
    [
        0, -1, slice(1, 3), slice(None, None, -1), (slice(None), 1), (..., 0), None, (0, None, slice(None)),
        np.array([2, 0]), (slice(None), np.array([1, 1])), (np.array([0, 1]), np.array([1, 2])),
        (slice(None), np.array([0, 1]), np.array([1, 2])), (np.array([0, 1]), slice(None), np.array([1, 2])),
        (0, slice(None), np.array([1, 0])),
    ],
)  # fmt: skip
def test_indexing_equals_numpy(index):
    x = np.arange(4 * 5 * 6, dtype="float32").reshape(4, 5, 6)
    np.testing.assert_array_equal(native.compile(lambda a: a[index])(x), x[index])


def test_boolean_mask_is_refused():
    with pytest.raises(TypeError, match="boolean mask"):
        native.compile(lambda x: x[x > 0])(np.ones(3, "float32"))


def test_spec_finds_shape_and_dtype_without_data():
    spec = native.spec(
        lambda a, b: {"y": a @ b}, native.Spec((50_000, 40_000), "float32"), native.Spec((40_000, 3), "float32")
    )
    assert spec["y"].shape == (50_000, 3) and spec["y"].dtype == "float32"


def test_matmul_of_wrong_shapes_says_both():
    with pytest.raises(ValueError, match=r"\(2, 3\).*\(4, 5\)"):
        native.spec(lambda a, b: a @ b, native.Spec((2, 3), "float32"), native.Spec((4, 5), "float32"))
