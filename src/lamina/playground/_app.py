"""The playground as an ASGI application."""

import asyncio
import importlib
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from lamina._extras import require
from lamina.serving._bodies import finite, parse_json, read_body
from lamina.serving._refused import Refused

from ._classroom import Classroom
from ._page import FRONT, front, live_page
from ._unfit import Unfit

_MOST_BYTES = 5_000_000  # of a table
_KINDS = {".js": "text/javascript", ".css": "text/css"}
# Nothing comes from elsewhere, and no other page can put this one into a frame.
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}  # fmt: skip


class Playground:
    """The routes. All that computes runs on one thread, so that no lesson disturbs another."""

    def __init__(self, classroom: Classroom):
        self.classroom = classroom
        self.responses = importlib.import_module("starlette.responses")
        self._thread = ThreadPoolExecutor(1, "lamina-playground")

    async def page(self, request: Any) -> Any:
        return self.responses.HTMLResponse(live_page(self.classroom.table is not None), headers=_HEADERS)

    async def part(self, request: Any) -> Any:
        path = FRONT / request.path_params["name"]
        if path.parent != FRONT or path.suffix not in _KINDS or not path.is_file():
            return self.responses.PlainTextResponse("There is no such part.", 404)
        return self.responses.Response(front(path.name), media_type=_KINDS[path.suffix], headers=_HEADERS)

    async def begin(self, request: Any) -> Any:
        return await self._answer(request, self.classroom.begin)

    async def frames(self, request: Any) -> Any:
        return await self._answer(
            request, lambda document: self.classroom.frames(request.path_params["lesson"], document)
        )

    async def findings(self, request: Any) -> Any:
        return await self._answer(request, lambda document: self.classroom.findings(request.path_params["lesson"]))

    async def _answer(self, request: Any, act: Callable[[Any], dict[str, Any]]) -> Any:
        try:
            reply, status = await self._acted(request, act), 200
        except Unfit as unfit:
            reply, status = {"error": unfit.message, "key": unfit.key, "values": unfit.values}, unfit.status
        except Refused as refused:
            reply, status = {"error": refused.message}, refused.status
        return self.responses.JSONResponse(finite(reply), status, headers=_HEADERS)

    async def _acted(self, request: Any, act: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        # A page from elsewhere cannot send this kind without being asked about it first, and is not allowed to.
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            raise Refused(415, "Send application/json.")
        document = parse_json(await read_body(request, _MOST_BYTES, 30))
        return await asyncio.get_running_loop().run_in_executor(self._thread, act, document)


def make_app(classroom: Classroom, hosts: list[str]) -> Any:
    """The application. Raises ImportError without the extra `playground`.

    Args:
        hosts: names under which it answers; others are refused, so that no page can reach it under a name of its own.
    """
    require("starlette", "playground", "lamina playground")
    applications, routing, middleware, trusted = (
        importlib.import_module(f"starlette.{name}")
        for name in ("applications", "routing", "middleware", "middleware.trustedhost")
    )
    play = Playground(classroom)

    def post(path: str, endpoint: Callable[[Any], Awaitable[Any]]) -> Any:
        return routing.Route(path, endpoint, methods=["POST"])

    routes = [
        routing.Route("/", play.page),
        routing.Route("/static/{name}", play.part),
        post("/lessons", play.begin),
        post("/lessons/{lesson}/frames", play.frames),
        post("/lessons/{lesson}/findings", play.findings),
    ]
    guard = middleware.Middleware(trusted.TrustedHostMiddleware, allowed_hosts=hosts)
    return applications.Starlette(routes=routes, middleware=[guard])
