"""Every engine offers what the contract names, with the contract's parameter names and defaults."""

import inspect

import pytest

from lamina import engines
from lamina.engines._contract import Engine, Nn, Random


def functions(protocol):
    return {n: f for n, f in vars(protocol).items() if inspect.isfunction(f) and not n.startswith("_")}


@pytest.mark.parametrize("part, protocol", [(None, Engine), ("nn", Nn), ("random", Random)])
def test_native_fulfils_the_contract(part, protocol):
    from lamina.engines import native

    holder = native if part is None else getattr(native, part)
    for name, wanted in functions(protocol).items():
        found = getattr(holder, name)
        names = [p for p in inspect.signature(wanted).parameters if p != "self"]
        offered = inspect.signature(found).parameters
        if set(offered) == {"args"}:
            continue  # elementwise kernels are made from one template
        assert [p for p in offered if p != "self"][: len(names)] == names, name


def test_contract_attributes():
    from lamina.engines import native

    for name in ("NAME", "MUTABLE", "xp", "nn", "random", "Spec"):
        assert hasattr(native, name)


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
