import numpy as np

from lamina.engines.native._graph import Var
from lamina.engines.native.layout import ALIGN, CHUNK, Owned, Scratch, lay_out
from lamina.engines.native.layout._packing import pack
from lamina.engines.native.layout._verify import verify_layout


def packed(p, blocks=(), scratch=(), work=()):
    return pack(p.graph, p.views, p.sharing, blocks, set(scratch), dict(work))[:2]


def test_values_that_are_never_alive_together_share_bytes(program):
    p = program(lambda x: np.cumsum(np.cumsum(np.cumsum(x, 0), 0), 0), (64,))
    places, total = packed(p)
    first, second, third = (places[p.value("cumsum", k)] for k in range(3))
    assert first == third and first != second
    assert total == 2 * 64 * 4


def test_every_value_begins_at_a_cache_line(program):
    p = program(lambda x: [np.cumsum(x, 0), np.sin(x)], (3,))
    places, total = packed(p)
    assert {place.offset for place in places.values()} == {0, ALIGN} and total == 2 * ALIGN


def test_the_largest_come_first(program):
    p = program(lambda x: [np.sum(x), np.sin(x)], (64,))
    places, _ = packed(p)
    assert places[p.value("sin")] == Owned(0) and places[p.value("sum")] == Owned(256)


def test_what_a_call_needs_on_its_way_is_free_afterwards(program):
    p = program(lambda x: np.cumsum(np.sin(x), 0), (64,))
    sin, cumsum = p.graph.nodes
    work = Var((64,), np.dtype("float32"), sin)
    places, total = packed(p, work={sin: (work,)})
    assert places[work] == places[cumsum.outputs[0]] != places[sin.outputs[0]]
    assert total == 2 * 256


def test_scratch_takes_a_piece(program):
    p = program(lambda x: np.sin(x) * np.cos(x), (8 * CHUNK,))
    places, total = packed(p, blocks=[(0, 2)], scratch={p.value("cos")})
    assert isinstance(places[p.value("cos")], Scratch)
    assert total == (8 + 1) * CHUNK * 4


def test_all_of_a_block_is_alive_together(program):
    p = program(lambda x: np.cumsum(np.cumsum(np.cumsum(x, 0), 0), 0), (64,))
    places, total = packed(p, blocks=[(0, 2)])
    assert len(set(places.values())) == 3 and total == 3 * 64 * 4


def test_a_part_of_a_concatenation_takes_its_bytes_when_it_is_computed(program):
    """Until then others have them: here what the first part is made of lies where the second will be."""

    def function(x):
        first = np.cumsum(np.cumsum(x, 0), 0)
        return np.concatenate([first, np.cumsum(np.flip(first, 0), 0)], axis=0)

    p = program(function, (64,))
    places, total = packed(p)
    whole = places[p.value("concatenate")]
    assert whole == Owned(0) and total == 2 * 64 * 4
    assert places[p.value("cumsum", 0)] == Owned(64 * 4)
    verify_layout(lay_out(p.graph, {}))


def test_the_longest_range_that_is_free_while_a_block_runs(program):
    p = program(lambda x: [np.cumsum(np.cumsum(x, 0), 0)[:1] * 2, np.sin(x[:1])], (64,))
    n = next(n for n, node in enumerate(p.graph.nodes) if node.primitive.name == "multiply")
    *_, free = pack(p.graph, p.views, p.sharing, [(n, n)], set(), {})
    places, total = packed(p, blocks=[(n, n)])
    start, stop = free[n]
    assert 0 <= start < stop <= total
    alive = [p.value("cumsum", 1), p.value("multiply")]
    for v in alive:
        offset = places[v].offset
        assert offset + v.nbytes <= start or stop <= offset


def test_room_for_what_a_call_cannot_read_as_it_lies(program):
    """In the arena, while the call runs; machine code reads it as it lies."""
    p = program(lambda x: np.sum(np.transpose(x), axis=(0,)), (300, 200))
    layout = lay_out(p.graph, {})
    (node,) = layout.work
    assert node.primitive.name == "sum"
    assert [v.shape for v in layout.work[node]] == [(200, 300)]
    assert not any(v.nbytes for room in lay_out(p.graph, {}, fuse=True).work.values() for v in room)


def test_the_layout_of_a_program_puts_it_all_together(program):
    p = program(lambda x: np.tanh(np.exp(x)) @ np.ones((4, 4), "float32"), (4, 4))
    layout = lay_out(p.graph, {})
    assert layout.home(p.value("tanh")) is p.value("exp")
    assert layout.offset(p.value("exp")) != layout.offset(p.value("matmul"))
    assert layout.arena_bytes == 128
