"""Functions of images (`lamina.ops.image`)."""

from ._image import resize as resize
