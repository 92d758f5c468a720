"""How many megabytes a package takes on the disk, with all that it requires."""

from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def megabytes(*requirements: str) -> float:
    """The size of the files of the packages of this environment that these requirements ask for, directly or not."""
    found: dict[tuple[str, str], metadata.Distribution] = {}  # a package, or one of its extras
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        asked = waiting.pop()
        for extra in ("", *asked.extras):
            key = canonicalize_name(asked.name), extra
            if key in found:
                continue
            found[key] = package = metadata.distribution(asked.name)
            needs = [Requirement(text) for text in package.requires or ()]
            waiting += [need for need in needs if need.marker is None or need.marker.evaluate({"extra": extra})]
    packages = {name: package for (name, _), package in found.items()}
    files = [file.locate() for package in packages.values() for file in package.files or ()]
    return sum(file.stat().st_size for file in files if file.exists()) / 1e6
