"""How long `import lamina` takes beside `import numpy`, in fresh processes, interleaved.

python benchmarks/import_time.py [--rounds 10]
"""

import argparse
import statistics
import subprocess
import sys
import time

PROGRAMS = {
    "python alone": "pass",
    "import numpy": "import numpy",
    "import lamina": "import lamina",
    "import lamina, numpy": "import lamina, numpy",
    "lamina, first layer made": "import lamina; lamina.layers.Dense(1)",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    rounds = parser.parse_args().rounds
    times: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for _ in range(rounds):
        for name, code in PROGRAMS.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            times[name].append(time.perf_counter() - start)
    base = statistics.median(times["python alone"])
    numpy = statistics.median(times["import numpy"]) - base
    for name, values in times.items():
        own = statistics.median(values) - base
        spread = f"{min(values) * 1e3:.0f} to {max(values) * 1e3:.0f} ms"
        print(f"{name:26s} {own * 1e3:7.1f} ms beyond Python   {own / numpy:5.2f} x numpy   (whole process: {spread})")


if __name__ == "__main__":
    main()
