"""Virtual environments, which are nobody's own code."""

from __future__ import annotations

import os
import re

LIBRARIES = ("lib", "Lib")
SCRIPTS = ("bin", "Scripts")
HINTS = frozenset({"pyvenv.cfg", *LIBRARIES})
OWN_CODE = re.compile(r".*\.py|pyproject\.toml|\.git")


def is_environment(path: str, names: set[str]) -> bool:
    """Whether a directory is a virtual environment, also one that was committed in part.

    One with somebody's own code in it is none: there `site-packages` is passed over by its name.
    """
    if HINTS.isdisjoint(names) or any(map(OWN_CODE.fullmatch, names)):
        return False
    if "pyvenv.cfg" in names:
        return True
    scripts = (os.path.join(path, name, "activate") for name in SCRIPTS if name in names)  # noqa: PTH118 - see keck.source.walk.find
    libraries = (os.path.join(path, name) for name in LIBRARIES if name in names)  # noqa: PTH118 - see keck.source.walk.find
    return any(map(os.path.isfile, scripts)) or any(map(_has_site_packages, libraries))


def _has_site_packages(library: str) -> bool:
    try:
        names = os.listdir(library)  # noqa: PTH208 - see keck.source.walk.find
    except OSError:
        return False
    return "site-packages" in names or any(
        name.startswith("python") and os.path.isdir(os.path.join(library, name, "site-packages"))  # noqa: PTH112, PTH118 - see keck.source.walk.find
        for name in names
    )
