"""The page, put together."""

from lamina._markup._html import Markup, bullets, element, joined, number, paragraph
from lamina.saving._writer import write_bytes

from .._target import NUMBER, TWO_CLASSES
from ._calibration import calibration_plot
from ._classes import classes_section
from ._columns import columns_section
from ._curves import training_section
from ._decisions import threshold_plots
from ._findings import Findings
from ._models import models_section
from ._residuals import residuals_section
from ._style import STYLE
from ._table import table_section
from ._worst import worst_section

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"  # nothing is fetched, nothing is run


def write_page(path: str, findings: Findings) -> None:
    """Writes the report, whole or not at all. Raises OSError if it cannot be written."""
    write_bytes(path, page_of(findings).encode("utf-8", "replace"))


def page_of(findings: Findings) -> str:
    """The report as HTML."""
    head = element(
        "head", Markup('<meta charset="utf-8">'),
        Markup('<meta name="viewport" content="width=device-width,initial-scale=1">'),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),
        element("title", findings.title), element("style", Markup(STYLE)),
    )  # fmt: skip
    return f"<!doctype html>\n{element('html', head, element('body', element('main', *_sections(findings))))}\n"


def _sections(findings: Findings) -> list[Markup | None]:
    is_number = findings.target.kind == NUMBER
    return [
        _opening(findings),
        table_section(findings),
        models_section(findings),
        training_section(findings),
        residuals_section(findings) if is_number else classes_section(findings),
        None if is_number else _probabilities(findings),
        columns_section(findings),
        worst_section(findings),
        _closing(findings),
    ]


def _opening(findings: Findings) -> Markup:
    tiles = [
        element("div", element("b", number(value), _spread(findings, name)), element("span", name))
        for name, value in findings.figures.items()
    ]
    warned = bullets(findings.cautions, "warn")
    return joined([
        element("h1", findings.title), paragraph(findings.summary["result"], kind="lead"),
        element("div", *tiles, class_="tiles"), paragraph(findings.judged, kind="soft"), warned,
    ])  # fmt: skip


def _spread(findings: Findings, name: str) -> Markup | None:
    if name not in findings.spread:
        return None
    return element("span", f" ± {findings.spread[name]:.2g}")


def _probabilities(findings: Findings) -> Markup:
    plots, table = threshold_plots(findings) if findings.target.kind == TWO_CLASSES else ([], None)
    plots = [calibration_plot(findings), *plots]
    return joined([element("h2", "Probabilities"), element("div", *plots, class_="plots"), table])


def _closing(findings: Findings) -> Markup:
    about = findings.summary
    return joined([
        element("h2", "Once more"), paragraph("The same fit again, to the same figures:"),
        element("pre", element("code", about["command"])),
        element("footer", f"lamina {about['lamina']}. One file: nothing in it is fetched, nothing is run."),
    ])  # fmt: skip
