"""The engine's array namespace and kernels, looked up once per name (the engine cannot change after its first use)."""

from typing import Any

from lamina.engines import engine


class _Lookup:
    def __init__(self, part: str | None):
        self._part = part

    def __getattr__(self, name: str) -> Any:
        source = engine if self._part is None else getattr(engine, self._part)
        value = getattr(source, name)
        self.__dict__[name] = value
        return value


xp: Any = _Lookup("xp")
kernels: Any = _Lookup("nn")
