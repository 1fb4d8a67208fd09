"""The seven extensions: what each instance is bound to, whether it does anything, and how it is set.

A module an extension, and in each of them `read`. What an instance does not tell, because another version keeps it
elsewhere, is left out: `Instance.facts` then has ``unread``, the names of what could not be read.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any

from keck.live.extensions.reading import Reading
from keck.live.record import Instance
from keck.live.scan import CLASSES, Held, Scan

_ORDER = ("this", "both", "unknown", "other", "never")


def instances(app: Any, scan: Scan) -> tuple[Instance, ...]:  # noqa: ANN401 - Flask is not imported here
    """Return every instance of the seven, those bound to the app first.

    What is bound without an instance that could be found, as ``CORS(app)`` leaves it, is told as well.
    """
    found = [one for held in scan.held for one in told(held.extension, held, app, scan)]
    found += [one for extension in ("cors", "mail") for one in told(extension, None, app, scan)]
    places = list(CLASSES)
    return tuple(sorted(found, key=lambda one: (_ORDER.index(one.bound), places.index(one.extension), one.name)))


def told(extension: str, held: Held | None, app: Any, scan: Scan) -> Iterable[Instance]:  # noqa: ANN401 - as above
    """Yield the instance as its extension's module reads it; for no instance, what is bound without one."""
    module: Any = importlib.import_module(f"keck.live.extensions.{extension}")
    try:
        readings: list[Reading] = [module.read(held, app, scan)] if held else module.unheld(app, scan)
    except Exception as error:  # noqa: BLE001 - one broken instance leaves the rest readable
        readings = [Reading("unknown", facts={"unread": [type(error).__name__]})] if held else []
    for one in readings:
        yield Instance(
            extension,
            held.name if held else "",
            held.names if held else (),
            one.spot or (held.spot if held else Instance(extension).spot),
            one.bound,
            one.twice,
            one.others,
            one.inert,
            one.drift,
            one.facts,
        )
