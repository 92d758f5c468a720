"""Two processes over loopback give the numbers of one, and do not wait for one that is gone."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "distribution"))
import judging


def test_two_processes_are_one(tmp_path):
    judging.two_processes_are_one(tmp_path, "jax")


def test_both_end_if_one_is_told_to(tmp_path):
    judging.both_end_if_one_is_told_to(tmp_path, "jax")
