"""The judges of the native engine's passes, at work in every test (see tests/conftest.py) and never outside of tests.

Each program is checked after tracing (and differentiating), after simplifying and after cutting; each placed program, those of
tiles included, by `verify_layout`. When a compiled function meets its arrays for the first time, the program as it was traced
is run node by node in plain NumPy, and the plan must give the same.
"""

import threading

import numpy as np

from lamina.engines.native import _compile, _measure, _plan
from lamina.engines.native._graph import type_name, verify
from lamina.engines.native._reference import run_graph
from lamina.engines.native.control import _backward, _cond, _scan, _while
from lamina.engines.native.layout import verify_layout

TRACERS = (_compile, _measure, _backward, _cond, _scan, _while)
# Bytes that a program computes; a larger one is not run a second time, node by node.
MOST_BYTES = 4 << 20
ROUNDING = {"float32": 2.0**-23, "float16": 2.0**-10, "bfloat16": 2.0**-7}
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


_one_at_a_time = threading.RLock()  # a program is compiled in another's, and in other threads


def _judged(entry_class):
    """The class of compiled signatures, whose every plan is compared when it is first bound."""

    class Judged(entry_class):
        def __init__(self, *args):
            def remembered(graph):
                self.program = graph
                return simplify(graph)

            with _one_at_a_time:
                simplify = _compile.simplify
                _compile.simplify = remembered
                try:
                    super().__init__(*args)
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
    differ = [k for k, (g, e) in enumerate(zip(got, expected, strict=True)) if not agree(g, e)]
    spread = _spread(program, given, expected) if differ else {}
    for k in differ:
        assert agree(got[k], expected[k], spread[k]), (
            f"a plan differs from its program: {got[k]} instead of {expected[k]} ({type_name(program.outputs[k])})\n"
            f"{plan.source}"
        )


def agree(got, expected, spread=0.0):
    """Whether the arrays are equal but for rounding, measured by the largest entry, and ten times the spread."""
    tolerance = TOLERANCE.get(expected.dtype.name)
    if tolerance is None or not expected.size:
        return bool(np.all((got == expected) | (np.asarray(spread) > 0)))
    got, expected = (np.asarray(a, np.float64) for a in (got, expected))
    largest = np.abs(expected[np.isfinite(expected)]).max(initial=1e-3)
    same = (got == expected) | (np.isnan(got) & np.isnan(expected))
    with np.errstate(invalid="ignore"):
        near = np.abs(got - expected) <= tolerance * (largest + np.abs(expected)) + 10 * np.nan_to_num(spread)
    return bool(np.all(same | near))


def _spread(program, given, expected):
    """By how much each result changes when the inputs do by a rounding of the coarsest dtype at work: an optimizer may make
    a large step of the gradient of a bias before a batch normalization, which is nothing but rounding."""
    rng = np.random.default_rng(0)
    dtypes = {v.dtype.name for node in program.nodes for v in node.outputs}
    eps = max(e for name, e in ROUNDING.items() if name in dtypes or name == "float32")
    found = [np.zeros(e.shape) for e in expected]
    for _ in range(3):
        moved = run_graph(program, [_rounded(a, rng, eps) for a in given])
        for most, m, e in zip(found, moved, expected):
            with np.errstate(invalid="ignore"):
                np.fmax(most, np.abs(np.asarray(m, np.float64) - np.asarray(e, np.float64)), out=most)
    return found


def _rounded(array, rng, eps):
    if array.dtype.name not in TOLERANCE:
        return np.array(array)
    noise = 1 + 4 * eps * rng.standard_normal(array.shape)
    return (array.astype(np.float64) * noise).astype(array.dtype)
