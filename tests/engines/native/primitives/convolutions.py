"""Calls of convolutions in machine code, checked, and whether they copy windows."""

import numpy as np

from .one_call import plan_of


def normal(*shape, dtype="float32"):
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(dtype)


def is_direct(primitive, arrays, how):
    """Whether it is; checks the results."""
    plan, written = plan_of(primitive, how, arrays)
    assert written == 1
    bound = plan.bind(arrays)
    bound.run()
    tolerance = {"float32": 1e-4, "float64": 1e-12}[arrays[0].dtype.name]
    np.testing.assert_allclose(bound.outputs[0], primitive.forward(*arrays, **how), rtol=tolerance, atol=tolerance)
    return "insertelement" in plan.program.text and "gemm" not in plan.program.text


def parameters(rank, stride=1, padding=None, dilation=1):
    return {
        "strides": (stride,) * rank,
        "padding": padding or ((0, 0),) * rank,
        "dilation": (dilation,) * rank,
        "groups": 1,
    }
