"""Which cells of an Excel sheet are merged over several rows, from the file itself."""

import re
import zipfile

_RANGE = re.compile(rb'<mergeCell\s[^>]*?ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_SHEET = re.compile(r'<(?:\w+:)?sheet\s[^>]*?r:id="([^"]+)"')
_MERGED_FROM = b"<mergeCells"


def merged_down(place: str) -> list[tuple[int, int, int, int]]:
    """Top, left, bottom and right, from 1, of the cells of the first sheet that are merged over several rows.

    Args:
        place: of the file; one that is no .xlsx has none.
    """
    try:
        with zipfile.ZipFile(place) as archive:
            content = archive.read(_first_sheet(archive))
    except (KeyError, OSError, zipfile.BadZipFile):
        return []
    found = _RANGE.finditer(content, max(content.rfind(_MERGED_FROM), 0))
    ranges = [(int(m[2]), _number(m[1]), int(m[4]), _number(m[3])) for m in found]
    return [r for r in ranges if r[2] > r[0]]


def _first_sheet(archive: zipfile.ZipFile) -> str:
    """The name of the first sheet in the archive. Raises KeyError if it has none."""
    sheet = _SHEET.search(archive.read("xl/workbook.xml").decode("utf-8", "replace"))
    relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    for relation in re.findall(r"<Relationship\s[^>]*>", relations):
        target = re.search(r'Target="([^"]+)"', relation)
        if sheet is not None and target is not None and f'Id="{sheet[1]}"' in relation:
            return target[1].lstrip("/") if target[1].startswith("/") else f"xl/{target[1]}"
    raise KeyError("no sheet")


def _number(letters: bytes) -> int:
    """The number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number
