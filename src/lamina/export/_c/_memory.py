"""Places in static arrays, one array a type: what is not needed any more gives its place to what comes."""

from dataclasses import dataclass, field


@dataclass(eq=False)
class Place:
    """So many elements of a type, from `start` on. `holders`: the ids of the values that lie here."""

    kind: str
    start: int
    size: int
    holders: set[int] = field(default_factory=set)


class Memory:
    """Hands out places, first fit; `peaks` are the sizes of the arrays."""

    def __init__(self) -> None:
        self.peaks: dict[str, int] = {}
        self.used: dict[str, list[Place]] = {}

    def take(self, kind: str, size: int) -> Place:
        """A place that no other one overlaps."""
        places = self.used.setdefault(kind, [])
        start, at = 0, 0
        for at, other in enumerate([*places, Place(kind, 1 << 62, 0)]):  # noqa: B007
            if other.start - start >= size:
                break
            start = other.start + other.size
        place = Place(kind, start, size)
        places.insert(at, place)
        self.peaks[kind] = max(self.peaks.get(kind, 0), start + size)
        return place

    def give_back(self, place: Place) -> None:
        self.used[place.kind].remove(place)
