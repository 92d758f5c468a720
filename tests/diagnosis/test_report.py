import json

import pytest

from lamina.diagnosis import Finding, Report


def finding(rule, severity, layer=None):
    return Finding(rule, severity, layer, "Seen 3 < 4.", "write 4", {"count": 3}, "docs/diagnosis.md#x")


def test_the_most_serious_stands_first_and_equals_keep_their_order():
    report = Report([finding("a", "info"), finding("b", "warning"), finding("c", "error"), finding("d", "error")])
    assert [f.rule for f in report] == ["c", "d", "b", "a"]


def test_it_prints_what_where_and_what_to_do():
    assert str(Report([finding("a", "error", "net/dense")])) == (
        "1 finding\n\nerror: a in net/dense\n  Seen 3 < 4.\n  Fix: write 4"
    )
    assert str(Report()) == "Nothing found."


def test_json_is_the_dict():
    report = Report([finding("a", "error", "net/dense"), finding("b", "info")])
    assert json.loads(report.to_json()) == report.to_dict()
    assert report.to_dict()["findings"][0] == {
        "rule": "a", "severity": "error", "layer": "net/dense", "message": "Seen 3 < 4.", "fix": "write 4",
        "evidence": {"count": 3}, "docs": "docs/diagnosis.md#x",
    }  # fmt: skip


@pytest.mark.parametrize(("findings", "shown"), [([], "Nothing found."), ([finding("a", "error", "<x>")], "&lt;x&gt;")])
def test_a_notebook_sees_escaped_html(findings, shown):
    assert shown in Report(findings)._repr_html_()
