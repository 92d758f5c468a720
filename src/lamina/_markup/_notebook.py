"""What a notebook shows of an object: a small card, in the notebook's own colours, light or dark."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ._html import Markup, element

_SHOWN = 8  # rows and columns of an array
_TEXT = 90  # letters of a value

# All text and lines take the colour of the page, so that nothing need know whether it is light or dark.
_STYLE = """
.lamina{font:13px/1.45 system-ui,-apple-system,"Segoe UI","Noto Sans","Noto Sans CJK KR",sans-serif;color:inherit;
max-width:100%}
.lamina b.title{font-size:14px}.lamina .soft{opacity:.68}
.lamina .cols{display:flex;flex-wrap:wrap;gap:18px;align-items:flex-start}
.lamina .scroll{overflow:auto;max-width:100%;max-height:520px}
.lamina table{border-collapse:collapse;margin:4px 0;font-size:12.5px;color:inherit;background:none}
.lamina th,.lamina td{padding:2px 12px 2px 0;text-align:left;vertical-align:top;background:none;border:0;
border-bottom:1px solid rgba(128,128,128,.35);max-width:44em;overflow-wrap:anywhere;white-space:normal}
.lamina .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.lamina td.k{opacity:.68;white-space:nowrap}
.lamina code,.lamina pre{font:12px ui-monospace,Menlo,Consolas,monospace;color:inherit;background:none}
.lamina pre{margin:4px 0;overflow:auto}.lamina figure{margin:0;width:340px;max-width:100%}
.lamina svg{display:block;width:100%;height:auto}
.lamina svg text{fill:currentColor;font-size:10.5px;opacity:.75}.lamina svg .name{opacity:1;font-size:11.5px}
.lamina path{fill:none;stroke-width:1.8;stroke-linejoin:round}.lamina .grid{stroke:currentColor;stroke-width:.6;opacity:.18}
.lamina .axis{stroke:currentColor;stroke-width:1;opacity:.6}.lamina .s0{stroke:#2f86d1}.lamina .s1{stroke:#d9553f}
.lamina .dot{stroke-width:5;stroke-linecap:round}.lamina .big{stroke-width:7;stroke-linecap:round}
.lamina figcaption{font-size:12px}.lamina figcaption span{margin-right:1em;white-space:nowrap}
.lamina .key{display:inline-block;width:16px;border-top:3px solid;margin-right:5px;vertical-align:middle}
.lamina .key.s0{border-color:#2f86d1}.lamina .key.s1{border-color:#d9553f}
.lamina .error{border-left:4px solid #d9553f;padding-left:8px;margin:6px 0}
.lamina .warning{border-left:4px solid #d29a1e;padding-left:8px;margin:6px 0}
.lamina .info{border-left:4px solid #2f86d1;padding-left:8px;margin:6px 0}
""".strip()


def card(title: str, *below: Any, said: str = "") -> str:
    """A title, a soft line beside it, and what stands below.

    Args: all text is escaped; what is `Markup` is put in as it is.
    """
    soft = element("span", f" {said}", class_="soft") if said else None
    head = element("div", element("b", title, class_="title"), soft)
    return str(element("div", element("style", Markup(_STYLE)), head, *below, class_="lamina"))


def facts(pairs: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> Markup | None:
    """A table of names and values; nothing if there are none."""
    pairs = list(pairs.items() if isinstance(pairs, Mapping) else pairs)
    rows = [
        element("tr", element("td", name, class_="k"), element("td", element("code", brief(value))))
        for name, value in pairs
    ]
    return element("div", element("table", *rows), class_="scroll") if rows else None


def brief(value: Any) -> str:
    """A value of a config in a line: objects as they would be made."""
    if isinstance(value, dict) and "class_name" in value:
        inner = value.get("config")
        inside = (
            ", ".join(f"{k}={brief(v)}" for k, v in inner.items() if v is not None) if isinstance(inner, dict) else ""
        )
        text = inner if isinstance(inner, str) else f"{value['class_name']}({inside})"
    elif isinstance(value, float):
        text = f"{value:.6g}"
    else:
        text = value if isinstance(value, Markup) else repr(value)
    return text if len(text) <= _TEXT else f"{text[: _TEXT - 1]}…"


def config_card(shown: Any, title: str, *below: Any, said: str = "", without: Iterable[str] = ()) -> str:
    """The card of an object that is its config."""
    try:
        config = shown.get_config()
    except NotImplementedError:  # of a class that cannot be saved
        config = {}
    given = {name: value for name, value in config.items() if value is not None and name not in without}
    return card(title, facts(given), *below, said=said)


def array_card(title: str, array: np.ndarray, said: str = "") -> str:
    """Shape, dtype and the first values."""
    said = " · ".join(filter(None, [said, f"shape {tuple(array.shape)}", f"dtype {array.dtype}"]))
    return card(title, _values(array), said=said)


def _values(array: np.ndarray) -> Markup:
    if array.ndim in (1, 2) and array.size:
        rows = np.atleast_2d(array)
        cells = [[_number(v) for v in row[:_SHOWN]] + ["…"] * (rows.shape[1] > _SHOWN) for row in rows[:_SHOWN]]
        cells += [["…"] * len(cells[0])] * (rows.shape[0] > _SHOWN)
        table = element("table", *(element("tr", *(element("td", c, class_="n") for c in row)) for row in cells))
        return element("div", table, class_="scroll")
    return element("pre", np.array2string(array, threshold=64, edgeitems=2, precision=4, max_line_width=100))


def _number(value: Any) -> str:
    return f"{value:.5g}" if isinstance(value, (float, np.floating)) else str(value)
