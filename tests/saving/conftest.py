import pytest

from .hub_server import Hub


@pytest.fixture
def hub(monkeypatch, tmp_path):
    """A hub that runs on this machine, the only one that is asked."""
    constants = pytest.importorskip("huggingface_hub.constants")
    found = Hub()
    monkeypatch.setenv("HF_ENDPOINT", found.url)
    monkeypatch.setenv("HF_TOKEN", "hf_nothing")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    yield found
    found.close()
