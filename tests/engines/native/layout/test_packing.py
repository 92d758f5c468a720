import numpy as np

from lamina.engines.native._graph import Var
from lamina.engines.native.layout import ALIGN, CHUNK, Owned, Scratch, lay_out
from lamina.engines.native.layout._packing import pack


def packed(p, blocks=(), scratch=(), work=()):
    return pack(p.graph, p.views, p.sharing, blocks, set(scratch), dict(work))


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


def test_the_layout_of_a_program_puts_it_all_together(program):
    p = program(lambda x: np.tanh(np.exp(x)) @ np.ones((4, 4), "float32"), (4, 4))
    layout = lay_out(p.graph, {})
    assert layout.home(p.value("tanh")) is p.value("exp")
    assert layout.offset(p.value("exp")) != layout.offset(p.value("matmul"))
    assert layout.arena_bytes == 128
