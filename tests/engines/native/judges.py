"""The judges of the native engine's passes, at work in every test (see tests/conftest.py) and never outside of tests.

Each program is checked after tracing (and differentiating), after simplifying and after cutting; each placed program, those of
tiles included, by `verify_layout`. When a compiled function meets its arrays for the first time, the program as it was traced
is run node by node in plain NumPy, and the plan must give the same.
"""

import numpy as np

from lamina.engines.native import _compile, _measure, _plan
from lamina.engines.native._graph import type_name, verify
from lamina.engines.native._reference import run_graph
from lamina.engines.native.control import _backward, _cond, _scan, _while
from lamina.engines.native.layout import verify_layout

TRACERS = (_compile, _measure, _backward, _cond, _scan, _while)
# Bytes that a program computes; a larger one is not run a second time, node by node.
MOST_BYTES = 4 << 20
TOLERANCE = {"float64": 1e-9, "float32": 1e-4, "float16": 2e-2, "bfloat16": 1e-1}


def judge(monkeypatch):
    """Puts the judges to work."""
    for module in TRACERS:
        monkeypatch.setattr(module, "traced_graph", _after_tracing(module.traced_graph))
    monkeypatch.setattr(_compile, "simplify", _after_simplifying(_compile.simplify))
    monkeypatch.setattr(_plan, "lay_out", _after_layout(_plan.lay_out))
    monkeypatch.setattr(_compile, "_Entry", _judged(_compile._Entry))


def _after_tracing(traced_graph):
    def traced(fn, specs):
        graph, captured, result = traced_graph(fn, specs)
        verify(graph, "tracing")
        return graph, captured, result

    return traced


def _after_simplifying(simplify):
    def checked(graph):
        result = simplify(graph)
        verify(result, "simplify")
        return result

    return checked


def _after_layout(lay_out):
    def checked(graph, *args):
        verify(graph, "cutting")
        layout = lay_out(graph, *args)
        verify_layout(layout)
        return layout

    return checked


# --- the reference ----------------------------------------------------------------------------------------------------


def _judged(entry_class):
    """The class of compiled signatures, whose every plan is compared when it is first bound."""

    class Judged(entry_class):
        def __init__(self, function, args, arrays, kinds):
            simplify = _compile.simplify

            def remembered(graph):
                self.program = graph
                return simplify(graph)

            _compile.simplify = remembered
            try:
                super().__init__(function, args, arrays, kinds)
            finally:
                _compile.simplify = simplify

        def _bind(self, given):
            if self.binding is None and _bytes(self.program) <= MOST_BYTES:
                compare(self.plan, self.program, given, self.bound_inputs, self.donated_inputs)
            super()._bind(given)

    return Judged


def _bytes(graph):
    return sum(v.nbytes for node in graph.nodes for v in node.outputs)


def compare(plan, program, given, bound, donated):
    """Runs the plan and the program on copies of the arrays."""
    expected = run_graph(program, [np.array(a) for a in given])
    arrays = [np.array(a, order="C") if n in bound else None for n, a in enumerate(given)]
    run = plan.bind(arrays)
    for n, a in enumerate(given):
        if n not in bound:
            np.copyto(run.inputs[n], a)
    run.run()
    got = [arrays[n] for n in donated] + run.outputs[len(donated) :]
    for g, e in zip(got, expected, strict=True):
        assert agree(g, e), f"a plan differs from its program: {g} instead of {e} ({type_name(e)})\n{plan.source}"


def agree(got, expected):
    """Whether the arrays are equal but for rounding, measured by the largest entry."""
    tolerance = TOLERANCE.get(expected.dtype.name)
    if tolerance is None or not expected.size:
        return np.array_equal(got, expected)
    got, expected = (np.asarray(a, np.float64) for a in (got, expected))
    finite = np.abs(expected[np.isfinite(expected)])
    return np.allclose(got, expected, rtol=tolerance, atol=tolerance * max(finite.max(initial=0), 1e-3), equal_nan=True)
