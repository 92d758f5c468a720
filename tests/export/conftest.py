"""The layers' own table of cases, as models to export."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from lamina import layers, tree
from lamina.layers import Input
from lamina.models import Model


def _layer_cases():
    spec = importlib.util.spec_from_file_location("layer_cases", Path(__file__).parents[1] / "layers" / "conftest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.CASES


CASES = _layer_cases()


def pytest_generate_tests(metafunc):
    if "layer_model" in metafunc.fixturenames:
        only = getattr(metafunc.module, "ONLY", None)  # where one more costs a second
        cases = {f"{case[0]}-{i}": case for i, case in enumerate(CASES)}
        assert only is None or only <= set(cases), "the table of layers has changed its order"
        chosen = {name: case for name, case in cases.items() if only is None or name in only}
        metafunc.parametrize("layer_model", chosen.values(), ids=chosen, indirect=True)


@pytest.fixture
def layer_model(request):
    """A model of one layer, its weights away from zero, and three rows of data for it."""
    name, arguments, x = request.param
    layer = getattr(layers, name)(**arguments)
    inputs = tree.map_structure(
        lambda a: Input(a.shape[1:], dtype="string" if a.dtype.kind == "U" else str(a.dtype)), x
    )
    outputs = layer(*inputs) if isinstance(x, tuple) else layer(inputs)
    model = Model(list(inputs) if isinstance(x, tuple) else inputs, outputs)
    rng = np.random.default_rng(1)
    for weight in model.weights:
        if "float" in weight.dtype:
            weight.assign(rng.uniform(0.5, 1.5, weight.shape))
    rows = [np.resize(a, (3, *a.shape[1:])) for a in tree.flatten(x)]
    return model, rows if len(rows) > 1 else rows[0]
