"""The manifest: what a service's pyproject.toml says of how it was written."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import msgspec

from keck.new.features import FEATURES, BrokenStarter
from keck.settings import shown
from keck.trouble import Trouble

HEADER = "[tool.keck.service]"
_STARTER = re.compile(r"(?:^#[^\n]*\n)*^\[tool\.keck\.starter\][^\n]*\n(?:(?!\[)[^\n]+\n)*", re.MULTILINE)


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a service was written.

    Args:
        keck: the version of the Keck that wrote it.
        name: the project's name, as it was typed.
        package: the name of its package.
        without: the features that are left out, in the order of `FEATURES`.
        starter: the digest of the starter that it was written from.
    """

    keck: str
    name: str
    package: str
    without: tuple[str, ...]
    starter: str


def put(text: str, manifest: Manifest) -> str:
    """Return the starter's pyproject.toml with the manifest in the place of ``[tool.keck.starter]``.

    Raises:
        BrokenStarter: it cannot be put there in a way that can be read again.
    """
    lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in msgspec.structs.asdict(manifest).items())
    table = f"# written by `keck new`, read by `keck add`\n{HEADER}\n{lines}"
    found = _STARTER.search(text)
    if found:
        rest = text[found.end() :].lstrip("\n")
        text = f"{text[: found.start()]}{table}\n{rest}" if rest else text[: found.start()] + table
    else:
        text = text.rstrip("\n") + f"\n\n{table}"
    try:
        table_now = tomllib.loads(text)["tool"]["keck"]
        read_back = msgspec.convert(table_now["service"], Manifest)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BrokenStarter(f"pyproject.toml: the manifest cannot be put in ({error})") from error
    if "starter" in table_now or read_back != manifest:
        raise BrokenStarter("pyproject.toml: the starter's table does not stand under a line [tool.keck.starter]")
    return text


def read(root: Path) -> Manifest:
    """Return the manifest of the service in a directory.

    Raises:
        Trouble: there is none, or it is broken; says what to do.
    """
    path = root / "pyproject.toml"
    try:
        project = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Trouble(f"there is no {shown(path)}; name the directory of a service that `keck new` wrote") from error
    except OSError as error:
        raise Trouble(f"{shown(path)} cannot be read ({error.strerror}); mend its permissions") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Trouble(f"{shown(path)}: broken TOML ({error}); mend it first") from error
    try:
        table = project["tool"]["keck"]["service"]
    except (LookupError, TypeError) as error:
        raise Trouble(
            f"{shown(path)} has no {HEADER}, so `keck new` did not write this project; name the directory of one it did"
        ) from error
    try:
        found = msgspec.convert(table, Manifest)
    except msgspec.ValidationError as error:
        raise Trouble(f"{shown(path)}: {HEADER} is broken ({error}); take it back from your history") from error
    if found.without != tuple(one for one in FEATURES if one in found.without):
        raise Trouble(
            f"{shown(path)}: {HEADER} is broken (`without` holds {', '.join(found.without)}); "
            f"it holds some of {', '.join(FEATURES)}, each once and in this order"
        )
    return found
