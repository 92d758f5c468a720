"""The description of a service after OpenAPI 3.1."""

from typing import Any

from lamina import __version__

from ._answerer import Answerer

_PROBLEMS = {
    "401": "the bearer token is missing or wrong", "408": "the body did not come in time", "413": "too many bytes or rows",
    "422": "not what the model takes", "429": "too many requests wait already", "503": "the service is about to stop",
}  # fmt: skip


def openapi_of(answerer: Answerer, title: str) -> dict[str, Any]:
    """The document that `/openapi.json` gives."""
    described = answerer.describe()
    problem = {"type": "object", "properties": {"error": {"type": "string"}}}
    refusals = {
        status: {"description": text, "content": {"application/json": {"schema": problem}}}
        for status, text in _PROBLEMS.items()
    }
    answer = {"type": "object", "properties": {"predictions": {"type": "array", "items": described["answer"]}}}
    content = {"application/json": {"schema": described["request"], "example": described["example"]}}
    predict = {
        "summary": "Predictions for rows",
        "requestBody": {"required": True, "content": content},
        "responses": {
            "200": {"description": "one for each row", "content": {"application/json": {"schema": answer}}},
            **refusals,
        },
    }
    plain = {"responses": {"200": {"description": "as it should be"}}}
    paths = {name: {"get": {"summary": text, **plain}} for name, text in _OTHERS.items()}
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": __version__},
        "paths": {"/predict": {"post": predict}, **paths},
    }


_OTHERS = {
    "/health": "Whether the service runs", "/ready": "Whether it answers, and with which version of the model",
    "/metrics": "Counts and times, for Prometheus",
}  # fmt: skip
