"""Which model was written and why."""

from typing import Any

from lamina._markup._html import Markup, bullets, element, joined, number, paragraph, rows_table

from ._findings import Findings


def models_section(findings: Findings) -> Markup:
    """The figures of all models beside each other, how the rows were divided, and why the network ends as it does."""
    about = findings.summary
    by_model, spread = about["test"], about["spread"]
    rows = [
        (
            metric,
            *(
                number(figures.get(metric)) + (f" ± {spread[name][metric]:.2g}" if spread and metric in figures else "")
                for name, figures in by_model.items()
            ),
        )
        for metric in next(iter(by_model.values()))
    ]
    head = "mean ± spread over the folds" if spread else "on the test rows"
    return joined([
        element("h2", "The choice"), paragraph(about["result"]),
        paragraph(about["decision"]) if about.get("decision") else None, rows_table((head, *by_model), rows),
        paragraph(f"The rows: {about['split']}"), paragraph(about["network"]) if about.get("network") else None,
        element("h3", "Output and loss"), bullets(about["output"]["why"]), _soundness(about.get("soundness")),
    ])  # fmt: skip


def _soundness(found: list[dict[str, Any]] | None) -> Markup | None:
    """What the rules of `lamina.diagnose` say of the network; None if there is none."""
    if found is None:
        return None
    said = [f"{one['severity']}: {one['rule']}: {one['message']} {one['fix']}" for one in found]
    return joined(
        [element("h3", "Is the network sound?"), bullets(said, "warn") if said else paragraph("Nothing found.")]
    )
