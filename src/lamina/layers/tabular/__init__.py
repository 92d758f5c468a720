"""Layers for the columns of tables."""
