"""Imports go down only: no module imports from its own floor's users, and nothing runs in a circle."""

import ast
import pathlib

import pytest

ROOT = pathlib.Path(__file__).parent.parent / "src" / "lamina"

# Package or module -> floor. Public faces that only re-export lazily stand on top.
FLOORS = {
    "_public": 0, "_settings": 0, "_checks": 0, "_telling": 0, "_deprecation": 0, "_names": 0, "_lazy": 0, "_where": 0,
    "_typing": 0, "_blas": 0, "_extras": 0, "_hints": 0, "_interrupts": 0, "_elsewhere": 0, "_markup": 0, "_symbols": 0,
    "_weak_cache": 0, "tree": 0,
    "engines": 1,
    "ops": 2, "random": 2, "config": 2, "distribution": 2,
    "variables": 3,
    "activations": 4, "constraints": 4, "initializers": 4, "losses": 4, "metrics": 4, "optimizers": 4, "regularizers": 4,
    "quantizers": 4,
    "layers": 5, "data": 5,
    "training": 6, "export": 6, "saving": 6, "viewing": 6, "plot": 6, "diagnosis": 6, "utils": 6, "datasets": 6,
    "models": 7,
    "cli": 8, "compat": 8, "__main__": 8, "tables": 8, "serving": 8, "playground": 8,
    "backend": 8, "callbacks": 8, "dtype_policies": 8, "mixed_precision": 8, "preprocessing": 8,
    "applications": 8, "wrappers": 8, "distillation": 8, "legacy": 8,
    "visualization": 8,
}  # fmt: skip

# Within one floor, who may use whom: the order in which they stand.
WITHIN = {
    4: ["quantizers", "regularizers", "constraints", "initializers", "activations", "losses", "metrics", "optimizers"],
    6: ["saving", "viewing", "plot", "diagnosis", "training", "export", "utils", "datasets"],
    5: ["layers", "data"],
    2: ["ops", "random", "config", "distribution"],
    8: [
        "visualization",
        "preprocessing",
        "applications",
        "wrappers",
        "distillation",
        "legacy",
        "backend",
        "compat",
        "callbacks",
        "dtype_policies",
        "mixed_precision",
        "tables",
        "serving",
        "playground",
        "cli",
        "__main__",
    ],
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
            names = [a.name for a in node.names if a.name.split(".")[0] == "lamina"]
            yield from ((n.partition(".")[2].split(".")[0], node.lineno) for n in names)
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


def imports_in_functions(tree):
    """Modules imported inside functions, with the line; a relative import has the module ""."""
    for function in ast.walk(tree):
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            for node in ast.walk(function):
                if isinstance(node, ast.Import):
                    yield from ((alias.name, node.lineno) for alias in node.names)
                elif isinstance(node, ast.ImportFrom):
                    yield "" if node.level else node.module, node.lineno


# Loaded at first need, since they take long or may be missing.
LATE = {
    "h5py",
    "matplotlib",
    "ml_dtypes",
    "narwhals",
    "rich",
    "huggingface_hub",
    "safetensors",
    "scipy",
    "torch",
    "jax",
}


def test_only_slow_libraries_are_imported_inside_functions():
    """A name of ours that must be imported inside a function lives on the wrong floor."""
    found = [
        f"{path.relative_to(ROOT)}:{line} {name or 'a module of ours'}"
        for path in modules()
        for name, line in imports_in_functions(ast.parse(path.read_text()))
        if name.split(".")[0] not in LATE
    ]
    assert not found, found


def files_by_module():
    found = {}
    for path in modules():
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[parts[:-1] if path.name == "__init__.py" else parts] = path
    return found


def imported_modules(module, path, files):
    """The modules of ours that a file imports, wherever in it, each as the tuple of its path."""
    package = module if path.name == "__init__.py" else module[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.ImportFrom):
            continue
        own = tuple(node.module.split(".")) if node.module else ()
        if node.level:
            base = (*package[: len(package) - node.level + 1], *own)
        elif own[:1] == ("lamina",):
            base = own[1:]
        else:
            continue
        for alias in node.names:
            target = (*base, alias.name)
            target = target if target in files else base
            if target in files and target != module:
                yield target


def circle_in(edges):
    """A list of modules each of which imports the next, the last one the first; None if there is none."""
    done, path = set(), []

    def visit(module):
        if module in path:
            return [*path[path.index(module) :], module]
        if module in done:
            return None
        path.append(module)
        found = next(filter(None, map(visit, edges[module])), None)
        path.pop()
        done.add(module)
        return found

    return next(filter(None, map(visit, edges)), None)


def test_no_module_imports_itself_by_way_of_others():
    """No circle, within a package either, and not hidden in a function."""
    files = files_by_module()
    circle = circle_in({module: sorted(set(imported_modules(module, path, files))) for module, path in files.items()})
    assert circle is None, " -> ".join(".".join(module) for module in circle)


def test_the_test_sees_a_circle():
    assert circle_in({"a": ["b"], "b": ["c"], "c": []}) is None
    assert circle_in({"a": ["b"], "b": ["c"], "c": ["b"]}) == ["b", "c", "b"]
    assert circle_in({"a": [], "b": ["b"]}) == ["b", "b"]
    hidden = "def f():\n    if True:\n        from ._x import y\n        import lamina as face\n"
    assert list(imports_in_functions(ast.parse(hidden))) == [("", 3), ("lamina", 4)]
