"""tree: visits, rebuilding, and errors, from the definition."""

from collections import OrderedDict, defaultdict, namedtuple

import pytest

from lamina import tree

Point = namedtuple("Point", "x y")


def test_flatten_visits_sorted_keys_depth_first():
    assert tree.flatten({"b": [1, (2,)], "a": 0}) == [0, 1, 2]
    assert tree.flatten(OrderedDict(b=1, a=2)) == [1, 2]
    assert tree.flatten(None) == [None]
    assert tree.flatten([]) == []


def test_flatten_with_path():
    assert tree.flatten_with_path({"b": [1, (2,)], "a": None}) == [(("a",), None), (("b", 0), 1), (("b", 1, 0), 2)]
    assert tree.flatten_with_path(Point(1, {"q": 2})) == [((0,), 1), ((1, "q"), 2)]


@pytest.mark.parametrize(
    "structure", [1, [1, [2, 3]], {"b": 1, "a": (2,)}, Point(1, [2]), OrderedDict(b=1, a=2), defaultdict(list, a=1), []]
)
def test_pack_inverts_flatten(structure):
    packed = tree.pack_sequence_as(structure, tree.flatten(structure))
    assert packed == structure and type(packed) is type(structure)


@pytest.mark.parametrize("flat, error", [([1], ValueError), ([1, 2, 3], ValueError), (4, TypeError)])
def test_pack_counts_leaves(flat, error):
    with pytest.raises(error, match="pack_sequence_as"):
        tree.pack_sequence_as([0, (0,)], flat)


def test_map_structure():
    assert tree.map_structure(lambda x, y: x + y, {"a": [1], "b": 2}, {"b": 20, "a": [10]}) == {"a": [11], "b": 22}
    assert tree.map_structure(lambda x: x is None, [None, 1]) == [True, False]
    assert tree.map_structure(lambda x: x + 1, [None, 1], none_is_leaf=False) == [None, 2]
    assert list(tree.map_structure(lambda x: x, {"b": 1, "a": 2})) == ["b", "a"]


@pytest.mark.parametrize(
    "structures", [([1], (1,)), ([1], [1, 2]), ([1], [[1]]), ({"a": 1}, {"b": 1}), (1, [1]), (Point(1, 2), (1, 2))]
)
def test_different_structures_are_refused(structures):
    with pytest.raises(ValueError, match="differ"):
        tree.map_structure(lambda x, y: x, *structures)
    with pytest.raises(ValueError, match="differ"):
        tree.assert_same_structure(*structures)


def test_map_structure_needs_function_and_structure():
    with pytest.raises(TypeError, match="callable"):
        tree.map_structure(3, [1])
    with pytest.raises(ValueError, match="at least one"):
        tree.map_structure(lambda: 1)


def test_map_structure_up_to_stops_at_the_shallow_leaves():
    assert tree.map_structure_up_to([None, None], len, [[1, 1], [2, 2, 2]]) == [2, 3]
    with pytest.raises(ValueError, match="differ"):
        tree.map_structure_up_to([None, [None]], str, [1, 2])
