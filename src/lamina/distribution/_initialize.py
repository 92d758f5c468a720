"""`initialize`: makes one training of several processes."""

import os
import random

import numpy as np

from lamina._checks import check_non_negative_int, check_positive_int
from lamina._public import public

from ._machinery import machinery
from ._processes import num_processes as count

_ENVIRONMENT = "DISTRIBUTION_"


@public("distribution.initialize")
def initialize(
    job_addresses: str | None = None, num_processes: int | None = None, process_id: int | None = None
) -> None:
    """Joins this process to the others of a training. Call it first thing in the program, in each of them.

    What is not given is taken from LAMINA_DISTRIBUTION_JOB_ADDRESSES, ..._NUM_PROCESSES and ..._PROCESS_ID (or the same with
    KERAS_), and else found by JAX (on TPUs, Slurm, Kubernetes and under MPI) or set by torchrun. The others take over the
    state of Python's `random` of process 0, from which seeds are drawn, so that all begin with the same weights.

    LAMINA_DISTRIBUTION_TIMEOUT is the number of seconds (60 by default) after which processes that do not answer are given up.

    Args:
        job_addresses: `"host:port"` of process 0, or those of all, separated by commas.
        num_processes: how many there are.
        process_id: the number of this one, from 0.
    Raises NotImplementedError on the native engine, ValueError for numbers that do not fit.
    """
    found = machinery("distribution.initialize")
    job_addresses = job_addresses or _setting("JOB_ADDRESSES")
    num_processes = _number(num_processes, "NUM_PROCESSES")
    process_id = _number(process_id, "PROCESS_ID")
    if num_processes is not None:
        check_positive_int(num_processes, "num_processes", "initialize")
    if process_id is not None:
        check_non_negative_int(process_id, "process_id", "initialize")
        if num_processes is not None and process_id >= num_processes:
            raise ValueError(
                f"initialize: process_id must lie below num_processes; got {process_id} and {num_processes}."
            )
    found.initialize(job_addresses, num_processes, process_id, timeout_s())
    if count() > 1:
        _share_random(found)


def timeout_s() -> int:
    """How many seconds a process may be silent."""
    return int(_setting("TIMEOUT") or 60)


def _setting(name: str) -> str | None:
    name = _ENVIRONMENT + name
    return os.environ.get(f"LAMINA_{name}") or os.environ.get(f"KERAS_{name}")


def _number(given: int | None, name: str) -> int | None:
    text = _setting(name)
    if given is not None or text is None:
        return given
    if not text.isdecimal():
        raise ValueError(f"initialize: the environment variable for {name} must be an integer; got {text!r}.")
    return int(text)


def _share_random(found: object) -> None:
    version, numbers, gauss = random.getstate()
    first = found.gather(np.array(numbers, np.uint32))[0]  # type: ignore[attr-defined]
    random.setstate((version, tuple(first.tolist()), gauss))
