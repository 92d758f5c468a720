import itertools
import random

from lamina.export._c._memory import Memory


def test_places_do_not_overlap_and_are_given_out_again():
    memory, held, drawn = Memory(), [], random.Random(0)
    for _ in range(500):
        if held and drawn.random() < 0.5:
            memory.give_back(held.pop(drawn.randrange(len(held))))
        else:
            held.append(memory.take(drawn.choice(["float", "int8_t"]), drawn.randrange(1, 20)))
        for kind in ("float", "int8_t"):
            places = sorted((p.start, p.start + p.size) for p in held if p.kind == kind)
            assert all(a[1] <= b[0] for a, b in itertools.pairwise(places))
            assert not places or places[-1][1] <= memory.peaks[kind]


def test_the_first_gap_that_fits_is_taken():
    memory = Memory()
    first, _, third = (memory.take("float", n) for n in (10, 5, 10))
    memory.give_back(first)
    assert memory.take("float", 4).start == 0 and memory.take("float", 6).start == 4
    memory.give_back(third)
    assert memory.take("float", 10).start == 15 and memory.peaks == {"float": 25}
