"""The engine's modules stand in an order: none imports, at any depth, what imports it."""

import ast
import pathlib

from lamina.engines import native

ROOT = pathlib.Path(native.__file__).parent
MODULES = {p.relative_to(ROOT).with_suffix("").parts: p for p in ROOT.rglob("*.py")}


def imported_by(parts, path):
    """The engine's modules that a file names in its imports, wherever in it they stand."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and 0 < node.level <= len(parts):
            base = (*parts[: len(parts) - node.level], *(node.module or "").split("."))
            base = tuple(p for p in base if p)
            for name in node.names:
                # A module, a package, or what a module or a package defines.
                ways = ((*base, name.name), (*base, name.name, "__init__"), base, (*base, "__init__"))
                yield next(way for way in ways if way in MODULES)


def test_no_module_imports_what_imports_it():
    graph = {parts: set(imported_by(parts, path)) - {parts} for parts, path in MODULES.items()}
    assert ("_source",) in graph["_plan",] and ("layout", "__init__") in graph["_plan",]
    done = {}
    for parts in sorted(graph):
        order(graph, parts, done)


def order(graph, parts, done, path=()):
    assert parts not in path, " -> ".join("/".join(p) for p in (*path, parts))
    if parts not in done:
        for other in sorted(graph[parts]):
            order(graph, other, done, (*path, parts))
        done[parts] = True
