"""What processes agree on, with an engine that speaks for two of them."""

import json

import numpy as np
import pytest

from lamina import distribution
from lamina.distribution import _processes


class Two:
    """The machinery of the first of two processes; `other(x)` is what the second gives where this one gives x."""

    def __init__(self, other):
        self.other = other

    def num_processes(self):
        return 2

    def process_id(self):
        return 0

    def gather(self, x):
        return np.stack([x, self.other(x)])


@pytest.fixture
def two(monkeypatch):
    def use(other):
        monkeypatch.setattr(_processes, "machinery_or_none", lambda: Two(other))

    return use


def test_one_process_agrees_with_itself():
    assert distribution.num_processes() == 1 and distribution.is_first()
    assert not distribution.any_process(False) and distribution.any_process(True)
    distribution.check_agreement("fit", {"batches": 3})


@pytest.mark.parametrize("here, there", [(False, False), (True, False), (False, True)])
def test_any_process_counts(two, here, there):
    two(lambda x: np.array([there], np.int32))
    assert distribution.any_process(here) is (here or there)


def test_numbers_must_be_the_same(two):
    distribution.check_same_number("it", 3)
    two(lambda x: x)
    distribution.check_same_number("it", 3)
    two(lambda x: x + 1)
    with pytest.raises(RuntimeError, match="it is 3 in process 0 and 4 in process 1"):
        distribution.check_same_number("it", 3)


def test_the_first_difference_is_named(two):
    two(lambda x: x)
    distribution.check_agreement("fit", {"batches": 3, "weights": ["a"]})
    text = np.frombuffer(json.dumps({"batches": 3, "weights": ["b"]}).encode(), np.uint8)
    two(lambda x: text if x.dtype == np.uint8 else np.array([len(text)], np.int32))
    with pytest.raises(RuntimeError, match=r"fit: .* weights is \['a'\] in process 0 and \['b'\] in process 1"):
        distribution.check_agreement("fit", {"batches": 3, "weights": ["a"]})
