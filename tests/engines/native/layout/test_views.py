import ml_dtypes
import numpy as np


def test_views_of_views_are_known_by_what_they_show(program):
    p = program(lambda x: np.transpose(np.reshape(np.exp(x), (3, 4))) + 1, (12,))
    assert p.views.of[p.value("reshape")] is p.value("exp")
    assert p.views.of[p.value("transpose")] is p.value("reshape")
    assert p.views.arrays[p.value("transpose")].strides == (4, 16)


def test_a_reshape_of_what_is_not_in_order_is_a_copy(program):
    p = program(lambda x: np.reshape(np.transpose(np.exp(x)), -1), (3, 4))
    copy = p.value("reshape")
    assert copy not in p.views.of and not p.views.is_view(copy.node)
    assert p.views.is_straight(copy) and not p.views.is_straight(p.value("transpose"))


def test_the_order_of_an_input_is_what_it_is_bound_to(program):
    flatten = lambda x: np.reshape(x, -1)  # noqa: E731
    straight, turned = program(flatten, (3, 4)), program(flatten, (3, 4), strides=[(4, 12)])
    assert straight.views.is_view(straight.value("reshape").node)
    assert not turned.views.is_view(turned.value("reshape").node)


def test_a_view_of_a_constant_shows_the_constant(program):
    p = program(lambda x: x + np.broadcast_to(np.exp(x[:1]), (4,)), (4,))
    broadcast = p.value("broadcast_to")
    assert p.views.arrays[broadcast].strides == (0,) and not p.views.arrays[broadcast].flags.writeable


def test_views_of_dtypes_that_numpy_has_no_name_for(program):
    dtype = np.dtype(ml_dtypes.float8_e4m3fn)
    p = program(lambda x: np.reshape(np.exp(x).astype(dtype), (3, 4)).astype("float32"), (12,))
    assert p.views.arrays[p.value("reshape")].dtype == dtype
