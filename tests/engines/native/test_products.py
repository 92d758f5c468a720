import numpy as np
import pytest

from lamina.engines.native import _products


def assert_product(out, a, b):
    """Equal to `a @ b` to the rounding that a sum of so many products may have: n eps sum |a||b| for each of the two."""
    bound = 2 * a.shape[-1] * np.finfo(out.dtype).eps * (np.abs(a) @ np.abs(b))
    assert (np.abs(out - a @ b) <= bound).all()


@pytest.mark.parametrize("shapes", [((200, 300), (300, 70)), ((70, 300), (300, 500)), ((1, 5), (5, 3))])
def test_products_cut_into_blocks_are_whole(shapes):
    a, b = (np.random.default_rng(0).standard_normal(s).astype("float32") for s in shapes)
    out = np.empty((a.shape[0], b.shape[1]), "float32")
    _products.matmul(a, b, out)
    assert_product(out, a, b)


@pytest.mark.parametrize("small_kernels", [True, False])
@pytest.mark.parametrize(
    "rows, inner, columns",
    [(7, 5, 3), (1936, 288, 64), (400, 288, 64), (33, 2000, 40), (600, 784, 512), (128, 97, 256)],
)
def test_bound_products_are_products(rows, inner, columns, small_kernels, monkeypatch):
    monkeypatch.setattr(_products, "_small_kernels", lambda: small_kernels)
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((rows, inner)), rng.standard_normal((inner, columns))
    out = np.full((rows, columns), np.nan)
    product = _products.bind_product(a, b, out)
    product()
    assert_product(out, a, b)
    a *= 2
    product()
    assert_product(out, a, b)


def test_bound_products_take_transposed_operands(monkeypatch):
    monkeypatch.setattr(_products, "_small_kernels", lambda: True)
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((363, 288)), rng.standard_normal((363, 64))
    out = np.empty((288, 64))
    _products.bind_product(a.T, b, out)()
    assert_product(out, a.T, b)


@pytest.mark.parametrize("rows", [968, 967, 5])
def test_bound_products_take_stacks_of_factors(rows, monkeypatch):
    monkeypatch.setattr(_products, "_small_kernels", lambda: True)
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((rows, 64)), rng.standard_normal((9, 64, 32))
    out = np.empty((9, rows, 32))
    _products.bind_product(a, b, out)()
    assert_product(out, a, b)


def test_a_second_operand_that_lies_by_columns_is_not_cut(monkeypatch):
    """OpenBLAS has no small kernel for it: a product in pieces took three times as long."""
    monkeypatch.setattr(_products, "_small_kernels", lambda: True)
    assert _products.rows_a_piece(128, 256, 128) == 16
    assert _products.rows_a_piece(128, 256, 128, is_transposed=True) == 128
    assert _products.rows_a_piece(4096, 64, 32, is_transposed=True) < 4096
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((128, 256)), rng.standard_normal((128, 256))
    out = np.empty((128, 128))
    bound = _products.bind_product(a, b.T, out)
    bound()
    assert_product(out, a, b.T)
    assert bound.func is np.matmul and bound.args[0].ndim == 2


def test_a_product_in_pieces_does_not_go_over_threads_too(monkeypatch):
    monkeypatch.setattr(_products, "_small_kernels", lambda: True)
    assert not _products.goes_over_threads(4096, 256, 64)
    assert _products.goes_over_threads(128, 784, 512)
    monkeypatch.setattr(_products, "_small_kernels", lambda: False)
    assert _products.goes_over_threads(4096, 256, 64)


def shaped(*shape):
    return type("Shaped", (), {"shape": shape})


@pytest.mark.parametrize(
    "rows, inner, columns, woken, met",
    [
        (128, 784, 512, 4, 4),
        (2048, 512, 512, 8, 8),
        (128, 256, 256, 1, 2),  # too short to wake a thread for
        (128, 784, 32, 1, 2),
        (4000, 300, 4, 1, 1),  # reads much for what it computes
        (64, 64, 64, 1, 1),
    ],
)
def test_into_how_many_blocks_a_product_is_cut(rows, inner, columns, woken, met):
    a, b = shaped(rows, inner), shaped(inner, columns)
    assert _products.pieces(a, b) == woken
    assert _products.pieces(a, b, _products.BY_MEETING) == met
    assert _products.pieces(shaped(3, rows, inner), b, _products.BY_MEETING) == 1
