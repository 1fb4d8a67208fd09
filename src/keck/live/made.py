"""Where the app was made: the call of `Flask` in the module that it is named for, or one that holds it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from keck.live.homes import calls, file_of, home, project_files, spot_of
from keck.live.record import NOWHERE, Spot


def made_at(app: Any) -> Spot:  # noqa: ANN401 - Flask is not imported here
    """Return the statement or call that made an app; else the first line of its module.

    A module that holds the app and assigns it goes first, then the module of its import name and those of its
    package, then the script that runs.
    """
    kinds = [one.__name__ for one in type(app).__mro__ if one.__module__ not in {"builtins", "flask.sansio.app"}]
    name, spot = home(_holders(app), kinds[0])
    named = str(vars(app).get("import_name", ""))
    made_there = any(spot.line <= node.lineno <= spot.end_line for kind in kinds for node in calls(spot.path, kind))
    if made_there and name.partition(":")[0] == named:
        return spot
    files = [file_of(one) for one in (named, "__main__")]
    files[1:1] = [path for module, path in project_files() if module.startswith(f"{named}.")]
    for path in files:
        for kind in kinds:
            for node in calls(path, kind) if path else ():
                return spot_of(path, node)
    if spot.path:
        return spot
    return next((spot_of(path, None) for path in files if path), NOWHERE)


def _holders(app: Any) -> tuple[str, ...]:  # noqa: ANN401 - as above
    return tuple(_variables(app))


def _variables(app: Any) -> Iterator[str]:  # noqa: ANN401 - as above
    for module, _ in project_files():
        variables = object.__getattribute__(sys.modules[module], "__dict__")
        yield from (f"{module}:{name}" for name, value in list(variables.items()) if value is app)
