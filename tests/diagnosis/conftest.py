import pytest

from lamina import config


@pytest.fixture(autouse=True)
def quiet_compile():
    """The programs here are faulty on purpose: they are asked, and do not speak by themselves."""
    config.set_diagnosis("off")
    yield
    config.set_diagnosis("warn")
