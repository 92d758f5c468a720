"""Scopes end: what they changed is as before, after an error too, and a scope inside gives the outer one back."""

import numpy as np
import pytest

from lamina import Variable, ops, variables
from lamina.variables._registry import ObjectSharingScope, custom_object
from lamina.variables._registry._sharing import sharing_scope
from lamina.variables._scope import AutocastScope, StateScope

# How a scope is made, and what shows that it is open.
SCOPES = {
    "CustomObjectScope": (
        lambda: variables.CustomObjectScope({"name of a scope": object}),
        lambda: custom_object(("name of a scope",), None),
    ),
    "ObjectSharingScope": (ObjectSharingScope, sharing_scope),
    "StateScope": (StateScope, variables.get_scope),
    "AutocastScope": (lambda: AutocastScope("float16"), variables.get_autocast_scope),
    "name_scope": (lambda: variables.name_scope("a"), variables.current_path),
}


@pytest.fixture(params=SCOPES)
def scope(request):
    return SCOPES[request.param]


def test_scope_ends(scope):
    make, look = scope
    before = look()
    assert not before
    with make():
        assert look()
    assert look() == before


def test_scope_ends_by_an_error(scope):
    make, look = scope
    with pytest.raises(ZeroDivisionError), make():
        assert look()
        raise ZeroDivisionError
    assert not look()


def test_inner_scope_gives_the_outer_back(scope):
    make, look = scope
    with make():
        outer = look()
        with make():
            pass
        assert look() is outer or look() == outer
    assert not look()


def test_state_ends_with_its_scope():
    v = Variable(np.zeros(2, "float32"))
    with StateScope() as scope:
        v.assign([1.0, 1.0])
    assert scope[v] is not None
    v.assign_add([2.0, 2.0])
    np.testing.assert_array_equal(v.numpy(), [2.0, 2.0])


def test_a_variable_as_value_stands_for_what_it_holds():
    a, b = Variable([1.0, 2.0]), Variable([3.0, 4.0])
    with StateScope({a: b}) as scope:
        a.assign(a + a)
        np.testing.assert_array_equal(ops.convert_to_numpy(ops.add(a, 1.0)), [7.0, 9.0])
    np.testing.assert_array_equal(ops.convert_to_numpy(scope[a]), [6.0, 8.0])
    np.testing.assert_array_equal(b.numpy(), [3.0, 4.0])
