# Written by scripts/make_face.py; do not edit.

from lamina.config._switches import backend as backend
from lamina.viewing._machine import describe as describe
from lamina.config._switches import disable_interactive_logging as disable_interactive_logging
from lamina.config._switches import disable_traceback_filtering as disable_traceback_filtering
from lamina.variables._dtype_policy import dtype_policy as dtype_policy
from lamina.config._switches import enable_interactive_logging as enable_interactive_logging
from lamina.config._switches import enable_traceback_filtering as enable_traceback_filtering
from lamina._settings import epsilon as epsilon
from lamina._settings import floatx as floatx
from lamina._settings import image_data_format as image_data_format
from lamina.config._switches import is_interactive_logging_enabled as is_interactive_logging_enabled
from lamina.config._switches import is_traceback_filtering_enabled as is_traceback_filtering_enabled
from lamina.config._engine import num_threads as num_threads
from lamina.config._engine import set_backend as set_backend
from lamina.variables._dtype_policy import set_dtype_policy as set_dtype_policy
from lamina.config._engine import set_engine as set_engine
from lamina._settings import set_epsilon as set_epsilon
from lamina._settings import set_floatx as set_floatx
from lamina._settings import set_image_data_format as set_image_data_format
from lamina.config._engine import set_machine_code as set_machine_code
from lamina.config._engine import set_num_threads as set_num_threads
from lamina.viewing._machine import show as show
from lamina.config._engine import uses_machine_code as uses_machine_code
