"""Asks after every address on the web that the pages, README and docstrings lead to; needs a network, and is not part of CI.

python scripts/check_links.py          # links inside the site are checked by scripts/build_site.py
"""

import pathlib
import re
import socket
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

ROOT = pathlib.Path(__file__).resolve().parent.parent
_ADDRESS = re.compile(r"https?://(?:[^\s<>\"'`\[\](){}]|\([^\s()]*\)|\{)+")
# Not there before the project is published, or made up for an example.
_NOT_ASKED = re.compile(r"https?://(github\.com/lamina/|localhost|127\.|[^/]*example\.|[^/.]*(/|$))|.*[{$\\*]")


def addresses(files: list[pathlib.Path]) -> dict[str, list[str]]:
    """Each address with the files that name it."""
    found: dict[str, list[str]] = {}
    for file in files:
        for address in _ADDRESS.findall(file.read_text(encoding="utf-8")):
            address = address.rstrip(".,;:")
            if not _NOT_ASKED.match(address):
                found.setdefault(address, []).append(str(file))
    return found


def trouble_with(address: str) -> str | None:
    """What is wrong with an address; None if it answers. A server that wants people, not programs, counts as there."""
    request = urllib.request.Request(address, headers={"User-Agent": "Mozilla/5.0 (lamina, check of links)"})
    try:
        with urllib.request.urlopen(request, timeout=20):
            return None
    except urllib.error.HTTPError as error:
        return None if error.code in (401, 403, 405, 418, 429, 503) else f"answers {error.code}"
    except (OSError, ValueError) as error:
        return f"does not answer: {error}"


def has_network() -> bool:
    try:
        socket.getaddrinfo("doi.org", 443)
    except OSError:
        return False
    return True


def main() -> None:
    if not has_network():
        sys.exit("There is no network: nothing was checked.")
    files = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "src").rglob("*.py")]
    found = addresses(sorted(files))
    with ThreadPoolExecutor(8) as threads:
        answers = dict(zip(found, threads.map(trouble_with, found)))
    broken = {address: said for address, said in answers.items() if said}
    for address, said in broken.items():
        print(f"{address} {said}; in {', '.join(sorted(set(found[address])))}")
    print(f"{len(found)} addresses, {len(broken)} broken")
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
