"""From the text of a module to functions that ctypes can call: parsed, optimised for this processor and made by LLVM."""

import ctypes
import os
import threading
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from lamina._extras import require
from lamina._lazy import lazy_module

from . import _cache

llvm = lazy_module("llvmlite.binding")
llvmlite = lazy_module("llvmlite")
_lock = threading.Lock()  # LLVM's state is the process's
if hasattr(os, "register_at_fork"):  # a child must not find LLVM at work, and nobody at work on it
    os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)
# How modules are compiled, in the names of what is kept: whoever changes that counts on.
_RECIPE = "1"


@cache
def _start() -> None:
    require("llvmlite", "fast", "Machine code")
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()


@cache
def _host() -> tuple[str, str]:
    """The processor at hand, and all its instructions."""
    return llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()


def _machine(quick: bool) -> Any:
    name, features = _host()
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(cpu=name, features=features, opt=0 if quick else 2, jit=True)


class Library:
    """The functions of one module, in memory for as long as this object lives: who calls one must keep it.

    quick: whether LLVM takes the text as it is, and makes nothing of it that would run faster.
    """

    def __init__(self, text: str, quick: bool = False):
        with _lock:
            _start()
            machine = _machine(quick)
            recipe = _RECIPE + " quick" * quick
            key = _cache.key_of(recipe, llvmlite.__version__, str(llvm.llvm_version_info), *_host(), text)
            code = _cache.read(key)
            if code is None:
                code = _compiled(text, machine, quick)
                _cache.write(key, code)
            self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
            self._engine.add_object_file(llvm.ObjectFileRef.from_data(code))
            self._engine.finalize_object()

    def function(self, name: str, *arguments: Any) -> Callable[..., None]:
        """The function of that name, which takes arguments of these ctypes and holds no lock of Python's."""
        address = self._engine.get_function_address(name)
        return ctypes.CFUNCTYPE(None, *arguments)(address)


def _compiled(text: str, machine: Any, quick: bool) -> bytes:
    module = llvm.parse_assembly(text)
    if quick:
        return machine.emit_object(module)
    # Without unrolling, which takes several times as long and gains nothing that was measured: loops over vectors are what
    # counts, and these keep several vectors in flight.
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    options.loop_vectorization, options.loop_unrolling = True, False
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
    return machine.emit_object(module)


@lru_cache(maxsize=256)
def library(text: str, quick: bool) -> Library:
    """The functions of a module; the same text is not compiled again soon."""
    return Library(text, quick)


def define_symbol(name: str, address: int) -> None:
    """Lets modules call what is at that address by this name."""
    _start()
    llvm.add_symbol(name, address)
