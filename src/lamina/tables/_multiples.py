"""Words for thousands and millions, as k, Mio. and 万, alone and before a currency: 1,5 Mio. €, 12 k€, 3억 5,000만원."""

import re

from ._currencies import CURRENCIES

MULTIPLES = {
    "k": 1e3, "tsd": 1e3, "thousand": 1e3, "тыс": 1e3, "천": 1e3, "千": 1e3,
    "m": 1e6, "mn": 1e6, "mio": 1e6, "mln": 1e6, "million": 1e6, "millionen": 1e6, "млн": 1e6, "百万": 1e6,
    "b": 1e9, "bn": 1e9, "mrd": 1e9, "mld": 1e9, "milliard": 1e9, "milliarden": 1e9, "billion": 1e9,
    "млрд": 1e9,
    "만": 1e4, "万": 1e4, "萬": 1e4, "억": 1e8, "億": 1e8, "亿": 1e8, "조": 1e12, "兆": 1e12,
    "lakh": 1e5, "crore": 1e7,
}  # fmt: skip
_OF_MONEY = {"mm": "m", "md": "mrd"}  # of other things, millimetres and days
_BEFORE_CURRENCY = {"t": "tsd", **_OF_MONEY}  # T€, but $5t are no thousands
_STEPS = ("조兆", "억億亿", "만万萬")
_SUM = re.compile(
    rf"(?=.*[{_STEPS[0]}{_STEPS[1]}])(?:(\d[\d,]*) ?[{_STEPS[0]}] ?)?(?:(\d[\d,]*) ?[{_STEPS[1]}] ?)?"
    rf"(?:(\d[\d,]*) ?[{_STEPS[2]}] ?)?(\d[\d,]*)?(?P<currency> ?[원円元])?"
)


def multiple_and_currency(after: str) -> tuple[str, str] | None:
    """The multiple and the currency, folded, that a text after a number consists of; None if it is something else."""
    folded = after.casefold()
    if not folded.endswith(CURRENCIES):
        return None
    currency = max(filter(folded.endswith, CURRENCIES), key=len)
    multiple = folded[: -len(currency)].rstrip(" .")
    multiple = _BEFORE_CURRENCY.get(multiple, multiple)
    return (multiple, currency) if multiple in MULTIPLES else None


def plain_multiple(after: str, is_money: bool = False) -> str:
    """A multiple without the point of its abbreviation (`Mio.`); another text as it is."""
    short = after.rstrip(".")
    if is_money:
        short = _OF_MONEY.get(short, short)
    return short if short in MULTIPLES else after


def in_one_number(text: str) -> str:
    """A number written by its parts, as 3억 5,000만원, as one: 350000000원; another text as it is."""
    found = _SUM.fullmatch(text)
    if found is None or sum(found[i] is not None for i in range(1, 5)) < 2:
        return text
    sizes = [int((found[i] or "0").replace(",", "")) for i in range(1, 5)]
    if any(size >= 10_000 for size in sizes[1:]):
        return text
    return f"{sum(size * scale for size, scale in zip(sizes, (10**12, 10**8, 10**4, 1)))}{(found['currency'] or '').strip()}"
