"""How a service is run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ServeSettings:
    """The options of `lamina serve`.

    Attributes:
        host, port: where it listens.
        token: what every request must bring as `Authorization: Bearer`; None for no such check.
        most_bytes, most_rows: of one request; beyond them 413.
        most_waiting: requests that wait at once; beyond them 429.
        batch_rows, wait_ms: rows that the model answers at once, and how long a request waits for others.
        timeout_s: for the body of a request to come, and for its answer.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    token: str | None = None
    most_bytes: int = 10_000_000
    most_rows: int = 10_000
    most_waiting: int = 1000
    batch_rows: int = 256
    wait_ms: float = 2.0
    timeout_s: float = 30.0
