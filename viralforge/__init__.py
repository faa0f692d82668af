"From a brief to a narrated vertical short video, with a quality report and a cost report that can be trusted."

__version__ = "0.1.0"

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from viralforge.briefs import read_brief
    from viralforge.pipeline import Draft, make_film
    from viralforge.record import Film, open_film
    from viralforge.runs import write_page
    from viralforge.types import Brief

_ROOMS = {
    "Brief": "types", "Draft": "pipeline", "Film": "record", "make_film": "pipeline", "open_film": "record", "read_brief": "briefs",
    "write_page": "runs",
}  # fmt: skip
__all__ = ["Brief", "Draft", "Film", "make_film", "open_film", "read_brief", "write_page"]


def __getattr__(name: str) -> Any:
    "The names above are imported when they are first used, so that the package itself loads at once."
    if name not in _ROOMS:
        raise AttributeError(f"module 'viralforge' has no attribute {name!r}")
    from importlib import import_module

    found = globals()[name] = getattr(import_module(f"viralforge.{_ROOMS[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
