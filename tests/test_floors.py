"""Imports go down only: no module imports from its own floor's users, and nothing runs in a circle."""

import ast
import pathlib

import pytest

ROOT = pathlib.Path(__file__).parent.parent / "src" / "lamina"

# Package or module -> floor. Public faces that only re-export lazily stand on top.
FLOORS = {
    "_public": 0, "_settings": 0, "_checks": 0, "_deprecation": 0, "_names": 0, "_lazy": 0, "_where": 0,
    "_blas": 0, "_extras": 0, "tree": 0,
    "engines": 1,
    "ops": 2, "random": 2, "config": 2,
    "variables": 3,
    "activations": 4, "constraints": 4, "initializers": 4, "losses": 4, "metrics": 4, "optimizers": 4, "regularizers": 4,
    "layers": 5, "data": 5,
    "training": 6, "saving": 6, "viewing": 6, "utils": 6, "datasets": 6,
    "models": 7,
    "cli": 8, "compat": 8, "__main__": 8,
    "backend": 8, "callbacks": 8, "dtype_policies": 8, "mixed_precision": 8, "preprocessing": 8,
}  # fmt: skip

# Within one floor, who may use whom: the order in which they stand.
WITHIN = {
    4: ["regularizers", "constraints", "initializers", "activations", "losses", "metrics", "optimizers"],
    6: ["saving", "viewing", "training", "utils", "datasets"],
    5: ["layers", "data"],
    2: ["ops", "random", "config"],
    8: ["preprocessing", "backend", "compat", "callbacks", "dtype_policies", "mixed_precision", "cli", "__main__"],
}


def modules():
    return sorted(p for p in ROOT.rglob("*.py") if p != ROOT / "__init__.py")


def own_imports(path):
    """Parts of the package that a file imports, with the line."""
    here = path.relative_to(ROOT).with_suffix("").parts
    package = here if path.name == "__init__.py" else here[:-1]
    package = package[:-1] if path.name == "__init__.py" else package
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [a.name for a in node.names if a.name.startswith("lamina.")]
            yield from ((n.split(".")[1], node.lineno) for n in names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                base = package[: len(package) - node.level + 1] if node.level > 1 else package
                target = (*base, *(node.module or "").split(".")) if node.module else base
                if target and target[0]:
                    yield target[0], node.lineno
                else:
                    yield from ((a.name, node.lineno) for a in node.names)
            elif node.module == "lamina":
                yield from ((a.name, node.lineno) for a in node.names if a.name != "__version__")
            elif (node.module or "").startswith("lamina."):
                yield node.module.split(".")[1], node.lineno


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_down(path):
    part = path.relative_to(ROOT).with_suffix("").parts[0]
    floor = FLOORS[part]
    for target, line in own_imports(path):
        if target == part:
            continue
        assert target in FLOORS, f"{path.name}:{line} imports lamina.{target}, which has no floor"
        below = FLOORS[target] < floor
        if FLOORS[target] == floor and floor in WITHIN:
            order = WITHIN[floor]
            below = order.index(target) < order.index(part)
        elif FLOORS[target] == floor == 0:
            below = True
        assert below, f"{path.name}:{line} on floor {floor} ({part}) imports lamina.{target} of floor {FLOORS[target]}"


def test_no_function_level_import_of_our_own_code():
    """A name that must be imported inside a function lives on the wrong floor."""
    allowed = {"_functional.py", "_model.py", "_engine.py"}  # a subclass made by its base; the version
    found = []
    for path in modules():
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
                for node in ast.walk(function):
                    if isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").startswith("lamina")):
                        if path.name not in allowed:
                            found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not found, found
