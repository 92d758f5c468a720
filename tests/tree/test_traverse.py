"""tree: traversals and comparisons."""

import pytest

from lamina import tree


def test_traverse_orders():
    seen = []
    tree.traverse(seen.append, [(1, 2), [3]])
    assert seen == [[(1, 2), [3]], (1, 2), 1, 2, [3], 3]
    seen = []
    tree.traverse(seen.append, [(1, 2), [3]], top_down=False)
    assert seen == [1, 2, (1, 2), 3, [3], [(1, 2), [3]]]


def test_traverse_replaces():
    def visit(x):
        return tree.MAP_TO_NONE if x == 2 else None

    assert tree.traverse(visit, {"a": 1, "b": [2]}) == {"a": 1, "b": [None]}
    with pytest.raises(TypeError, match="callable"):
        tree.traverse(3, [1])


def test_lists_to_tuples():
    assert tree.lists_to_tuples([1, [2], {"a": [4]}, (5, [6])]) == (1, (2,), {"a": (4,)}, (5, (6,)))


def test_map_shape_structure():
    assert tree.map_shape_structure(len, {"a": (2, None), "b": [(1,), ()]}) == {"a": 2, "b": [1, 0]}
    assert tree.map_shape_structure(lambda s: None, [(1,), (2,)]) == [None, None]


def test_assert_same_paths_ignores_kinds_of_sequences():
    tree.assert_same_paths([1, {"a": 2}], (3, {"a": 4}))
    with pytest.raises(ValueError, match=r"only in a: \[\(1,\)\]"):
        tree.assert_same_paths([1, 2], [1])
