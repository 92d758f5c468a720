"""What the tests of the native engine share."""

import pytest


@pytest.fixture
def with_machine_code(monkeypatch):
    """Plans made in the test are machine code where they can be."""
    pytest.importorskip("llvmlite")
    monkeypatch.setattr("lamina.engines.native.machine._switch._on", [True])
