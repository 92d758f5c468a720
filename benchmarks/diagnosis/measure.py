"""How many faults lamina names, how often it cries wolf, and whether what it says to write instead helps.

    python benchmarks/diagnosis/measure.py tuning [--show] [--train]
    python benchmarks/diagnosis/measure.py final [--train]

Faults are planted (`programs.py`) and reported (`reported.py`); programs that are right are those of the same tasks
and unusual ones (`unusual.py`). found: a rule that is right for the fault speaks, in `diagnose` or, where that finds
nothing, while `fit` trains (reported and unusual programs). layer: at the right layer, where there is one. fix: the
line to write instead is of the part that was planted. alarms: programs that are right, with a finding. With
`--train`, the fix that a finding tells is applied and the network trained, as `mend.py` says; of several findings the
first is mended.
"""

import argparse
import warnings
from dataclasses import dataclass, field

import mend
import programs
import reported
import unusual

import lamina


@dataclass
class Faulty:
    """A faulty program: what makes its setup, which rules are right, the layer's name, the fix's part, the healthy original."""

    name: str
    make: object
    rules: tuple
    layer: str | None
    fix: str | None = None
    original: object = None
    in_fit: bool = False
    found: list = field(default_factory=list)


def faulty_of(part):
    """All faulty programs of a part."""
    planted = [
        Faulty(p.name, p.setup, (rule,), layer, fix, original)
        for p, original, (rule, layer, fix) in programs.faulty()
        if p.part == part
    ]
    told = [
        Faulty(name, function, rules, "at" if placed else None, in_fit=True)
        for name, rules, placed, function in reported.programs(part)
    ]
    return planted, told


def healthy_of(part):
    """All programs of a part that are right: names, and what makes their setups."""
    plain = [(p.name, p.setup) for p in programs.healthy() if p.part == part]
    return plain, unusual.programs(part)


def made(make):
    """A setup with the weights of the seed, and layers that are named alike each time."""
    lamina.utils.clear_session()
    lamina.utils.set_random_seed(0)
    return make()


def findings(make, in_fit):
    """What is said of a program before it trains, and if that is nothing, while it does."""
    setup = made(make)
    model = setup.compiled()
    found = list(lamina.diagnose(model, setup.x, setup.y, **setup.options))
    if found or not in_fit:
        return found
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(setup.x, setup.y, epochs=setup.epochs, verbose=0, diagnose="warn", **setup.options)
    return [w.message.finding for w in caught if isinstance(w.message, lamina.diagnosis.DiagnosisWarning)]


def judge(program, tell):
    """Whether the fault is named, and where."""
    program.found = findings(program.make, program.in_fit)
    named = next((f for f in program.found if f.rule in program.rules), None)
    right = named is not None and program.layer in (None, (named.layer or "").rpartition("/")[2])
    fix = named is not None and (program.fix is None or program.fix in named.fix)
    if len(program.found) != 1 or not right or not fix:
        tell(program.name, [(f.rule, f.layer, f.fix) for f in program.found])
    return named is not None, right, fix


_SKILLS = {}  # before a fault was planted, by task and seed


def skill_before(program):
    """The skill before the fault was planted: one for each task and seed, with which the name ends."""
    kind = program.name.partition("/")[2]
    if kind not in _SKILLS:
        _SKILLS[kind] = mend.skill(made(program.original))
    return _SKILLS[kind]


def trains(program, tell):
    """Skills of the network as it is, mended, and before the fault was planted."""
    before = mend.skill(made(program.make))
    mended = mend.mended(made(program.make), program.found[0]) if program.found else None
    after = mend.skill(mended) if mended is not None else 0.0
    goal = max(0.5, 0.8 * skill_before(program)) if program.original else 0.5
    if after < goal:
        what = (program.found[0].rule, program.found[0].fix) if program.found else None
        tell(f"{program.name}: {before:.2f}, mended {after:.2f} of {goal:.2f}", "" if mended else "not applied", what)
    return before >= goal, after >= goal


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("tuning", "final"))
    parser.add_argument("--show", action="store_true", help="print each program of tuning that is judged wrongly")
    parser.add_argument("--train", action="store_true", help="apply the fixes and train")
    parser.add_argument("--only", choices=("planted", "reported", "plain", "unusual"), help="one group of programs")
    arguments = parser.parse_args()
    lamina.config.set_diagnosis("off")
    tell = print if arguments.show and arguments.part == "tuning" else lambda *_: None
    for title, group in zip(("planted", "reported"), faulty_of(arguments.part)):
        if arguments.only not in (None, title):
            continue
        judged = [judge(program, tell) for program in group]
        n, placed = len(group), [r for p, r in zip(group, judged) if p.layer]
        found, fix = sum(j[0] for j in judged), sum(j[2] for j in judged)
        places = f"{sum(r[1] for r in placed) / len(placed):.1%} of {len(placed)}"
        print(
            f"{arguments.part}, {title}: {n} faulty programs, found {found / n:.1%}, layer {places}, "
            f"fix {fix / n:.1%}, findings a program {sum(len(p.found) for p in group) / n:.2f}"
        )
        if arguments.train:
            trained = [trains(program, tell) for program in group]
            print(
                f"  train {sum(t[0] for t in trained) / n:.1%} as they are, {sum(t[1] for t in trained) / n:.1%} mended"
            )
    for title, group in zip(("plain", "unusual"), healthy_of(arguments.part)):
        if arguments.only not in (None, title):
            continue
        alarms = 0
        for name, make in group:
            found = findings(make, title == "unusual")
            alarms += bool(found)
            if found:
                tell("right:", name, [(f.rule, f.message) for f in found])
        print(
            f"{arguments.part}, {title}: {len(group)} programs that are right, false alarms {alarms / len(group):.1%}"
        )


if __name__ == "__main__":
    main()
