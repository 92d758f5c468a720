import pytest


@pytest.fixture
def traced_at_once(monkeypatch):
    """Programs without the calls that run eagerly at first."""
    from lamina.engines.torch import _compile

    monkeypatch.setattr(_compile, "_EAGERLY", 0)
