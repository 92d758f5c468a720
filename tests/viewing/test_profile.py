"""The tables of a profile."""

import importlib.util

import pytest

from lamina.viewing import Profile

FIELDS = ("layer", "direction", "primitive", "shape", "seconds", "bytes", "flops", "machine")
ROWS = [
    dict(zip(FIELDS, values, strict=True))
    for values in (
        ("", "forward", "cast", (), 0.001, 8, 0, True),
        ("net/b", "forward", "matmul", (2, 2), 0.002, 400, 1000, False),
        ("net/b", "backward", "matmul", (2, 2), 0.004, 400, 2000, False),
        ("net/a", "forward", "tanh", (2, 2), 0.003, 4000, 4, True),
    )
]


def made(layers=("net/a", "net/b")):
    return Profile(ROWS, 0.005, peaks=(1e6, 1e7), machine_peaks=(2e6, 1.5e7), threads=2, layers=layers)


def test_sums():
    found = made()
    assert [s["layer"] for s in found.by_layer] == ["net/a", "net/b", "(rest)"]
    b = found.by_layer[1]
    assert (b["forward"], b["backward"], b["calls"], b["flops"], b["bytes"]) == (0.002, 0.004, 2, 3000, 800)
    assert [s["primitive"] for s in found.by_primitive] == ["matmul", "tanh", "cast"]
    assert (found.flops, found.bytes) == (3004, 4808)
    assert found.sum_seconds == pytest.approx(0.01)
    assert found.machine_share == pytest.approx(0.4)
    assert "Machine code is made of 40% of it, not of matmul." in str(found)


def test_layers_that_the_model_does_not_list_keep_their_order():
    assert [s["layer"] for s in made(layers=()).by_layer] == ["net/b", "net/a", "(rest)"]


@pytest.mark.parametrize("rich", [True, False])
def test_text(rich, monkeypatch):
    if not rich:
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    text = str(made())
    (line,) = [line for line in text.splitlines() if "net/b" in line]
    # 6 of 10 ms; 3000 FLOP in 6 ms at 1 MFLOP/s; 800 bytes in 6 ms at 10 MB/s
    assert line.split() == ["net/b", "2", "2.000", "4.000", "60%", "0.0", "50%", "0.00", "1%"]
    # 3004 FLOP in 5 ms at 2 MFLOP/s
    assert "5.000 ms as planned, on 2 threads" in text and "30% of the machine's" in text


def test_an_empty_program():
    empty = Profile([], 0.001, (1e6, 1e6), (1e6, 1e6), 1)
    assert empty.sum_seconds == 0
    assert "on 1 thread:" in str(empty)


def test_small_primitives_are_one_line():
    many = [{**ROWS[0], "primitive": f"p{i}", "seconds": 1e-6, "flops": i} for i in range(20)]
    found = Profile([*ROWS, *many], 0.005, (1e6, 1e7), (2e6, 1.5e7), 2)
    assert len(found.by_primitive) == 23
    text = str(found)
    (line,) = [line for line in text.splitlines() if "20 others" in line]
    assert line.split()[2:4] == ["20", "0.020"]
    assert "p7" not in text and "tanh" in text
