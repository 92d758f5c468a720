import pytest

from lamina import compat
from lamina._deprecation import forget_warnings


@pytest.fixture
def installed():
    """The stand-ins, taken away afterwards; notes are due afresh."""
    forget_warnings()
    compat.install()
    yield
    compat.uninstall()
    forget_warnings()
