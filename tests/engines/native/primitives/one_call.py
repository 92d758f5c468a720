"""One call of a primitive as a program of its own."""

import numpy as np

from lamina.engines.native._graph import Graph, Node, Var
from lamina.engines.native._plan import Plan


def plan_of(primitive, params, arrays, quick=False):
    """The plan of one call on arrays that lie so, and how many of its calls are machine code; `quick`: only translated."""
    inputs = [Var(a.shape, a.dtype) for a in arrays]
    node = Node(primitive, inputs, params)
    node.outputs = [Var(tuple(s.shape), np.dtype(s.dtype), node) for s in primitive.output_specs(inputs, params)]
    plan = Plan(Graph(inputs, [node], node.outputs), {}, (), [a.strides for a in arrays], quick=quick)
    return plan, len(plan.program.runs)


def results(primitive, params, arrays, quick=False):
    plan, written = plan_of(primitive, params, arrays, quick)
    bound = plan.bind(arrays)
    bound.run()
    return bound.outputs, written
