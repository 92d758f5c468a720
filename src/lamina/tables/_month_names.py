"""Names of months in English and nine other languages of Europe, of days of the week in seven of them."""

import unicodedata

_MONTHS = """
january jan janvier janv januar jänner jän enero ene gennaio gen janeiro januari января январь янв stycznia styczeń sty ocak oca
february feb février févr fév februar febrero febbraio fevereiro fev februari февраля февраль фев luty lutego lut şubat şub
march mar mars märz mär mrz marzo março maart mrt марта март мар marca marzec mart
april apr avril avr abril abr aprile апреля апрель апр kwietnia kwiecień kwi nisan nis
may mai mayo maggio mag maio mei мая май maj maja mayıs
june jun juin juni junio giugno giu junho июня июнь июн czerwca czerwiec cze haziran haz
july jul juillet juil juli julio luglio lug julho июля июль июл lipca lipiec lip temmuz tem
august aug août aou agosto ago augustus августа август авг sierpnia sierpień sie ağustos ağu
september sept sep septembre septiembre settembre sett setembro set сентября сентябрь сен сент września wrzesień wrz eylül eyl
october oct octobre oktober okt octubre ottobre ott outubro out октября октябрь окт października październik paź ekim eki
november nov novembre noviembre novembro ноября ноябрь ноя listopada listopad lis kasım kas
december dec décembre déc dezember dez diciembre dic dicembre dezembro декабря декабрь дек grudnia grudzień gru aralık ara
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
