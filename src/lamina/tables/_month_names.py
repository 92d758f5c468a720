"""Names of months and days of the week in English, German, French, Spanish, Italian, Portuguese and Dutch."""

import unicodedata

_MONTHS = """
january jan janvier janv januar jänner jän enero ene gennaio gen janeiro januari
february feb février févr fév februar febrero febbraio fevereiro fev februari
march mar mars märz mär mrz marzo março maart mrt
april apr avril avr abril abr aprile
may mai mayo maggio mag maio mei
june jun juin juni junio giugno giu junho
july jul juillet juil juli julio luglio lug julho
august aug août aou agosto ago augustus
september sept sep septembre septiembre settembre sett setembro set
october oct octobre oktober okt octubre ottobre ott outubro out
november nov novembre noviembre novembro
december dec décembre déc dezember dez diciembre dic dicembre dezembro
"""
_DAYS = """
monday mon tuesday tues tue wednesday wed thursday thurs thur thu friday fri saturday sat sunday sun
montag mo dienstag di mittwoch mi donnerstag do freitag fr samstag sonnabend sa sonntag so
lundi mardi mercredi jeudi vendredi samedi dimanche
lunes martes miércoles jueves viernes sábado domingo
lunedì martedì mercoledì giovedì venerdì sabato domenica
segunda-feira terça-feira quarta-feira quinta-feira sexta-feira
maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
"""


def _plain(name: str) -> str:
    """A name folded, without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))


_NUMBERS = {_plain(name): i for i, line in enumerate(_MONTHS.strip().splitlines(), start=1) for name in line.split()}


def month_number(name: str) -> int:
    """The number of a month, from 1, by its name."""
    return _NUMBERS[_plain(name)]


def _pattern(names: str) -> str:
    """A regular expression for any of the names, the longest first, with and without accents."""
    found = {form for name in names.split() for form in (name, _plain(name))}
    return "|".join(sorted(found, key=lambda name: (-len(name), name)))


MONTH = rf"(?:{_pattern(_MONTHS)})\b\.?"
DAY_NAME = rf"(?:{_pattern(_DAYS)})\b\.?"
