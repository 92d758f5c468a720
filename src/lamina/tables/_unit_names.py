"""The name of a unit as it stands after a number: folded, but where capitals make another unit of it (MW and mW, MB and Mb)."""

import re

_OF_MEGA = {unit.casefold(): unit for unit in "W Wh Hz V VA A J N Pa eV Bq Sv Ω ohm F H mol t s m g L".split()}
_ONE_LETTER = 1  # of which capitals tell: MG is mg, and Mg is not
_BITS_AND_BYTES = re.compile(r"(?P<prefix>[kKMGTP]i?)(?P<unit>[bB])(?P<rest>|ps|/s)")
_SEVERAL = re.compile(r"(?!siemens)[a-z]{3,}[^sui\W\d_]s|hrs|lbs|yrs|pcs", re.IGNORECASE)
_RAISED = re.compile(r"[23](?=$|/)")


def unit_name(text: str) -> str:
    """The same for ways of writing that mean one unit: `kg` for KG, `year` for years, but `MW` beside `mw`, `Mg` beside `mg`."""
    if _SEVERAL.fullmatch(text):
        text = text[:-1]
    found = _BITS_AND_BYTES.fullmatch(text)
    if found is not None:
        prefix = found["prefix"][0].upper() if found["prefix"][0] != "k" or found["unit"] == "B" else "k"
        is_usual = found["unit"] == ("b" if found["rest"] else "B") and prefix != "K"
        return text.casefold() if is_usual else f"{prefix}{found['prefix'][1:]}{found['unit']}{found['rest']}"
    if text[:1] != "M" or len(text) < 2:
        return text.casefold()
    unit, slash, per = text[1:].partition("/")
    base = _RAISED.sub("", unit)
    known = _OF_MEGA.get(base.casefold())
    is_mega = known is not None and (base == known or len(base) > _ONE_LETTER or base == "l")
    return f"M{known}{unit[len(base) :]}{slash}{per.casefold()}" if is_mega else text.casefold()
