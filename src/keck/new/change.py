"""Changes to the files of a service: all of them, or none."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from keck.new.starter import File
from keck.new.write import write_file
from keck.settings import shown
from keck.trouble import Trouble


def change(root: Path, changes: Mapping[str, File | None], last: Callable[[], None] = lambda: None) -> None:
    """Write and remove files of a directory; each is replaced at once, and all of them or none.

    The new content of every file is on disk before the first is replaced. A file that is there keeps
    its permissions; a link stays one, and what it points to is replaced.

    Args:
        root: the directory.
        changes: files by path below it; None for one that goes.
        last: called when it is too late to be interrupted, before the first file is replaced.

    Raises:
        Trouble: one of them cannot be written; nothing has changed then.
    """
    mark = f".keck-{secrets.token_hex(4)}"
    ready: dict[Path, Path] = {}
    former: dict[Path, bytes | None] = {}
    made: list[Path] = []
    try:
        for path, file in changes.items():
            target = (root / path).resolve()
            former[target] = target.read_bytes() if target.exists() else None
            if file is None:
                continue
            made += [one for one in target.parents if not one.exists()]
            ready[target] = target.with_name(target.name + mark)
            write_file(ready[target], file)
            if former[target] is not None:
                ready[target].chmod(target.stat().st_mode & 0o7777)
        last()
        _replace(ready, former)
    except BaseException as error:
        for one in ready.values():
            with suppress(OSError):
                one.unlink()
        for one in sorted(made, key=lambda one: -len(one.parts)):
            with suppress(OSError):
                one.rmdir()
        if isinstance(error, OSError):
            name = os.fsdecode(error.filename2 or error.filename or root).removesuffix(mark)
            raise Trouble(
                f"{shown(Path(name))} cannot be written ({error.strerror}), and nothing has been changed; "
                "mend that and try again"
            ) from error
        raise


def _replace(ready: Mapping[Path, Path], former: Mapping[Path, bytes | None]) -> None:
    """Put files that are ready in their places, and remove the others; where one cannot be, put all back."""
    done: list[Path] = []
    try:
        for target in former:
            if target in ready:
                ready[target].replace(target)
            else:
                target.unlink(missing_ok=True)
            done.append(target)
    except OSError:
        for target in done:
            data = former[target]
            if data is None:
                target.unlink(missing_ok=True)
            else:
                target.write_bytes(data)
        raise
