import pytest


def pytest_collection_modifyitems(items):
    """In tests beside real Keras, warnings of other libraries are no errors."""
    for item in items:
        if item.get_closest_marker("peer"):
            item.add_marker(pytest.mark.filterwarnings("ignore"), append=False)
