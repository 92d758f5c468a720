# Written by scripts/make_face.py; do not edit.

from lamina.export._archive import ExportArchive as ExportArchive
from lamina.export._errors import ExportError as ExportError
from lamina.export._formats import export_model as export_model
