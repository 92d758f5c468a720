# Written by scripts/make_face.py; do not edit.

from lamina.tables._contributions import Contributions as Contributions
from lamina.tables._importance import Importance as Importance
from lamina.tables._errors import TableError as TableError
from lamina.tables._model import TableModel as TableModel
from lamina.tables._model import load_table_model as load_table_model
