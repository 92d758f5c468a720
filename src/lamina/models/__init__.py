"""Models: layers joined to a whole that can be trained, saved and looked at."""

from lamina.saving import load_model as load_model
from lamina.saving import save_model as save_model

from ._clone import clone_model as clone_model
from ._functional import Functional as Functional
from ._model import Model as Model
from ._model import model_from_json as model_from_json
from ._sequential import Sequential as Sequential
