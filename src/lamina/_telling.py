"""What public functions and classes say of arguments that do not fit: a TypeError or ValueError, and all they were called with.

Checks of single arguments stand where they are taken (`_checks`). This is the net below them: whatever else goes wrong inside
because of an argument becomes one of these errors too, with a note that names the arguments.
"""

import functools
import inspect
import linecache
import os
import re
from collections.abc import Callable, Mapping
from typing import Any, get_args

_LAMINA, _PYTHON = os.path.dirname(os.path.abspath(__file__)) + os.sep, os.path.dirname(os.__file__) + os.sep
_PACKAGES = frozenset(("numpy", "jax", "jaxlib", "torch", "ml_dtypes", "opt_einsum", "scipy", "array_api_compat"))
# What an argument of a wrong type does inside, and one of a wrong value; torch says RuntimeError for either.
_OF_TYPE: tuple[type[Exception], ...] = (AttributeError,)
_OF_VALUE: tuple[type[Exception], ...] = (
    LookupError, ArithmeticError, AssertionError, RecursionError, RuntimeError, StopIteration, NameError,
)  # fmt: skip
# What JAX calls a TypeError, and is one of a value: shapes and axes that do not fit.
_OF_SHAPES = re.compile("incompatible shapes|permutation|have the same shape|unknown axis size|cannot reshape array")
# What engines call an error of their own where Python and NumPy have MemoryError.
_OF_MEMORY = re.compile("RESOURCE_EXHAUSTED|can't allocate memory|out of memory", re.IGNORECASE)
_NO_NUMBER = (str, bytes, dict)
_LONGEST = 60
_START = "Called as "


def telling(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """`function`, whose errors tell what it was called with; `name` is what messages call it."""

    numbers = numbers_of(function)

    @functools.wraps(function)
    def told(*args: Any, **kwargs: Any) -> Any:
        try:
            if kwargs:
                refuse_texts(kwargs, numbers, name)
            return function(*args, **kwargs)
        except Exception as error:
            found = explained(error, name, lambda: named(function, args, kwargs))
            if found is error:
                raise
            raise found from error

    return told


def numbers_of(function: Callable[..., Any]) -> frozenset[str]:
    """The arguments that are numbers by default, and may not be texts by their annotation."""
    types = getattr(inspect.unwrap(function), "__annotations__", {})
    return frozenset(
        name
        for _, name, default in _defaults_of(function)
        if type(default) in (int, float) and str not in get_args(types.get(name))
    )


def _defaults_of(function: Callable[..., Any]) -> list[tuple[int, str, Any]]:
    """Place, name and default of the arguments that have one. `inspect.signature` would take a fifth of the first import."""
    plain = inspect.unwrap(function, stop=lambda f: hasattr(f, "__signature__"))
    code = getattr(plain, "__code__", None)
    if code is None or hasattr(plain, "__signature__"):
        parameters = enumerate(inspect.signature(function).parameters.values())
        return [(i, p.name, p.default) for i, p in parameters if p.default is not p.empty]
    by_name = dict(plain.__kwdefaults__ or {})
    values = plain.__defaults__ or ()
    last = code.co_argcount
    by_name |= zip(code.co_varnames[last - len(values) : last], values)
    names = code.co_varnames[: last + code.co_kwonlyargcount]
    return [(i, name, by_name[name]) for i, name in enumerate(names) if name in by_name]


def refuse_texts(given: Mapping[str, Any], numbers: frozenset[str], where: str) -> None:
    """Raises TypeError for a text or a dict in the place of a number."""
    for name, value in given.items():
        if value.__class__ in _NO_NUMBER and name in numbers:
            raise TypeError(f"{where}: {name} must be a number; got {value!r}.")


def telling_method(method: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a method; messages call it by the class of the object.

    An `__init__` also looks whether what is a number or a flag by default is given one.
    """
    suffix = "" if method.__name__ in ("__init__", "__call__") else f".{method.__name__}"
    checks = _checks_of(method) if method.__name__ == "__init__" else ()

    @functools.wraps(method)
    def told(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            result = method(self, *args, **kwargs)
            for place, name, accepts, what in checks:  # afterwards: the method may have better words
                value = args[place] if place < len(args) else kwargs.get(name)
                if value is not None and not accepts(value):
                    raise TypeError(f"{type(self).__name__}: {name} must be {what}; got {describe(value)}.")
            return result
        except Exception as error:
            name = f"{type(self).__name__}{suffix}"
            found = explained(error, name, lambda: named(method, (self, *args), kwargs))
            if found is error:
                raise
            raise found from error

    told.is_telling = True  # type: ignore[attr-defined]
    return told


def _checks_of(method: Callable[..., Any]) -> tuple[tuple[int, str, Callable[[Any], bool], str], ...]:
    """Place, name, test and words for the arguments that are numbers or flags by default."""
    rules = {
        int: (_may_be_number, "a number"), float: (_may_be_number, "a number"), bool: (_may_be_flag, "True or False"),
    }  # fmt: skip
    defaults = _defaults_of(method)  # places count the object itself
    return tuple((i - 1, name, *rules[type(default)]) for i, name, default in defaults if type(default) in rules)


def _may_be_number(value: Any) -> bool:
    """Whether it is a number, several, or what gives numbers (a tensor, a schedule, an initializer)."""
    dtype = getattr(value, "dtype", None)
    kind = getattr(dtype, "kind", "f")
    return not isinstance(value, (str, bytes, dict, set, complex, type)) and kind in "fiubV"


def _may_be_flag(value: Any) -> bool:
    return not isinstance(value, (str, bytes, dict, set, list, tuple, complex)) and not getattr(value, "shape", ())


def explained(error: Exception, name: str, arguments: Callable[[], Mapping[str, Any]]) -> Exception:
    """The error with a note of the call; another one, if it is of a kind that says nothing of arguments.

    What comes from code of the user's (a function that was given) stays as it is, and so does what Python says of a call.
    """
    inner = error.__traceback__.tb_next if error.__traceback__ is not None else None
    if inner is None or not _is_ours(inner):
        return error
    found = translated(error, name, arguments)
    if isinstance(found, (TypeError, ValueError)):
        _note(found, name, arguments())
    return found


def translated(error: Exception, name: str, arguments: Callable[[], Mapping[str, Any]]) -> Exception:
    """The error itself if it is of a kind that speaks of arguments or of none, else a TypeError or ValueError in its place."""
    inner = error.__traceback__.tb_next if error.__traceback__ is not None else None
    is_of_shapes = type(error) is TypeError and _OF_SHAPES.search(str(error)) is not None
    if (isinstance(error, (TypeError, ValueError)) and not is_of_shapes) or inner is None or not _is_ours(inner):
        return error
    if isinstance(error, RuntimeError) and _OF_MEMORY.search(str(error)):
        return MemoryError(f"{name}: {_listing(arguments())} ({error}).")
    is_of_value = is_of_shapes or isinstance(error, _OF_VALUE)
    kind = TypeError if isinstance(error, _OF_TYPE) else ValueError if is_of_value else None
    if kind is None or isinstance(error, NotImplementedError) or _is_of_tracing(error) or _is_meant(inner):
        return error
    given = _listing(arguments())
    return kind(f"{name}: these arguments do not go together: {given} ({type(error).__name__}: {error}).")


def _is_of_tracing(error: Exception) -> bool:
    """Whether an engine says so that it cannot trace; who asked for the trace waits for that very kind, and goes on without."""
    return type(error).__module__.startswith(("torch.fx", "torch._", "jax.", "jax_"))


def named(function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a call by name, without the object itself."""
    try:
        signature = inspect.signature(function)
        found = dict(signature.bind(*args, **kwargs).arguments)
    except (TypeError, ValueError):
        return dict(kwargs)
    found.pop("self", None)
    rest = [p.name for p in signature.parameters.values() if p.kind is p.VAR_KEYWORD and p.name in found]
    further = found.pop(rest[0]) if rest else {}
    return {**found, **further}


def describe(value: Any) -> str:
    """A value in few words: shape and dtype of a tensor, else what Python writes, shortened."""
    if hasattr(value, "shape") and hasattr(value, "dtype") and not isinstance(value, type):
        shape = ",".join(map(str, value.shape))
        return f"{getattr(value.dtype, 'name', value.dtype)}({shape})".removeprefix("torch.")
    if type(value) in (list, tuple) and len(value) <= 8:
        return f"[{', '.join(map(describe, value))}]"
    try:
        text = repr(value)
    except Exception:
        text = f"<{type(value).__name__}>"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _is_ours(traceback: Any) -> bool:
    """Whether no code of the user's took part below."""
    while traceback is not None:
        if not _is_inside(traceback.tb_frame.f_code.co_filename):
            return False
        traceback = traceback.tb_next
    return True


@functools.cache
def _is_inside(file: str) -> bool:
    """Whether it is a file of lamina, of Python, or of a package that lamina calculates with."""
    _, installed, rest = file.rpartition("-packages" + os.sep)
    if file.endswith((".pyx", ".pxd")) or file.startswith((_LAMINA, "<lamina", "<frozen", "<__array_function__")):
        return True
    return rest.partition(os.sep)[0] in _PACKAGES if installed else file.startswith(_PYTHON)


def _is_meant(traceback: Any) -> bool:
    """Whether the error was raised by a line of ours, which chose its kind and its words."""
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    file = traceback.tb_frame.f_code.co_filename
    return file.startswith(_LAMINA) and linecache.getline(file, traceback.tb_lineno).lstrip().startswith("raise ")


def _note(error: Exception, name: str, arguments: Mapping[str, Any]) -> None:
    """Notes of the innermost call and of the outermost, which is the one that the user wrote."""
    notes = getattr(error, "__notes__", [])
    for note in [note for note in notes if note.startswith(_START)][1:]:
        notes.remove(note)
    error.add_note(f"{_START}{name}({_listing(arguments)}).")


def _listing(arguments: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={describe(value)}" for name, value in arguments.items())
