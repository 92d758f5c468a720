"""Every engine offers what the contract names, with the contract's parameter names and defaults."""

import inspect

import pytest

from lamina import engines
from lamina.engines._contract import Compiled, Engine, Nn, Random

# What the storage of variables asks for, where they keep one array for life.
ONLY_MUTABLE = ("new_storage", "storage_view", "apart", "write", "shares_storage")


def functions(protocol):
    return {n: f for n, f in vars(protocol).items() if inspect.isfunction(f) and not n.startswith("_")}


@pytest.mark.parametrize("part, protocol", [(None, Engine), ("nn", Nn), ("random", Random)])
def test_the_engine_fulfils_the_contract(part, protocol):
    engine = engines.current()
    holder = engine if part is None else getattr(engine, part)
    for name, wanted in functions(protocol).items():
        if name in ONLY_MUTABLE and not engine.MUTABLE:
            continue
        found = getattr(holder, name)
        names = [p for p in inspect.signature(wanted).parameters if p != "self"]
        offered = inspect.signature(found).parameters
        if set(offered) == {"args"}:
            continue  # elementwise kernels are made from one template
        assert [p for p in offered if p != "self"][: len(names)] == names, name


def test_what_compile_returns():
    compiled = type(engines.current().compile(lambda x: x))
    for name in functions(Compiled):
        assert hasattr(compiled, name)
    offered = inspect.signature(compiled.loop).parameters
    assert [p for p in offered if offered[p].kind is inspect.Parameter.KEYWORD_ONLY] == [
        "rows",
        "start",
        "stop",
        "collect",
    ]


def test_contract_attributes():
    for name in Engine.__annotations__:
        assert hasattr(engines.current(), name), name


def test_unknown_engine_is_refused():
    with pytest.raises(ValueError, match="native.*'tensorcore'"):
        engines.set_engine("tensorcore")


def test_engine_cannot_change_once_used():
    engines.current()
    engines.register_engine("other-for-test", "math")
    try:
        with pytest.raises(RuntimeError, match="LAMINA_ENGINE=other-for-test"):
            engines.set_engine("other-for-test")
    finally:
        del engines._registered["other-for-test"]
