"""Starts the trainings of `trainings.py` and reads what they say."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).parent / "trainings.py"
LIMIT_S = 240  # a hang is a failure


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def start(name, folder, engine, *processes, devices=1, **environment):
    found = {
        **os.environ, "LAMINA_ENGINE": engine, "OMP_NUM_THREADS": "1", "LAMINA_DISTRIBUTION_TIMEOUT": "150",
        "XLA_FLAGS": f"--xla_force_host_platform_device_count={devices}", "JAX_PLATFORMS": "cpu", **environment,
    }  # fmt: skip
    words = [sys.executable, str(PROGRAM), name, str(folder), *map(str, processes)]
    return subprocess.Popen(words, env=found, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def said(process):
    """All that one process said: values by name, lists of them for names said more than once."""
    try:
        out, errors = process.communicate(timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    found = {}
    for line in filter(lambda text: text.startswith("{"), out.splitlines()):
        for key, value in json.loads(line).items():
            found.setdefault(key, []).append(value)
    assert found, errors[-4000:]
    return {key: values[0] if len(values) == 1 else values for key, values in found.items()} | {"errors": errors}


def run(name, folder, engine, **options):
    """One process that must end well."""
    process = start(name, folder, engine, **options)
    found = said(process)
    assert process.returncode == 0, found["errors"][-4000:]
    return found


def run_two(name, folder, engine):
    """What two processes said, over loopback."""
    address = f"127.0.0.1:{free_port()}"
    both = [start(name, folder, engine, address, 2, i) for i in range(2)]
    return [said(process) for process in both]
