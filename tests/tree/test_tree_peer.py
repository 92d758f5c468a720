"""tree: the same answers, and errors of the same type, as Keras."""

from collections import OrderedDict, namedtuple

import pytest

from lamina import tree

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.peer
Point = namedtuple("Point", "x y")
pair = lambda *x: x  # noqa: E731

CASES = {
    "flatten_with_path": [
        ({"b": [1, (2,)], "a": None, "c": {}},),
        (Point(1, {"q": 2}),),
        (OrderedDict(b=1, a=2),),
        (5,),
    ],
    "flatten": [({"b": 2, "a": 1},), (None,), ([None, []],), ((1, [2]),)],
    "is_nested": [(Point(1, 2),), ("ab",), (None,), ({},), ({1, 2},)],
    "assert_same_structure": [
        ([1, 2], (1, 2)),
        ([1, 2], [1]),
        ({"a": 1}, {"b": 1}),
        (1, [1]),
        ({"a": 1}, OrderedDict(a=1)),
        (Point(1, 2), (1, 2)),
        ([None], [1]),
        ([], []),
    ],
    "assert_same_paths": [
        ([1, 2], (1, 2)),
        ({"a": 1}, {"b": 1}),
        (Point(1, 2), {"x": 1, "y": 2}),
        ([1, 2], [1]),
        ([1, [2]], [1, {"a": 2}]),
    ],
    "lists_to_tuples": [([1, [2, 3], {"a": [4]}, (5, [6])],), (Point([1], 2),)],
    "map_shape_structure": [
        (pair, (2, 3)),
        (pair, [(2, None), [1, 2]]),
        (pair, {"a": (2,), "b": [(1,), (2,)]}),
        (pair, []),
        (pair, ()),
        (pair, (2, "a")),
        (pair, 5),
        (pair, [None, (1,)]),
        (3, (1,)),
    ],
    "map_structure": [
        (pair, [1, 2], [3, 4]),
        (pair, [1, 2], (3, 4)),
        (pair, [1, 2], [3]),
        (pair, [1, 2], [3, [4]]),
        (pair, []),
        (pair,),
        (3, [1]),
        (pair, {"a": 1, "b": 2}, {"b": 3, "a": 4}),
        (pair, {"a": 1}, {"b": 3}),
        (pair, 1, [3]),
        (pair, Point(1, 2)),
    ],
    "map_structure_up_to": [
        ([1, 2], pair, [1, 2], [[3], {"a": 4}]),
        ([1, 2], pair, [1, 2, 3]),
        ([1, 2], pair, (1, 2)),
        ({"a": 1}, pair, {"a": [5]}),
        ({"a": 1}, pair, {"b": [5]}),
        (1, pair, [5]),
        ([1, [2]], pair, [5, 6]),
        ([1, 2], pair),
    ],
    "pack_sequence_as": [
        ([1, [2, 3]], [4, 5, 6]),
        ([1, [2, 3]], [4, 5]),
        (1, [4]),
        (1, [4, 5]),
        ([1], 4),
        ({"b": 1, "a": 2}, [1, 2]),
        (OrderedDict(b=1, a=2), [1, 2]),
        (Point(1, [2]), [1, 2]),
    ],
    "traverse": [
        (lambda x: tuple(x) if isinstance(x, list) else None, [1, [2]]),
        (lambda x: tuple(x) if isinstance(x, list) else None, [1, [2]], False),
        (lambda x: None if isinstance(x, (list, dict)) else x * 2, {"b": [1, (2,)], "a": 3}, False),
        (3, [1]),
    ],
}


def answer(module, name, arguments):
    try:
        return getattr(module, name)(*arguments)
    except (ValueError, TypeError) as error:
        return type(error)


@pytest.mark.parametrize("name, arguments", [(n, a) for n, rows in CASES.items() for a in rows])
def test_same_as_keras(name, arguments):
    ours, theirs = answer(tree, name, arguments), answer(keras.tree, name, arguments)
    if keras.backend.backend() == "torch" and ours is ValueError and not isinstance(theirs, type):
        pytest.skip("on torch Keras uses another library, which lets a leaf stand beside a nest")
    assert ours == theirs and type(ours) is type(theirs)


def test_same_names():
    assert {n for n in dir(keras.tree) if not n.startswith("_")} <= set(dir(tree))
