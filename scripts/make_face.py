"""Writes src/lamina/_names.py (what each public namespace offers, and where it lives) and the stub of the top module.

python scripts/make_face.py           write them
python scripts/make_face.py --check   fail if they are out of date
"""

import argparse
import importlib
import pathlib
import pkgutil
import sys

ROOT = pathlib.Path(__file__).parent.parent / "src" / "lamina"
# Floors whose modules are imported to fill the table; the other engines import heavy packages.
SKIPPED = ("lamina.engines.jax", "lamina.engines.torch", "lamina.__main__")


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


def render_stub() -> str:
    lines = ["# Written by scripts/make_face.py; do not edit.", ""]
    lines += [f"from . import {name} as {name}" for name in sorted(submodules()[""])]
    for name, (home, attribute) in sorted(table().get("", {}).items()):
        lines.append(f"from {home} import {attribute} as {name}")
    return "\n".join([*lines, "", "__version__: str", ""])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    load_everything()
    stale = []
    for path, text in ((ROOT / "_names.py", render_names()), (ROOT / "__init__.pyi", render_stub())):
        if not path.exists() or path.read_text() != text:
            stale.append(path.name)
            if not check:
                path.write_text(text)
    if check and stale:
        print(f"out of date: {', '.join(stale)}; run python scripts/make_face.py")
    return int(bool(check and stale))


if __name__ == "__main__":
    sys.exit(main())
