"""Counts and times of a service, as Prometheus reads them."""

import importlib
from typing import Any


class Metrics:
    """Requests by status, their seconds, rows, and the sizes of batches."""

    def __init__(self) -> None:
        self._client = importlib.import_module("prometheus_client")
        self._registry = self._client.CollectorRegistry()

        def made(kind: str, name: str, text: str, *labels: str, **options: Any) -> Any:
            return getattr(self._client, kind)(f"lamina_{name}", text, labels, registry=self._registry, **options)

        self._requests = made("Counter", "requests", "Requests answered, by status", "status")
        self._seconds = made("Histogram", "request_seconds", "Seconds from request to answer")
        self.rows = made("Counter", "rows", "Rows asked for")
        sizes = [2**n for n in range(9)]
        self.batches = made("Histogram", "batch_rows", "Rows that the model answered at once", buckets=sizes)
        self._waiting = made("Gauge", "waiting_requests", "Requests that wait for the model")

    def count(self, status: int, seconds: float) -> None:
        """Of one request."""
        self._requests.labels(str(status)).inc()
        self._seconds.observe(seconds)

    def text(self, batcher: Any) -> bytes:
        """All of them, in Prometheus's text format."""
        if batcher is not None:
            self._waiting.set(batcher.queue.qsize())
        return self._client.generate_latest(self._registry)
