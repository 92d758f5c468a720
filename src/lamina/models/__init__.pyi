# Written by scripts/make_face.py; do not edit.

from lamina.models._model import Model as Model
from lamina.models._sequential import Sequential as Sequential
from lamina.models._clone import clone_model as clone_model
from lamina.saving._api import load_model as load_model
from lamina.models._model import model_from_json as model_from_json
from lamina.saving._api import save_model as save_model
