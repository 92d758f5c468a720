"""Points from tables."""

import numpy as np
import pytest

from lamina.playground._plan import Plan
from lamina.playground._table_material import table_material, table_of
from lamina.playground._unfit import Unfit

PLAN = Plan(data="csv", test_share=0.25, seed=3)


def csv(**columns):
    rows = zip(*columns.values())
    return "\n".join([",".join(columns), *(",".join(map(str, row)) for row in rows)]).encode()


def test_two_columns_are_an_input_and_a_number():
    x = np.arange(20.0) + 0.5
    material = table_material(PLAN, table_of(csv(warmth=x, sold=2.5 * x + 90.25)))
    assert (material.kind, material.inputs, material.classes) == ("number", ("warmth",), ())
    assert material.trained == 15
    order = np.argsort(material.x[:, 0])
    scaled = (x - x.mean()) / x.std()
    np.testing.assert_allclose(material.x[order, 0], scaled, rtol=1e-5)
    np.testing.assert_allclose(material.y[order], scaled, rtol=1e-5)  # a line stays one
    assert not np.array_equal(order, np.arange(20))  # rows are shuffled


def test_texts_and_few_whole_numbers_are_classes():
    columns = {"a": np.arange(24) / 7, "b": np.arange(24) % 5 + 0.5, "kind": ["x", "y", "z"] * 8}
    material = table_material(PLAN, table_of(csv(**columns)))
    assert (material.kind, material.classes, material.outputs) == ("classes", ("x", "y", "z"), 3)
    columns["kind"] = [0, 1] * 12
    material = table_material(PLAN, table_of(csv(**columns)))
    assert (material.kind, material.classes, material.outputs) == ("binary", ("0", "1"), 1)


def test_the_target_can_be_chosen_and_what_is_left_out_is_told():
    columns = {f"n{i}": np.arange(12) * (i + 1) + 0.25 for i in range(10)} | {"name": list("abcdefghijkl")}
    material = table_material(Plan(data="csv", target="n1"), table_of(csv(**columns)))
    assert material.inputs == tuple(f"n{i}" for i in (0, 2, 3, 4, 5, 6, 7, 8))
    notes = dict(material.notes)
    assert notes["note.columns"] == {"names": "n9, name"}
    assert notes["note.drawn"] == {"names": "n0, n2"}


def test_rows_with_gaps_and_beyond_a_thousand_are_not_used():
    a = [""] + list(range(1, 1200))
    material = table_material(PLAN, table_of(csv(a=a, b=np.arange(1200) * 1.5)))
    assert len(material.x) == 1000
    assert dict(material.notes)["note.rows"] == {"used": 1000, "rows": 1200}


@pytest.mark.parametrize(
    "text, plan, key",
    [
        (b"a\n" + b"1\n" * 10, PLAN, "unfit.small"),
        (b"a,b\n1,2\n", PLAN, "unfit.small"),
        (b"", PLAN, "unfit.unreadable"),
        (csv(a=range(10), b=range(10)), Plan(data="csv", target="c"), "unfit.column"),
        (csv(a=["p", "q"] * 5, b=np.arange(10) / 3), PLAN, "unfit.text"),
        (csv(a=[""] * 5 + [1.5, 2.5, 3.5, 4, 5], b=np.arange(10) / 3), PLAN, "unfit.gaps"),
        (csv(a=np.arange(12) / 3, b=list("abcdefghijkl")), PLAN, "unfit.classes"),
        (csv(a=np.arange(12) / 3, b=["a"] * 12), PLAN, "unfit.classes"),
    ],
)
def test_a_table_that_cannot_be_drawn_says_why(text, plan, key):
    with pytest.raises(Unfit) as caught:
        table_material(plan, table_of(text))
    assert caught.value.key == key
