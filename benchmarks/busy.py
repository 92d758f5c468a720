"""What a step takes beside processes that want the processor too: threads that wait for each other must not make it worse.

    python benchmarks/busy.py [--workloads mlp512,cnn] [--competitors 0,1,2]

Each workload runs as machine code and as NumPy's calls (LAMINA_MACHINE=0), beside so many processes that do nothing but count.
Fair shares of C cores for T threads and K competitors would let a step take max(1, (T + K) / C) times as long as alone; below
stands what it took.
"""

import argparse
import contextlib
import json
import os
import pathlib
import subprocess
import sys
from collections.abc import Iterator

import lamina

HERE = pathlib.Path(__file__).parent


@contextlib.contextmanager
def competitors(count: int) -> Iterator[None]:
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def step_ms(workload: str, machine: str) -> float:
    env = {**os.environ, "IMPL": "lamina", "LAMINA_ENGINE": "native", "LAMINA_MACHINE": machine}
    done = subprocess.run(
        [sys.executable, str(HERE / "workloads.py"), workload], env=env, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])["step_ms"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workloads", default="mlp512,cnn,lstm")
    parser.add_argument("--competitors", default="0,1,2")
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    threads, cores = lamina.config.num_threads(), os.cpu_count() or 1
    counts = [int(n) for n in options.competitors.split(",")]
    print(f"{threads} threads on {cores} cores; ms a step, and times the first column")
    for workload in options.workloads.split(","):
        for name, machine in (("machine code", "1"), ("NumPy's calls", "0")):
            found = []
            for count in counts:
                with competitors(count):
                    found.append(min(step_ms(workload, machine) for _ in range(options.rounds)))
            told = "  ".join(
                f"{count} beside: {ms:.3f} ({ms / found[0]:.2f} x, fair {max(1.0, (threads + count) / cores):.2f})"
                for count, ms in zip(counts, found)
            )
            print(f"{workload:10s} {name:14s} {told}", flush=True)


if __name__ == "__main__":
    main()
