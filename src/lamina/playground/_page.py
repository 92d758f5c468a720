"""The page as HTML: with links to its parts, or, for a recording, with all of them inside."""

import json
import pathlib
import re
from typing import Any

from ._plan import ACTIVATIONS, CSV, MOST_LAYERS, MOST_UNITS, OPTIMIZERS, PENALTIES, Plan
from ._points import MAKERS

FRONT = pathlib.Path(__file__).parent / "_front"
LANGUAGES = ("en", "ko")
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([a-z_]+\.js)";\n', re.MULTILINE)


def front(name: str) -> str:
    """The text of a part of the page."""
    return (FRONT / name).read_text(encoding="utf-8")


def strings() -> dict[str, dict[str, str]]:
    """All that the page says, by language and key."""
    return {language: json.loads(front(f"strings.{language}.json")) for language in LANGUAGES}


def live_page(has_table: bool) -> str:
    """The page that asks a server; whether that has a table for "csv"."""
    style = '<link rel="stylesheet" href="static/style.css">'
    return _page(
        style, '<script type="module" src="static/main.js"></script>', {"recording": None, "has_table": has_table}
    )


def recorded_page(recording: dict[str, Any]) -> str:
    """One file that shows a training that is over."""
    style = f"<style>\n{front('style.css')}</style>"
    return _page(style, f'<script type="module">\n{_in_one("main.js")}</script>', {"recording": recording})


def _page(style: str, script: str, more: dict[str, Any]) -> str:
    choices = {
        "data": [*MAKERS, CSV], "activation": ACTIVATIONS, "optimizer": OPTIMIZERS, "penalty": PENALTIES,
        "most_layers": MOST_LAYERS, "most_units": MOST_UNITS, "plan": Plan().to_dict(),
    }  # fmt: skip
    data = {"strings": strings(), "choices": choices, **more}
    inside = f'<script type="application/json" id="given">{_harmless(data)}</script>'
    page = front("index.html")
    for mark, part in (("<!--style-->", style), ("<!--given-->", inside), ("<!--script-->", script)):
        page = page.replace(mark, part)
    return page


def _harmless(data: Any) -> str:
    """JSON in which no text ends the element that it stands in."""
    return json.dumps(data, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")


def _in_one(name: str) -> str:
    """A module with all that it imports, each before its users; their top-level names must differ."""
    parts: dict[str, str] = {}

    def add(name: str) -> None:
        if name in parts:
            return
        text = front(name)
        for needed in _IMPORT.findall(text):
            add(needed)
        parts[name] = re.sub(r"^export ", "", _IMPORT.sub("", text), flags=re.MULTILINE)

    add(name)
    return "\n".join(f"// {name}\n{text}" for name, text in parts.items())
