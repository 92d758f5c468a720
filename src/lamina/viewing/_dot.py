"""A picture of a model for Graphviz, by pydot."""

import importlib
from html import escape
from typing import Any

from ._model_picture import Box, Picture


def dot(picture: Picture, rankdir: str, dpi: int, splines: str, is_subgraph: bool) -> Any:
    """A `pydot.Dot`, or a `pydot.Cluster` that a graph of the caller's can hold."""
    pydot = importlib.import_module("pydot")
    if is_subgraph:
        graph = pydot.Cluster("model", style="rounded")
    else:
        graph = pydot.Dot(graph_type="digraph", rankdir=rankdir, dpi=str(dpi), splines=splines, compound="true")
        graph.set_node_defaults(shape="none", fontname="Helvetica", margin="0")
    _fill(pydot, graph, picture, "n")
    return graph


def _fill(pydot: Any, graph: Any, picture: Picture, prefix: str) -> None:
    for i, box in enumerate(picture.boxes):
        if box.inside is None:
            graph.add_node(pydot.Node(f"{prefix}_{i}", label=_label(box), shape="none"))
        else:
            cluster = pydot.Cluster(f"{prefix}_{i}", label=box.title, style="rounded", fontname="Helvetica")
            _fill(pydot, cluster, box.inside, f"{prefix}_{i}")
            graph.add_subgraph(cluster)
    for source, target in picture.arrows:
        graph.add_edge(pydot.Edge(_end(picture, source, prefix, -1), _end(picture, target, prefix, 0)))


def _end(picture: Picture, i: int, prefix: str, which: int) -> str:
    """The node at which an arrow ends: of a model inside, its first or last."""
    name, box = f"{prefix}_{i}", picture.boxes[i]
    if box.inside is None:
        return name
    return _end(box.inside, which % len(box.inside.boxes), name, which)


def _label(box: Box) -> str:
    columns = max((len(line) for line in box.lines), default=1)
    rows = [
        f'<tr><td colspan="{columns}" bgcolor="#37474f"><font color="white"><b>{escape(box.title)}</b></font></td></tr>'
    ]
    for line in box.lines:
        span = columns // len(line)
        rows.append("<tr>" + "".join(f'<td colspan="{span}">{escape(cell)}</td>' for cell in line) + "</tr>")
    return f'<<table border="0" cellborder="1" cellspacing="0" cellpadding="6">{"".join(rows)}</table>>'
