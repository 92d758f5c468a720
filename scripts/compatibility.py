"""Writes the table of docs/compatibility.md: what of Keras's public names there is. Needs Keras.

python scripts/compatibility.py           write it
python scripts/compatibility.py --check   fail if it is out of date
"""

import argparse
import importlib
import os
import pathlib
import sys
import types

PAGE = pathlib.Path(__file__).parent.parent / "docs" / "compatibility.md"
START, END = "<!-- table -->", "<!-- end of table -->"
NOT_KERAS = ("src", "api", "_tf_keras")

# Path, or beginning of paths that ends in a dot -> why it is left out; the longest that fits counts.
REASONS = {
    "layers.TFSMLayer": "it runs a SavedModel of TensorFlow",
}


def keras_names() -> dict[str, set[str]]:
    """Names by namespace, of Keras as it is installed."""
    import keras

    found: dict[str, set[str]] = {}
    waiting = [("", keras)]
    while waiting:
        path, module = waiting.pop()
        public = {name: value for name, value in vars(module).items() if not name.startswith("_")}
        names = {name for name, value in public.items() if not isinstance(value, types.ModuleType)}
        if names:
            found[path] = names
        waiting += [
            (f"{path}.{name}".lstrip("."), value)
            for name, value in public.items()
            if isinstance(value, types.ModuleType)
            and value.__name__.startswith(f"{module.__name__}.")
            and name not in NOT_KERAS
        ]
    return found


def has(path: str, name: str) -> bool:
    """Whether lamina offers it there."""
    try:
        return hasattr(importlib.import_module(f"lamina.{path}".rstrip(".")), name)
    except ModuleNotFoundError:
        return False


def reason(path: str) -> str:
    fitting = [start for start in REASONS if path == start or (start.endswith(".") and path.startswith(start))]
    if not fitting:
        raise SystemExit(f"{path} is neither there nor given a reason in {pathlib.Path(__file__).name}.")
    return REASONS[max(fitting, key=len)]


def table() -> str:
    lines = ["| namespace | names | there | left out, and why |", "| --- | --- | --- | --- |"]
    total = there_total = 0
    for path, names in sorted(keras_names().items()):
        missing = sorted(name for name in names if not has(path, name))
        why: dict[str, list[str]] = {}
        for name in missing:
            why.setdefault(reason(f"{path}.{name}".lstrip(".")), []).append(f"`{name}`")
        told = "; ".join(f"{', '.join(names)}: {text}" for text, names in why.items())
        lines.append(f"| `{path or 'keras'}` | {len(names)} | {len(names) - len(missing)} | {told} |")
        total, there_total = total + len(names), there_total + len(names) - len(missing)
    return "\n".join([*lines, f"| all | {total} | {there_total} | |"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    os.environ.setdefault("KERAS_BACKEND", "jax")
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(START)
    new = f"{before}{START}\n{table()}\n{END}{rest.split(END)[1]}"
    if new != text and not check:
        PAGE.write_text(new, encoding="utf-8")
    if new != text and check:
        print(f"{PAGE.name} is out of date; run python scripts/compatibility.py")
    return int(check and new != text)


if __name__ == "__main__":
    sys.exit(main())
