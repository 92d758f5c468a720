# Written by scripts/make_face.py; do not edit.

from lamina.compat._install import install as install
from lamina.compat._run import run_module as run_module
from lamina.compat._run import run_script as run_script
from lamina.compat._install import uninstall as uninstall
