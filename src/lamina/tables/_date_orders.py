"""Dates of several files, each with its own order of year, month and day, in one form."""

import datetime
from collections.abc import Sequence

import numpy as np

from ._dates import EPOCH, YEAR_FIRST, as_written, base_of, days_of, is_open, order_of, zones_of


def own_orders(parts: Sequence[np.ndarray], is_strict: bool) -> list[str] | None:
    """The order of the dates of each file, where they differ; None if one order holds for all, or is to be found for all.

    A file whose dates leave it open whether day or month stands first follows the others, if these have one such order.

    Args:
        parts: dates of each file, texts.
        is_strict: whether no order may be guessed, as where a model knows one.
    """
    found = [order_of(part) for part in parts]
    are_open = [is_open(note) for _, note in found]
    if is_strict and any(are_open):
        return None
    clear = [order for (order, _), guessed in zip(found, are_open) if not guessed and base_of(order) != YEAR_FIRST]
    follow = clear[0] if len(set(map(base_of, clear))) == 1 else None
    orders = [follow if follow and guessed else order for (order, _), guessed in zip(found, are_open)]
    return orders if len(set(map(base_of, orders))) > 1 else None


def in_one_form(texts: np.ndarray, order: str) -> np.ndarray:
    """Dates of one order as `2024-01-31` or `2024-01-31 14:30:00+01:00`.

    What is none is called so, that no other order reads it.
    """
    distinct, place = np.unique(texts, return_inverse=True)
    days = days_of(distinct, as_written(order, distinct)).tolist()
    return np.array([_written(text, day) for text, day in zip(distinct.tolist(), days)], dtype=str)[place]


def order_note(name: str, paths: Sequence[str], orders: Sequence[str]) -> str:
    """What is said of a column whose dates have an order of their own in each file."""
    first: dict[str, str] = {}
    for path, order in zip(paths, orders):
        first.setdefault(base_of(order), path)
    held = ", ".join(f"with the {order} in {path}" for order, path in first.items())
    return f"Column {name!r} holds dates {held}; each file is read in its own order."


def _written(text: str, days: float) -> str:
    if not text:
        return ""
    if np.isnan(days):
        return f"no date: {text}"
    moment = EPOCH + datetime.timedelta(microseconds=round(days * 86_400_000_000))
    zone = "".join(zones_of(np.array([text])))
    return str(moment.date()) if days == int(days) and not zone else f"{moment}{zone}"
