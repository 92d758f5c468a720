"""Writes src/lamina/_names.py (what each public namespace offers, and where it lives) and a stub for each namespace.

python scripts/make_face.py           write them
python scripts/make_face.py --check   fail if they are out of date
"""

import argparse
import importlib
import pathlib
import pkgutil
import sys

ROOT = pathlib.Path(__file__).parent.parent / "src" / "lamina"
# Floors whose modules are imported to fill the table; the other engines, and what exports to them, import heavy packages.
SKIPPED = ("lamina.engines.jax", "lamina.engines.torch", "lamina.export._frameworks._on_", "lamina.__main__")


def load_everything() -> None:
    import lamina

    for module in pkgutil.walk_packages(lamina.__path__, "lamina."):
        if not module.name.startswith(SKIPPED):
            importlib.import_module(module.name)


def table() -> dict[str, dict[str, tuple[str, str]]]:
    from lamina._public import HOME, PUBLIC

    names: dict[str, dict[str, tuple[str, str]]] = {}
    for path in sorted(PUBLIC):
        namespace, _, name = path.rpartition(".")
        home = importlib.import_module(HOME[path])
        attribute = next(k for k, v in vars(home).items() if v is PUBLIC[path])
        names.setdefault(namespace, {})[name] = (HOME[path], attribute)
    return names


def submodules() -> dict[str, list[str]]:
    """Public packages and modules by the namespace that holds them."""
    found: dict[str, list[str]] = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[-1] == "__init__":
            parts = parts[:-1]
        if not parts or any(p.startswith("_") for p in parts) or parts[0] in ("engines", "cli"):
            continue
        found.setdefault(".".join(parts[:-1]), []).append(parts[-1])
    return found


def render_names() -> str:
    lines = ['"""What each public namespace offers. Written by scripts/make_face.py; do not edit."""', "", "# fmt: off"]
    lines.append("NAMES: dict[str, dict[str, tuple[str, str]]] = {")
    for namespace, names in sorted(table().items()):
        lines.append(f'    "{namespace}": {{')
        lines += [f'        "{name}": ("{home}", "{attribute}"),' for name, (home, attribute) in sorted(names.items())]
        lines.append("    },")
    lines += ["}", "", "SUBMODULES: dict[str, tuple[str, ...]] = {"]
    for namespace, names in sorted(submodules().items()):
        lines.append(f'    "{namespace}": {tuple(sorted(names))!r},'.replace("'", '"'))
    return "\n".join([*lines, "}", "# fmt: on", ""])


def faces() -> list[pathlib.Path]:
    """The files of public namespaces: those whose names are loaded when they are asked for."""
    return sorted(p for p in ROOT.rglob("*.py") if "attach(__name__)" in p.read_text() and p.name != "_lazy.py")


def render_stub(face: pathlib.Path) -> str:
    """What an editor and a type checker see of a namespace."""
    parts = face.relative_to(ROOT).with_suffix("").parts
    namespace = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    lines = ["# Written by scripts/make_face.py; do not edit.", ""]
    lines += [f"from . import {name} as {name}" for name in sorted(submodules().get(namespace, ()))]
    lines += [line for line in face.read_text().splitlines() if line.startswith("from ._") and " as " in line]
    for name, (home, attribute) in sorted(table().get(namespace, {}).items()):
        lines.append(f"from {home} import {attribute} as {name}")
    return "\n".join([*lines, *(() if namespace else ("", "__version__: str")), ""])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    load_everything()
    stale = []
    stubs = {face.with_suffix(".pyi"): render_stub(face) for face in faces()}
    for path, text in {ROOT / "_names.py": render_names(), **stubs}.items():
        if not path.exists() or path.read_text() != text:
            stale.append(str(path.relative_to(ROOT)))
            if not check:
                path.write_text(text)
    if check and stale:
        print(f"out of date: {', '.join(stale)}; run python scripts/make_face.py")
    return int(bool(check and stale))


if __name__ == "__main__":
    sys.exit(main())
