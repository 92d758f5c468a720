"""How many planted faults `lamina.diagnose` names, and how often it cries wolf.

    python benchmarks/diagnosis/measure.py tuning [--show]
    python benchmarks/diagnosis/measure.py final

found: the planted rule is named. layer: at the right layer, where there is one. fix: the line to write instead is of the part
that was planted (the program is not trained anew). alarms: healthy programs with a finding.
"""

import argparse

from programs import faulty, healthy

import lamina


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=("tuning", "final"))
    parser.add_argument("--show", action="store_true", help="print each program that is judged wrongly")
    arguments = parser.parse_args()
    lamina.config.set_diagnosis("off")
    tell = print if arguments.show and arguments.part == "tuning" else lambda *_: None
    counts = dict.fromkeys(("programs", "found", "placed", "layer", "fix", "findings", "healthy", "alarms"), 0)
    for program, (rule, layer, fix) in faulty():
        if program.part == arguments.part:
            report = lamina.diagnose(program.model(), program.x, program.y, **program.options)
            named = next((f for f in report if f.rule == rule), None)
            right = named is not None and (layer is None or (named.layer or "").endswith(f"/{layer}"))
            counts["programs"] += 1
            counts["findings"] += len(report)
            counts["found"] += named is not None
            counts["placed"] += layer is not None
            counts["layer"] += right and layer is not None
            counts["fix"] += named is not None and fix in named.fix
            if len(report) != 1 or not right or fix not in named.fix:
                tell(program.name, [(f.rule, f.layer, f.fix) for f in report])
    for program in healthy():
        if program.part == arguments.part:
            report = lamina.diagnose(program.model(), program.x, program.y, **program.options)
            counts["healthy"] += 1
            counts["alarms"] += bool(report)
            if report:
                tell("healthy:", program.name, [(f.rule, f.message) for f in report])
    n = counts["programs"]
    print(f"{arguments.part}: {n} faulty programs, {counts['healthy']} healthy ones")
    print(
        f"found {counts['found'] / n:.1%}, layer {counts['layer'] / counts['placed']:.1%}, fix {counts['fix'] / n:.1%}"
    )
    print(
        f"findings a faulty program {counts['findings'] / n:.2f}, false alarms {counts['alarms'] / counts['healthy']:.1%}"
    )


if __name__ == "__main__":
    main()
