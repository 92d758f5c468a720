"""Requests a second and their latency: one by one, and answered together.

    python serving.py [--requests 2000] [--clients 1,16,128] [--json FILE]

A network of 512 units with three layers (64 inputs) behind `lamina serve` on loopback; each client asks for one row, again
as soon as it is answered. Once with `--wait-ms 0` and batches of one row, once with the defaults. Needs the extra `serve`.
"""

import argparse
import http.client
import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time

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


def served(
    model: pathlib.Path, clients: list[int], requests: int, options: dict[str, int]
) -> dict[int, dict[str, float]]:
    """All figures of one way to serve."""
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
            return {count: measure(port, count, requests) for count in clients}
        finally:
            process.terminate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--clients", default="1,16,128")
    parser.add_argument("--json", type=pathlib.Path)
    arguments = parser.parse_args()
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        model = pathlib.Path(folder) / "model.keras"
        make_model(model)
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
