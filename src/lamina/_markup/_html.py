"""HTML as nested calls, in which all text is escaped."""

import html
from collections.abc import Iterable
from typing import Any


class Markup(str):
    """HTML that is put in as it is; all other text is escaped first."""


def element(name: str, *children: Any, **attributes: Any) -> Markup:
    """`<name ...>children</name>`; None is left out, a trailing underscore and inner ones of attributes are as HTML has them."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{given}>{joined(children)}</{name}>")


def joined(children: Iterable[Any]) -> Markup:
    """The children one after the other, text escaped."""
    return Markup("".join(c if isinstance(c, Markup) else html.escape(str(c)) for c in children if c is not None))


def paragraph(*children: Any, kind: str | None = None) -> Markup:
    """`<p>`."""
    return element("p", *children, class_=kind)


def bullets(items: Iterable[Any], kind: str | None = None) -> Markup | None:
    """A list, or None of no items."""
    entries = [element("li", item) for item in items]
    return element("ul", *entries, class_=kind) if entries else None


def rows_table(
    heads: Iterable[Any], rows: Iterable[Iterable[Any]], left: int = 1, caption: str | None = None
) -> Markup:
    """A table that scrolls sideways by itself where it is too wide.

    Args: `left`, how many columns stand at the left; the others are numbers. A cell that is a `Markup` beginning with `<td` is
    put in as it is.
    """
    heads = list(heads)
    head = element("tr", *(element("th", h, class_=_side(i, left), scope="col") for i, h in enumerate(heads)))
    body = [
        element(
            "tr",
            *(c if isinstance(c, Markup) and c.startswith("<td") else element("td", c, class_=_side(i, left))
              for i, c in enumerate(row)),
        )
        for row in rows
    ]  # fmt: skip
    title = element("caption", caption) if caption else None
    table = element("table", title, element("thead", head), element("tbody", *body))
    return element("div", table, class_="scroll", tabindex="0")


def _side(place: int, left: int) -> str | None:
    return None if place < left else "n"


def number(value: float | None) -> str:
    """A number in four places, nothing for None or NaN."""
    return "" if value is None or value != value else f"{value:.4g}"


def percent(share: float) -> str:
    """A share in percent, with one place below ten."""
    return f"{share:.0%}" if share >= 0.1 or share == 0 else f"{share:.1%}"


def share(value: float) -> str:
    """A share of one in three places, nothing for NaN."""
    return "" if value != value else f"{value:.3f}"
