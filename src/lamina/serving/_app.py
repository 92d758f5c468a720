"""The service as an ASGI application."""

import asyncio
import hmac
import importlib
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from lamina._extras import require

from ._answerer import rows_in
from ._batcher import Batcher
from ._bodies import finite, parse_array, parse_json, read_body
from ._loaded import Loaded
from ._metrics import Metrics
from ._network_answerer import NetworkAnswerer
from ._openapi import openapi_of
from ._page import page_of
from ._refused import Refused
from ._settings import ServeSettings

_NPY = "application/x-npy"


class Service:
    """What the routes share: the model, the batcher, counts, and the limits."""

    def __init__(self, path: str, settings: ServeSettings):
        self.settings, self.loaded, self.metrics = settings, Loaded(path), Metrics()
        self.title = os.path.basename(path)
        self.batcher: Batcher | None = None  # while it runs
        self.responses = importlib.import_module("starlette.responses")

    @asynccontextmanager
    async def lifespan(self, app: Any) -> AsyncIterator[None]:
        """Runs the batcher and looks after the file; at the end what waits is answered."""
        settings = self.settings
        batcher = Batcher(
            settings.batch_rows, settings.wait_ms / 1000, settings.most_waiting, self.metrics.batches.observe
        )
        tasks = [asyncio.create_task(batcher.run()), asyncio.create_task(self._look_after())]
        self.batcher = batcher
        yield
        self.batcher = None
        await batcher.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(1)
            await asyncio.to_thread(self.loaded.look_again)

    async def predict(self, request: Any) -> Any:
        began = time.perf_counter()
        try:
            self._check_token(request)
            answers = await self._answers(request)
            reply, status = {"predictions": answers}, 200
        except Refused as refused:
            reply, status = {"error": refused.message}, refused.status
        except Exception as error:  # of the model; the service goes on
            reply, status = {"error": f"The model could not answer ({type(error).__name__}: {error})."}, 500
        self.metrics.count(status, time.perf_counter() - began)
        return self.responses.JSONResponse(finite(reply), status)

    def _check_token(self, request: Any) -> None:
        given = request.headers.get("authorization", "").encode()
        if self.settings.token is not None and not hmac.compare_digest(given, f"Bearer {self.settings.token}".encode()):
            raise Refused(401, "Give the token as the header Authorization: Bearer TOKEN.")

    async def _answers(self, request: Any) -> list[Any]:
        if self.batcher is None:
            raise Refused(503, "The service is about to stop.")
        body = await read_body(request, self.settings.most_bytes, self.settings.timeout_s)
        answerer = self.loaded.answerer
        if request.headers.get("content-type", "").partition(";")[0].strip() == _NPY:
            if not isinstance(answerer, NetworkAnswerer):
                raise Refused(422, f"This model takes the rows of a table as JSON, not {_NPY}.")
            rows = answerer.read_arrays(parse_array(body))
        else:
            rows = answerer.read(parse_json(body))
        if rows_in(rows) > self.settings.most_rows:
            raise Refused(413, f"{rows_in(rows)} rows; at most {self.settings.most_rows} are answered at once.")
        self.metrics.rows.inc(rows_in(rows))
        try:
            return await asyncio.wait_for(self.batcher.answer(answerer, rows), self.settings.timeout_s)
        except TimeoutError:
            raise Refused(503, f"No answer within {self.settings.timeout_s:g} seconds.") from None

    async def page(self, request: Any) -> Any:
        example = self.loaded.answerer.describe()["example"]
        return self.responses.HTMLResponse(page_of(self.title, example, self.settings.token is not None))

    async def openapi(self, request: Any) -> Any:
        return self.responses.JSONResponse(openapi_of(self.loaded.answerer, self.title))

    async def health(self, request: Any) -> Any:
        return self.responses.JSONResponse({"status": "ok"})

    async def ready(self, request: Any) -> Any:
        is_ready = self.batcher is not None
        reply = {"ready": is_ready, "model": self.title, "version": self.loaded.version, "error": self.loaded.error}
        return self.responses.JSONResponse(reply, 200 if is_ready else 503)

    async def show_metrics(self, request: Any) -> Any:
        return self.responses.Response(self.metrics.text(self.batcher), media_type="text/plain; version=0.0.4")


def make_app(path: str, settings: ServeSettings) -> Any:
    """The application that serves the model in a file. Raises ModelFileError; ImportError without the extra `serve`."""
    for module in ("starlette", "prometheus_client"):
        require(module, "serve", "lamina serve")
    applications, routing = (importlib.import_module(f"starlette.{name}") for name in ("applications", "routing"))
    service = Service(path, settings)
    routes = [
        routing.Route("/", service.page),
        routing.Route("/predict", service.predict, methods=["POST"]),
        routing.Route("/openapi.json", service.openapi),
        routing.Route("/health", service.health),
        routing.Route("/ready", service.ready),
        routing.Route("/metrics", service.show_metrics),
    ]
    return applications.Starlette(routes=routes, lifespan=service.lifespan)
