"""Passes over a traced program: Graph -> Graph, pure, each tested alone."""

from ._simplify import simplify as simplify
from ._stages import cut_into_stages as cut_into_stages
from ._stages import is_short as is_short
from ._stages import samples_of as samples_of
