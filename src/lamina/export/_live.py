"""Leaves out of a program what matters to training alone, and what nobody reads then."""

from ._program import Program, Value, subprograms

# Primitives that give their first inputs, as something else to differentiation.
TRANSPARENT = {"identity", "stop_gradient", "with_gradient"}


def without_training(program: Program) -> Program:
    """The same outputs with fewer calls; of the programs inside too."""
    stands: dict[int, Value] = {}
    calls = []
    for call in program.calls:
        call.inputs = [stands.get(id(v), v) for v in call.inputs]
        if call.name in TRANSPARENT:
            stands.update((id(out), v) for out, v in zip(call.outputs, call.inputs))
        else:
            calls.append(call)
    program.outputs = [stands.get(id(v), v) for v in program.outputs]
    needed = {id(v) for v in program.outputs}
    program.calls = []
    for call in reversed(calls):
        if any(id(v) in needed for v in call.outputs):
            program.calls.insert(0, call)
            needed.update(id(v) for v in call.inputs)
            for inner in subprograms(call.params):
                without_training(inner)
    return program
