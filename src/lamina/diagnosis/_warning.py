"""How `compile` and `fit` say what they found."""

from lamina._public import public

from ._finding import Finding


@public("diagnosis.DiagnosisWarning")
class DiagnosisWarning(UserWarning):
    """Something is wrong with a network; `finding` says what, where and what to write instead.

    The text begins with the id of the rule, by which `warnings.filterwarnings("ignore", "dropout-rate")` leaves it out.
    """

    def __init__(self, finding: Finding):
        super().__init__(_said(finding))
        self.finding = finding


@public("diagnosis.DiagnosisError")
class DiagnosisError(ValueError):
    """The same as an error, where `diagnose="error"` asks for it; `finding` is the most serious of `findings`."""

    def __init__(self, findings: list[Finding]):
        super().__init__("\n".join(map(_said, findings)))
        self.findings = findings
        self.finding = findings[0]


def _said(finding: Finding) -> str:
    where = f" in {finding.layer}" if finding.layer else ""
    return f"{finding.rule}{where}: {finding.message} Instead: {finding.fix}"
