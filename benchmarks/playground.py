"""Pictures a second on the page of `lamina playground` while a network of four layers of eight neurons trains.

    python playground.py [--seconds 5] [--link 'data=spirals&layers=8,8,8,8'] [--json FILE]

Counts the times between the browser's pictures (requestAnimationFrame) in a headless Chromium of the system, which shows at
most 60 a second; and what a picture costs the page's main thread: its own program (`page.busy`) and everything (tasks of the
browser's counter). Needs the extra `playground`, and playwright.
"""

import argparse
import json
import os
import pathlib
import platform
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import numpy as np

COUNT = """seconds => new Promise(done => {
  const times = [], before = { drawn: playground.page.drawn, busy: playground.page.busy };
  function look(now) {
    times.push(now);
    if (now - times[0] < seconds * 1000) requestAnimationFrame(look);
    else done({ times, drawn: playground.page.drawn - before.drawn, busy: playground.page.busy - before.busy });
  }
  requestAnimationFrame(look);
})"""


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(url: str, process: subprocess.Popen) -> None:
    """Until the server answers. Raises RuntimeError if it has ended, or does not within 30 seconds."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise RuntimeError("lamina playground does not answer")


def measure(url: str, link: str, seconds: float) -> dict[str, float]:
    """Figures of one page that trains: pictures a second, times between them and of the main thread in ms, epochs."""
    from playwright.sync_api import sync_playwright

    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        raise RuntimeError("there is no Chromium here")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{url}#{link}")
        page.wait_for_selector("html[data-ready]")
        page.click("#play")
        page.wait_for_timeout(1500)  # what is slower only at first
        counter = page.context.new_cdp_session(page)
        counter.send("Performance.enable", {"timeDomain": "threadTicks"})
        tasks = [_task_seconds(counter)]
        epoch = page.evaluate("playground.lesson.now.frame.epoch")
        found = page.evaluate(COUNT, seconds)
        tasks.append(_task_seconds(counter))
        epochs = page.evaluate("playground.lesson.now.frame.epoch") - epoch
        browser.close()
    between = np.diff(found["times"])
    return {
        "pictures_a_second": 1000 * len(between) / float(between.sum()), "median_ms": float(np.median(between)),
        "p95_ms": float(np.quantile(between, 0.95)), "program_ms": found["busy"] / found["drawn"],
        "thread_ms": 1000 * (tasks[1] - tasks[0]) / found["drawn"], "epochs": epochs,
    }  # fmt: skip


def _task_seconds(counter) -> float:
    """How long the main thread has computed so far."""
    return next(m["value"] for m in counter.send("Performance.getMetrics")["metrics"] if m["name"] == "TaskDuration")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--link", default="data=spirals&layers=8,8,8,8")
    parser.add_argument("--json", type=pathlib.Path)
    arguments = parser.parse_args()
    port = free_port()
    command = [sys.executable, "-m", "lamina", "playground", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            url = f"http://127.0.0.1:{port}/"
            wait_for(url, process)
            found = measure(url, arguments.link, arguments.seconds)
        finally:
            process.terminate()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {load:.1f}; {arguments.link}")
    print(
        f"{found['pictures_a_second']:.1f} pictures a second, between two {found['median_ms']:.1f} ms (median), "
        f"{found['p95_ms']:.1f} ms (95 %); of the main thread {found['thread_ms']:.1f} ms each, "
        f"{found['program_ms']:.1f} in the page's program; {found['epochs']:.0f} epochs"
    )
    if arguments.json:
        arguments.json.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
