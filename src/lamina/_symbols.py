"""Classes of what stands for a tensor without values. Arrays of engines leave operators and functions with one of them to it."""

SYMBOLIC: set[type] = set()
