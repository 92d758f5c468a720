"""A server on this machine that serves files, and misbehaves where it is told to."""

import contextlib
import http.server
import socket
import threading

import pytest

from lamina.utils import _download


class Server:
    """Serves `files` (path -> bytes) with range requests. `faults` (list of names) are used up, one a request.

    Faults: "break" sends half of the body; "cut headers" nothing at all; "long" promises more than there is and ends; "wrong
    part" answers a range with another one; "whole" ignores the range; "busy" is a 503; "wrong bytes" sends others; "no
    length" neither length nor ranges; "stall" sends half of the body and then nothing.
    """

    def __init__(self):
        self.files = {}
        self.faults = []
        self.asked = []
        self.url = ""
        self.stalled, self.over = threading.Event(), threading.Event()

    def answer(self, handler):
        content = self.files.get(handler.path)
        span = handler.headers.get("Range")
        self.asked.append((handler.path, span))
        fault = self.faults.pop(0) if self.faults else None
        if content is None or fault == "busy":
            handler.send_error(404 if content is None else 503)
            return
        if fault == "cut headers":
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        if fault == "wrong bytes":
            content = bytes(255 - b for b in content)
        start = 0 if span is None or fault in ("whole", "no length") else int(span.removeprefix("bytes=").rstrip("-"))
        if span is not None and start >= len(content):
            handler.send_error(416)
            return
        if fault == "wrong part":
            start = min(start + 7, len(content) - 1)
        part = content[start:]
        handler.send_response(206 if start else 200)
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        if fault != "no length":
            handler.send_header("Content-Length", str(len(part) + (1000 if fault == "long" else 0)))
        handler.end_headers()
        handler.wfile.write(part[: len(part) // 2] if fault in ("break", "stall") else part)
        if fault == "stall":
            handler.wfile.flush()
            self.stalled.set()
            self.over.wait(30)
        handler.close_connection = True


@pytest.fixture
def server(monkeypatch, tmp_path):
    made = Server()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            made.answer(self)

        def log_message(self, *args): ...

        def handle(self):
            with contextlib.suppress(OSError, ValueError):  # the test, or the fault, closed the connection
                super().handle()

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.handle_error = lambda *args: None
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    made.url = f"http://127.0.0.1:{running.server_port}"
    monkeypatch.delenv("LAMINA_HOME", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(_download, "PAUSE_S", 0.0)
    yield made
    made.over.set()
    running.shutdown()
    running.server_close()
    thread.join()
