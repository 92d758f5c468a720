"""Loops and branches: graphs within the graph. What they read of what is outside, they read by its name."""

from typing import Any

import numpy as np

from ._rule import Rule

INT64, BOOL = np.dtype("int64"), np.dtype(bool)


def _infos(b: Any, names: list[str], values: list[Any]) -> list[Any]:
    return [b.info(name, v.dtype, [None] * len(v.shape)) for name, v in zip(names, values)]


def _outputs(names: list[str], values: list[Any]) -> list[Any]:
    return [(name, v.dtype, len(v.shape)) for name, v in zip(names, values)]


def _scan(b: Any, call: Any, ins: list[str]) -> list[str]:
    p = call.params
    body, carried, sliced = p["body"], p["carried"], p["sliced"]
    inner = b.inside()
    count = carried + sliced
    names = [b.root.unique("row") for _ in range(count)]
    results = inner.run(body, [*names, *ins[count:]])
    moving, infos = ins[:count], _infos(b, names, body.inputs[:count])
    if not sliced:  # a loop needs something to go over
        zero = b.constant(0, "int64")
        moving = [*moving, b.node("Range", [zero, b.size(p["length"]), b.constant(1, "int64")])]
        infos.append(b.info(b.root.unique("number"), INT64, []))
    graph = inner.graph("loop", infos, _outputs(results, body.outputs))
    direction = int(p["reverse"])
    found = b.node(
        "Scan", moving, len(results), body=graph, num_scan_inputs=len(moving) - carried,
        scan_input_directions=[direction] * (len(moving) - carried),
        scan_output_directions=[direction] * (len(results) - carried),
    )  # fmt: skip
    return [found] if isinstance(found, str) else found


def _cond(b: Any, call: Any, ins: list[str]) -> list[str]:
    p, (predicate, *rest) = call.params, ins
    branches = {}
    for name, part in (("yes", rest[: p["split"]]), ("no", rest[p["split"] :])):
        inner = b.inside()
        branches[name] = inner.graph(name, [], _outputs(inner.run(p[name], part), p[name].outputs))
    flat = b.node("Reshape", [predicate, b.ints([])])
    found = b.node("If", [flat], len(call.outputs), then_branch=branches["yes"], else_branch=branches["no"])
    return [found] if isinstance(found, str) else found


def _while(b: Any, call: Any, ins: list[str]) -> list[str]:
    p = call.params
    state, rest = ins[: p["carried"]], ins[p["carried"] :]
    of_test, of_body = rest[: p["tested"]], rest[p["tested"] :]
    first = b.run(p["condition"], [*state, *of_test])[0]
    inner = b.inside()
    values = p["body"].inputs[: p["carried"]]
    names = [b.root.unique("state") for _ in values]
    new = inner.run(p["body"], [*names, *of_body])
    again = inner.run(p["condition"], [*new, *of_test])[0]
    count, held = b.root.unique("count"), b.root.unique("held")
    infos = [b.info(count, INT64, []), b.info(held, BOOL, []), *_infos(b, names, values)]
    graph = inner.graph("loop", infos, [(again, BOOL, 0), *_outputs(new, values)])
    limit = "" if p["limit"] is None else b.constant(p["limit"], "int64")
    found = b.node("Loop", [limit, first, *state], len(state), body=graph)
    return [found] if isinstance(found, str) else found


LOOPS: dict[str, Rule] = {"scan": _scan, "cond": _cond, "while_loop": _while}
