import pytest

from lamina.engines.native._graph import Spec
from lamina.engines.native._tracing import traced_graph
from lamina.engines.native.layout import contiguous_strides
from lamina.engines.native.layout._sharing import share
from lamina.engines.native.layout._views import find_views


class Program:
    """A traced function, with what is known of it before anything is packed."""

    def __init__(self, function, *shapes, donated=(), strides=None):
        self.graph, _, _ = traced_graph(function, [Spec(s, "float32") for s in shapes])
        given = [contiguous_strides(v.shape, v.dtype) for v in self.graph.inputs]
        self.views = find_views(self.graph, given if strides is None else strides)
        self.sharing = share(self.graph, self.views, dict(donated))

    def value(self, name, which=0):
        """What the call of that primitive gives, the first call of it or a later one."""
        return [n for n in self.graph.nodes if n.primitive.name == name][which].outputs[0]


@pytest.fixture
def program():
    return Program
