"""Layers at the core of most networks."""
