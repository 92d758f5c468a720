"""A CSV file larger than the memory that it may take: `lamina fit` and `lamina predict` on it, their memory and time.

    python benchmarks/large_table.py                              # 5 GB under 1 GB
    python benchmarks/large_table.py --size 1GB --limit 400MB

The table has numbers with gaps, amounts with thousands separators, categories (few and many), dates, short texts, and a target
that follows from them by a rule, with noise of variance 1; so it is known which R squared no model passes. Each command is a
process of its own, whose largest resident memory is what the system tells at its end. Exits with 1 if one took more than the
limit.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lamina.tables._large._budget import bytes_of

ROWS = 100_000  # that are written at once
_GIVEN = 0.4  # of the limit, as --memory; the rest is the program itself
_WORDS = pa.array("quick slow red green old new cheap dear light heavy small large plain fancy round flat".split())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="5GB", help="of the file")
    parser.add_argument("--limit", default="1GB", help="of the resident memory of each command")
    parser.add_argument("--time", default="5min", help="of the training")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", default=None, help="for the files, which are removed at the end")
    options = parser.parse_args()
    limit = bytes_of(options.limit)
    memory = f"{int(limit * _GIVEN)}"
    with tempfile.TemporaryDirectory(prefix="lamina-large-", dir=options.folder) as folder:
        table, model, out = (os.path.join(folder, name) for name in ("table.csv", "model", "predictions.csv"))
        rows, best = write_table(table, bytes_of(options.size), options.seed)
        print(
            f"{platform.platform()}, Python {platform.python_version()}, NumPy {np.__version__}, {os.cpu_count()} cores"
        )
        print(f"{os.path.getsize(table) / 1e9:.2f} GB, {rows} rows; R squared at most {best:.4f}; --memory {memory}")
        file = os.path.join(model, "model.keras")
        os.environ["TMPDIR"] = folder
        peaks = [
            run("fit", table, "--target", "y", "--out", model, "--memory", memory, "--time", options.time, "--quiet"),
            run("predict", file, table, "--out", out, "--keep", "id", "--memory", memory),
        ]
        with open(os.path.join(model, "metrics.json"), encoding="utf-8") as metrics:
            summary = json.load(metrics)
        print(f"written: {summary['written']}; on the test rows: {summary['test'][summary['written']]}")
        with open(out, encoding="utf-8") as predictions:
            print(f"predictions: {sum(1 for _ in predictions) - 1} rows")
    if max(peaks) > limit:
        sys.exit(f"{max(peaks) / 1e6:.0f} MB is more than the limit of {limit / 1e6:.0f} MB.")


def write_table(path: str, size: int, seed: int) -> tuple[int, float]:
    """Writes rows until the file is large enough; gives their number and the share of the target that is no noise."""
    rng = np.random.default_rng(seed)
    streets = rng.normal(size=400)
    days = pa.array((np.datetime64("2015-01-01") + np.arange(3650)).astype(str).tolist())
    rows, squares, total = 0, 0.0, 0.0
    with open(path, "wb") as file:
        file.write(b"id,amount,share,x1,x2,x3,city,street,day,words,y\n")
        while file.tell() < size:
            x = rng.normal(size=(3, ROWS))
            amount, city = rng.integers(1000, 90_000, ROWS), rng.integers(0, 5, ROWS)
            street, day = rng.integers(0, len(streets), ROWS), rng.integers(0, len(days), ROWS)
            words = rng.integers(0, len(_WORDS), (5, ROWS))
            rule = (
                2 * np.sin(2 * x[0]) + x[0] * x[1] + amount / 30_000 * (city == 2) + streets[street]
                + (words == 2).any(axis=0) + np.cos(2 * np.pi * day / 365.2425)
            )  # fmt: skip
            y = rule + rng.normal(size=ROWS)
            share = rng.integers(0, 101, ROWS)
            numbers = [pc.if_else(pa.array(v > -2), decimals(v, 5), "") for v in x]
            texts = joined(*(_WORDS.take(pa.array(w)) for w in words), between=" ")
            columns = [
                joined("A", digits(rows + np.arange(ROWS), 9)),
                joined('"', digits(amount // 1000), ",", digits(amount % 1000, 3), '"'),
                joined(digits(share), "%"), *numbers, joined("town ", digits(city)), joined("street ", digits(street)),
                days.take(pa.array(day)), texts, joined(decimals(y, 4), "\n"),
            ]  # fmt: skip
            file.write(joined(*columns, between=",").buffers()[2])
            rows, squares, total = rows + ROWS, squares + float(np.square(y).sum()), total + float(y.sum())
    return rows, 1 - 1 / (squares / rows - (total / rows) ** 2)


def joined(*parts: Any, between: str = "") -> Any:
    """Texts side by side."""
    return pc.binary_join_element_wise(*parts, between)


def digits(numbers: np.ndarray, least: int = 1) -> Any:
    """Whole numbers as texts of at least so many digits."""
    return pc.utf8_lpad(pa.array(numbers).cast(pa.string()), least, "0")


def decimals(numbers: np.ndarray, places: int) -> Any:
    """Numbers as texts with so many decimal places."""
    whole = np.rint(np.abs(numbers) * 10**places).astype("int64")
    sign = pc.if_else(pa.array(numbers < 0), "-", "")
    return joined(sign, digits(whole // 10**places), ".", digits(whole % 10**places, places))


def run(*arguments: str) -> int:
    """Runs `lamina ...`; prints and gives the largest resident memory, in bytes."""
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "lamina", *arguments])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"lamina {arguments[0]} ended with {process.returncode}.")
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(f"{arguments[0]}: {time.perf_counter() - began:.0f} s, at most {peak / 1e6:.0f} MB", flush=True)
    return peak


if __name__ == "__main__":
    main()
