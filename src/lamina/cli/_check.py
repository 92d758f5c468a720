"""`lamina check`: a program is run to its first fit, and what is wrong with the network is told instead."""

import json
from collections.abc import Sequence

from lamina.compat import run_script
from lamina.config._diagnosis import checking
from lamina.diagnosis._report import Report
from lamina.training._diagnosing import Looked

NEVER_FITTED = 3


def check_script(script: str, arguments: Sequence[str], as_json: bool) -> int:
    """Prints the findings; returns 0 for none, 1 for some, 3 if the program ended without a fit, else what it returned."""
    try:
        with checking():
            returned = run_script(script, arguments)
    except Looked as looked:
        report = Report(looked.findings)
        print(json.dumps(report.to_dict(), indent=2) if as_json else report)
        return int(bool(report))
    if returned == 0:
        print(f"{script}: the program ended without a fit, so that nothing could be looked at.")
    return returned or NEVER_FITTED
