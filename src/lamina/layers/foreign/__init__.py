"""Layers around modules of the libraries that engines are made of."""
