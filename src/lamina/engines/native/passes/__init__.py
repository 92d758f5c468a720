"""Passes over a traced program: Graph -> Graph, pure, each tested alone."""

from ._simplify import simplify as simplify
