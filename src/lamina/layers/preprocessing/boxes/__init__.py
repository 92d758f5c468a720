"""Boxes around the things in images: their formats, what moving an image does to them, how much they overlap."""
