"""A text that may be a number, taken apart: sign, digits, power of ten, and what stands before and after."""

import re
import unicodedata
from dataclasses import dataclass

from ._currencies import AFTER_ALONE, CURRENCIES, OF_CODES
from ._multiples import in_one_number, multiple_and_currency, plain_multiple
from ._unit_names import unit_name

_RAISED = ("<super>", "<sub>", "<circle>")  # footnotes and powers; as plain digits they would join the number
_ARABIC = str.maketrans({"٫": ".", "٬": ",", "٪": "%"})  # decimal sign, thousands, percent
_BODY = r"\d[\d.,' ]*|[.,]\d+"
_WRITTEN = re.compile(
    r"(?P<before>[^\W\d_]+\.(?= ?\d)|[^\d.,+-]*?) ?(?P<sign>[+-]?) ?"
    rf"(?P<body>{_BODY})(?P<power>[eE][+-]?\d+)? ?(?P<after>[^\d\s][^\s]*(?: [^\d\s]+)?)?"
)
_IN_PLACE_OF_A_POINT = re.compile(r"([$€£¥₩₹₽₺₫฿₱₪])(\d\d)|(?!M[23]$)([kKMRVΩ])(\d{1,2})")  # 1€50, 4k7, 3V3
_WITH_DIGITS = re.compile(r"[^\d/]*/.*|[^\W\d]*(?:m|ft|in|yd|mi)\^?[23]|[^\W\d]*(?:co2|h2o)[^\W\d]*", re.IGNORECASE)
_WHOLE = re.compile(r"\d+|\d{1,3}([.,' ]\d{3})+")
_IN_BRACKETS = re.compile(r"([^\d()]*)\(([^()]*)\)([^\d()]*)")
_FOOTNOTE = re.compile(
    r"(?<=[\w%.)])(?: ?\[(?:\d{1,3}|[a-z]|(?:note|nb|n) ?\d{1,2})\])+$", re.IGNORECASE
)  # of Wikipedia
_PERCENT_BEFORE = re.compile(r"%\d{1,3}(?:[.,]\d+)?")  # as in Turkish
_HYPHENS = str.maketrans("−‐‑", "---")
_WHOLE_AMOUNT = re.compile(r"(?<=\d)[.,][-–—]{1,2}$")  # 12,- in prices


@dataclass(frozen=True)
class Written:
    """A text taken apart: sign, digits and separators, power of ten, and what stands before and after (folded).

    `cents` are decimals that stand after the unit, as in 1€50.
    """

    negative: bool
    body: str
    power: str
    before: str
    after: str
    cents: str = ""

    @property
    def whole(self) -> str:
        """The digits of a whole number, without what parts thousands; nothing for another."""
        return re.sub(r"\D", "", self.body) if _WHOLE.fullmatch(self.body) else ""


def take_apart(text: str) -> Written | None:
    """The parts of a text that may be a number, or None."""
    if not text.isascii():
        if _has_raised(text):
            return None
        text = unicodedata.normalize("NFKC", text).translate(_HYPHENS).replace("’", "'")
        text = text.translate(_ARABIC)
        text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
        text = in_one_number(text)
    text = _WHOLE_AMOUNT.sub("", without_footnotes(text.strip()))
    if text[:1] == "%" and _PERCENT_BEFORE.fullmatch(text):
        text = f"{text[1:]}%"
    negative = False
    bracketed = _IN_BRACKETS.fullmatch(text)
    if bracketed is not None:  # (5), $(5), (5)%
        before, inner, after = (part.strip() for part in bracketed.groups())
        if after not in ("", "%") and after.casefold() not in CURRENCIES:
            return None
        text, negative = f"{before}{inner}{after}", True
    if text[:1] in ("△", "▲"):  # minus in accounts
        text, negative = text[1:].strip(), True
    elif text[:1] == "–":  # typed for a minus
        text = f"-{text[1:]}"
    if text.endswith("-") and text[:-1].strip()[-1:].isdigit():
        text, negative = text[:-1].strip(), True
    if text[:1] in "+-" and text[1:2] and not text[1].isdigit() and text[1] not in ".,":
        text, negative = text[1:].strip(), text[0] == "-"  # -$5
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return None
    before, after, cents = match["before"].strip().casefold(), match["after"] or "", ""
    scaled = multiple_and_currency(after)
    if scaled is not None and before in ("", scaled[1]):
        after, before = scaled
    elif " " in after:
        return None
    parted = _IN_PLACE_OF_A_POINT.fullmatch(after)
    if parted is not None:
        if not text[match.start("after") - 1].isdigit() or match["power"]:
            return None
        after, cents = (parted[1] or parted[3]), (parted[2] or parted[4])
    elif any(c.isdigit() for c in after) and not _WITH_DIGITS.fullmatch(after):
        return None
    after = plain_multiple(unit_name(after), bool(before))
    if before and (before not in CURRENCIES or before in AFTER_ALONE or _is_code(text, match)):
        return None
    if after and not (after[0].isalpha() or after[0] in "%‰°$€£¥₩₹₽₺₫฿₱₪µ"):
        return None
    negative ^= match["sign"] == "-"
    return Written(negative, match["body"].strip(), match["power"] or "", before, after, cents)


def _is_code(text: str, match: re.Match[str]) -> bool:
    """Whether capitals joined to whole digits are a code, as RP1000."""
    is_joined = match.end("before") == match.start("sign") and match["body"].isdigit()
    return is_joined and match["before"].isupper() and match["before"].casefold() in OF_CODES


def plain_number(text: str) -> float | None:
    """The number that Python reads in a text, None if it reads none."""
    try:
        return float(text)
    except ValueError:
        return None


def without_footnotes(text: str) -> str:
    """The text without the marks of footnotes that follow it, as 1,234[1]."""
    return _FOOTNOTE.sub("", text) if text.endswith("]") else text


def _has_raised(text: str) -> bool:
    """Whether a raised, lowered or encircled sign stands anywhere but after a letter, as it does in m²."""
    return any(
        unicodedata.decomposition(c).startswith(_RAISED) and c not in "ºª" and not text[max(i - 1, 0)].isalpha()
        for i, c in enumerate(text)
    )
