"""Requests a second and their latency: one by one, and answered together.

    python serving.py [--requests 2000] [--clients 1,16,128] [--json FILE]
    python serving.py --abuse 100000 [--clients 16]

A network of 512 units with three layers (64 inputs) behind `lamina serve` on loopback; each client asks for one row, again
as soon as it is answered. Once with `--wait-ms 0` and batches of one row, once with the defaults. Needs the extra `serve`.

With `--abuse` so many requests, of which half are malformed in one of the ways of `BAD`: counts those that were not answered, or
not with the status that is due, and looks at the memory of the service after a fifth of them and at the end (Linux).
"""

import argparse
import contextlib
import http.client
import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator

import numpy as np


def make_model(path: pathlib.Path) -> None:
    import lamina
    from lamina import layers

    hidden = [layers.Dense(512, "relu") for _ in range(3)]
    lamina.Sequential([lamina.Input((64,)), *hidden, layers.Dense(10, "softmax")]).save(path)


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def ask(port: int, count: int, spent: list[float]) -> None:
    """One client."""
    body = json.dumps({"inputs": np.random.default_rng(0).normal(size=(1, 64)).round(3).tolist()})
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for _ in range(count):
        began = time.perf_counter()
        connection.request("POST", "/predict", body, {"Content-Type": "application/json"})
        reply = connection.getresponse()
        reply.read()
        assert reply.status == 200, reply.status
        spent.append(time.perf_counter() - began)


def measure(port: int, clients: int, requests: int) -> dict[str, float]:
    """Requests a second, and the median and 99th percentile of the milliseconds that one takes."""
    spent: list[float] = []
    each = max(requests // clients, 5)
    threads = [threading.Thread(target=ask, args=(port, each, spent)) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    milliseconds = np.array(spent) * 1e3
    return {
        "rate": len(spent) / seconds, "median_ms": float(np.median(milliseconds)),
        "p99_ms": float(np.quantile(milliseconds, 0.99)), "lost": each * clients - len(spent),
    }  # fmt: skip


# What is wrong with a request: body, kind of content, path, and the status that is due.
BAD: list[tuple[bytes, str, str, int]] = [
    (b"{", "application/json", "/predict", 422),
    (b"\xff\xfe\x00", "application/json", "/predict", 422),
    (b'{"inputs": [[NaN]]}', "application/json", "/predict", 422),
    (b'{"inputs": [[1e999, 1, 2]]}', "application/json", "/predict", 422),
    (b'{"inputs": [[' + b"9" * 5000 + b"]]}", "application/json", "/predict", 422),
    (b'{"inputs": [[1, 2], [1]]}', "application/json", "/predict", 422),
    (b'{"inputs": {"nobody": [[1]]}}', "application/json", "/predict", 422),
    (b'{"inputs": [["a"]]}', "application/json", "/predict", 422),
    (b"[" * 10_000, "application/json", "/predict", 422),
    (b"", "application/json", "/predict", 422),
    (b"\x93NUMPY\x01\x00\xff\xff", "application/x-npy", "/predict", 422),
    (b"{}", "application/json", "/nowhere", 404),
    (b" " * 10_000_001, "application/json", "/predict", 413),
]
_SELDOM = 150  # the last, which costs the client more than the service, is every so-manyth of them


def abuse(port: int, good: bytes, clients: int, requests: int) -> dict[str, int]:
    """How many of the requests were answered with what status, with another one than is due ("wrong"), or not at all ("lost")."""
    found: dict[str, int] = {"wrong": 0, "lost": 0}
    lock = threading.Lock()

    def count(what: str) -> None:
        with lock:
            found[what] = found.get(what, 0) + 1

    def client(numbers: range) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        for n in numbers:
            body, kind, path, due = good, "application/json", "/predict", 200
            if n % 2:
                which = n // 2
                body, kind, path, due = BAD[-1 if which % _SELDOM == 0 else which % (len(BAD) - 1)]
            try:
                connection.request("POST", path, body, {"Content-Type": kind})
                reply = connection.getresponse()
                reply.read()
                count(str(reply.status) if reply.status == due else "wrong")
            except (OSError, http.client.HTTPException):
                # Who sends more than is taken may find the connection closed; the answer was sent before.
                count("closed" if due == 413 else "lost")
                connection.close()
        connection.close()

    threads = [threading.Thread(target=client, args=(range(i, requests, clients),)) for i in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def resident_mb(process: int) -> float:
    """The memory of a process, in MB."""
    text = pathlib.Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) / 1024  # type: ignore[index]


def print_abuse(model: pathlib.Path, clients: int, requests: int) -> None:
    good = json.dumps({"inputs": np.zeros((1, 64)).tolist()}).encode()
    with running(model, {}) as (port, process):
        first = abuse(port, good, clients, requests // 5)
        before = resident_mb(process)
        rest = abuse(port, good, clients, requests - requests // 5)
        after = resident_mb(process)
    found = {what: first.get(what, 0) + rest.get(what, 0) for what in sorted({*first, *rest})}
    print(
        f"{sum(found.values())} requests of {clients} clients: " + ", ".join(f"{n} {what}" for what, n in found.items())
    )
    print(f"memory of the service: {before:.0f} MB after a fifth of them, {after:.0f} MB at the end")


@contextlib.contextmanager
def running(model: pathlib.Path, options: dict[str, int]) -> Iterator[tuple[int, int]]:
    """A service that answers: its port and the number of its process."""
    port = free_port()
    code = (
        "from lamina.serving._run import serve; from lamina.serving._settings import ServeSettings; "
        f"serve({str(model)!r}, ServeSettings(port={port}, **{options!r}))"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL) as process:
        try:
            while True:
                try:
                    ask(port, 20, [])
                    break
                except OSError:
                    time.sleep(0.1)
            yield port, process.pid
        finally:
            process.terminate()


def served(
    model: pathlib.Path, clients: list[int], requests: int, options: dict[str, int]
) -> dict[int, dict[str, float]]:
    """All figures of one way to serve."""
    with running(model, options) as (port, _):
        return {count: measure(port, count, requests) for count in clients}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--clients", default="1,16,128")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--abuse", type=int)
    arguments = parser.parse_args()
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        model = pathlib.Path(folder) / "model.keras"
        make_model(model)
        if arguments.abuse:
            print_abuse(model, int(arguments.clients.rpartition(",")[2]), arguments.abuse)
            return
        for name, options in {"one by one": {"batch_rows": 1, "wait_ms": 0}, "together": {}}.items():
            found[name] = served(model, [*map(int, arguments.clients.split(","))], arguments.requests, options)
            for clients, row in found[name].items():
                print(
                    f"{name:12s} {clients:4d} clients {row['rate']:8.0f} requests/s   median {row['median_ms']:7.2f} ms   "
                    f"p99 {row['p99_ms']:7.2f} ms   lost {row['lost']:.0f}"
                )
    if arguments.json:
        arguments.json.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
