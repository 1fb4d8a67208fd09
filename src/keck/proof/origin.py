"""Where an app is imported from: the copy, and not the tree that it is a copy of.

An editable installation, PYTHONPATH and the like name the project's own tree; each such way is turned to the copy.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from types import ModuleType

from keck.trouble import Trouble


def turn(original: str, copy: str, first: Iterable[str]) -> None:
    """Let what is imported come from the copy.

    Args:
        original: the project's tree, a real path.
        copy: the copy of it.
        first: folders of the copy that are searched before all others.
    """
    sys.path[:] = [_turned(one, original, copy) for one in sys.path]
    for one in reversed(list(first)):
        sys.path.insert(0, one)
    for name, module in list(sys.modules.items()):
        mapping = vars(module).get("MAPPING") if name.startswith("__editable__") else None
        if isinstance(mapping, dict):
            mapping.update({key: _turned(str(value), original, copy) for key, value in mapping.items()})


def _turned(path: str, original: str, copy: str) -> str:
    """Return a path in the copy for one in the tree, where the copy has it; environments are not copied."""
    relative = _below(path, original)
    if relative is None:
        return path
    turned = os.path.normpath(os.path.join(copy, relative))  # noqa: PTH118 - entries are text
    return turned if os.path.exists(turned) else path  # noqa: PTH110 - as above


def _below(path: str, folder: str) -> str | None:
    real = os.path.realpath(path or ".")
    return os.path.relpath(real, folder) if path and (real == folder or real.startswith(folder + os.sep)) else None


def refuse_others(app: object, original: str, copy: str) -> None:
    """Raise where the app was imported from elsewhere than from the copy.

    Args:
        app: as it was loaded.
        original: the project's tree, a real path.
        copy: the copy of it.

    Raises:
        Trouble: a patch of the tree would not be in what was booted.
    """
    real = os.path.realpath(copy)
    here = False
    for name, module in list(sys.modules.items()):
        file = _file(module)
        if not file or name.partition(".")[0] == "keck":
            continue
        if _below(file, real) is not None:
            here = True
        elif (relative := _below(file, original)) is not None and os.path.exists(f"{real}{os.sep}{relative}"):  # noqa: PTH110
            raise Trouble(
                f"`{name}` was imported from the project's own tree ({relative.replace(os.sep, '/')}) and not from the copy "
                "that a patch is tried on; something sets its path by hand"
            )
    name = str(getattr(app, "import_name", ""))
    file = _file(sys.modules.get(name))
    if (file and name != "__main__" and _below(file, real) is None) or not here:
        where = file.replace(os.sep, "/") if file else "another place"
        raise Trouble(
            f"`{name}` was imported from {where} and not from the project's tree, so that a patch would not be seen; "
            "install the project in editable mode, or name the app by its file"
        )


def _file(module: object) -> str:
    if not isinstance(module, ModuleType):
        return ""
    file = vars(module).get("__file__")
    return file if isinstance(file, str) else ""
