"""What the tests of the native engine share."""

import pytest

from lamina.engines.native.machine import _switch


@pytest.fixture
def with_machine_code(monkeypatch):
    """Plans made in the test are machine code from the first call, where they can be."""
    pytest.importorskip("llvmlite")
    monkeypatch.setattr(_switch, "_chosen", [_switch.Machine.AT_ONCE])
