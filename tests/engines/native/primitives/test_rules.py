"""The rules of every primitive against its forward, wherever its cases call it: shape, out=, in place, bound, view, cut."""

import inspect

import numpy as np
import pytest

from lamina.engines import native
from lamina.engines.native._cut import SUM, WHOLE, Split, cut, part_of
from lamina.engines.native._graph import Spec
from lamina.engines.native._tracing import traced_graph


def calls_in(function, arrays, primitive):
    """The calls of a primitive when a function is traced, or the gradient of its sum, each with its arrays."""
    programs = [function]
    if all(a.dtype.kind == "f" for a in arrays):
        numbers = tuple(range(len(arrays)))
        programs.append(native.value_and_grad(lambda *a: sum(np.sum(y * 1.5) for y in as_tuple(function(*a))), numbers))
    for program in programs:
        graph, _, _ = traced_graph(program, [Spec(a.shape, a.dtype) for a in arrays])
        values = dict(zip(graph.inputs, arrays))
        for node in graph.nodes:
            inputs = [v.value if v.is_constant else values[v] for v in node.inputs]
            outputs = run(node, inputs)
            values.update(zip(node.outputs, outputs))
            if node.primitive is primitive:
                yield node, inputs, outputs


def run(node, inputs, params=None, **how):
    with np.errstate(all="ignore"):
        result = node.primitive.forward(*inputs, **(node.params if params is None else params), **how)
    return [np.asarray(r) for r in as_tuple(result)]


def as_tuple(result):
    return result if isinstance(result, tuple) else (result,)


def close(got, expected, what):
    tolerance = 1e-5 if expected.dtype == np.float32 else 1e-9
    np.testing.assert_allclose(got, expected, rtol=tolerance, atol=tolerance, err_msg=what)


@pytest.fixture
def calls(primitive, cases):
    found = [call for function, arrays in cases(primitive) for call in calls_in(function, arrays, primitive)]
    assert found, f"the cases of {primitive.name!r} in conftest.py do not call it"
    return found


def test_shape(calls):
    for node, inputs, outputs in calls:
        specs = node.primitive.output_specs(inputs, node.params)
        assert [(tuple(s.shape), np.dtype(s.dtype)) for s in specs] == [(y.shape, y.dtype) for y in outputs]


def takes_out(forward):
    return isinstance(forward, np.ufunc) or "out" in inspect.signature(forward).parameters


def test_a_given_array_is_filled(primitive, calls):
    for node, inputs, outputs in calls:
        if len(outputs) == 1 and primitive.view is None and takes_out(primitive.forward):
            out = np.full_like(outputs[0], 7)
            (got,) = run(node, inputs, out=out)
            np.testing.assert_array_equal(got, outputs[0])  # a plan copies what was not written into `out`


def test_results_may_be_written_over_operands(primitive, calls):
    for node, inputs, outputs in calls:
        for k in primitive.inplace:
            if k < len(inputs) and (inputs[k].shape, inputs[k].dtype) == (outputs[0].shape, outputs[0].dtype):
                over = inputs[k].copy()
                (got,) = run(node, [over if a is inputs[k] else a for a in inputs], out=over)
                np.testing.assert_array_equal(got, outputs[0])


def test_bound_form(primitive, calls):
    if primitive.bound is None:
        return
    for node, inputs, outputs in calls:
        for order in "CF":  # whatever order the operands lie in
            arrays = [np.array(a, order=order) for a in inputs]
            got = [np.full_like(y, 7) for y in outputs]
            if primitive.bound.worth(node):
                primitive.fill(arrays, got, **node.params)
                for a, b in zip(got, outputs):
                    close(a, b, f"{primitive.name} bound to arrays in order {order}")


def test_bound_form_is_met(primitive, calls):
    if primitive.bound is not None:
        assert any(primitive.bound.worth(node) for node, *_ in calls), "add a case for which binding is worth it"


def test_view(primitive, calls):
    if primitive.view is None:
        return
    for node, inputs, outputs in calls:
        view = primitive.view(inputs[0], **node.params)
        assert view is not None and np.shares_memory(view, inputs[0])
        np.testing.assert_array_equal(view, outputs[0])


# --- cut --------------------------------------------------------------------------------------------------------------


def splits_of(inputs):
    """What may be known of the inputs of a call: that one holds the samples on some axis, or that several do."""
    single = [(k, Split(axis, n // batch), batch) for k, a in enumerate(inputs) for axis, n in enumerate(a.shape)
              for batch in {n, n // 2} if batch > 1 and n % batch == 0]  # fmt: skip
    for k, split, batch in single:
        yield [split if j == k else None for j in range(len(inputs))], batch
    for k, split, batch in single:
        for j, other, same in single:
            if j > k and same == batch:
                yield [{k: split, j: other}.get(i) for i in range(len(inputs))], batch


def in_tiles(node, inputs, how, batch):
    """The outputs of a call, put together from tiles of unequal sizes."""
    bounds = [(0, 1), (1, batch)]
    tiles = []
    for start, stop in bounds:
        params = {**node.params, **how.params(stop - start)} if how.params else node.params
        tiles.append(run(node, [part_of(a, s, start, stop) for a, s in zip(inputs, how.inputs)], params))
    return [
        sum(parts[1:], parts[0]) if split is SUM else np.concatenate(parts, axis=split.axis)
        for split, parts in zip(how.outputs, zip(*tiles))
    ]


def ways_to_cut(node, inputs):
    for known, batch in splits_of(inputs):
        how = cut(node, known, batch)
        if how is not None and not any(a.dtype.kind in "iub" and a.ndim == 0 for a in inputs):
            yield how, batch


def test_tiles_together_give_the_whole(calls):
    for node, inputs, outputs in calls:
        if max(a.size for a in inputs) > 5000:
            continue  # for the bound form
        for how, batch in ways_to_cut(node, inputs):
            for got, expected in zip(in_tiles(node, inputs, how, batch), outputs, strict=True):
                assert got.shape == expected.shape, how
                close(got, expected, f"{node!r} cut as {how}")


def test_cut_is_met(primitive, calls):
    if primitive.cut is not WHOLE:
        assert any(any(ways_to_cut(node, inputs)) for node, inputs, _ in calls), "add a case that can be cut"
