"""The revisions of a database, as the files of its migrations tell them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

import msgspec

from keck.new.starter import Tree, text_of
from keck.trouble import Trouble

_FOLDER = "versions"


class Revision(msgspec.Struct, frozen=True):
    """What a revision file says of itself.

    Args:
        name: its ``revision``.
        after: its ``down_revision``: none for the first, several for one that joins heads.
        place: where the value of ``down_revision`` stands: its line, counted from 1, and columns in UTF-8 bytes.
    """

    name: str
    after: tuple[str, ...]
    place: tuple[int, int, int]


def is_revision(path: str) -> bool:
    """Whether a file is where revisions are."""
    pure = PurePosixPath(path)
    return pure.suffix == ".py" and pure.parent.name == _FOLDER


def attached(added: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """Return revision files so that they follow upon a service's own, and one head remains.

    Args:
        added: the files that come, text by path.
        own: the files that are there.

    Raises:
        Trouble: the service's revisions cannot be read, or have several heads; says what to do.
    """
    coming = {path: _revision(path, text) for path, text in added.items()}
    news = {one.name for one in coming.values() if one}
    present = [one for one in (_revision(path, text) for path, text in own.items()) if one]
    heads = sorted({one.name for one in present} - {name for one in present for name in one.after})
    if len(heads) > 1 and news:
        raise Trouble(
            f"the migrations have {len(heads)} heads ({', '.join(heads)}); join them with `flask db merge heads` first"
        )
    return {
        path: added[path] if one is None or news.intersection(one.after) else _moved(added[path], one, heads)
        for path, one in coming.items()
    }


def of(tree: Tree) -> dict[str, str]:
    """Return the revision files among others, text by path."""
    texts = ((path, text_of(file.data)) for path, file in tree.items() if is_revision(path))
    return {path: text for path, text in texts if text is not None}


def _revision(path: str, text: str) -> Revision | None:
    """Return what a file says; None where it is no revision.

    Raises:
        Trouble: it is one, and cannot be read.
    """
    try:
        assigned = dict(_assigned(ast.parse(text)))
        if "revision" not in assigned:
            return None
        name, after = ast.literal_eval(assigned["revision"]), ast.literal_eval(assigned["down_revision"])
    except (SyntaxError, ValueError, KeyError) as error:
        raise Trouble(
            f"{path} is a revision whose `revision` and `down_revision` cannot be read; write them as plain strings"
        ) from error
    node = assigned["down_revision"]
    names = (after,) if isinstance(after, str) else tuple(after or ())
    return Revision(name, names, (node.lineno, node.col_offset, node.end_col_offset or 0))


def _assigned(module: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in module.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            yield node.target.id, node.value


def _moved(text: str, one: Revision, heads: list[str]) -> str:
    """Return a revision file that follows upon the head, or upon nothing where there is none."""
    if list(one.after) == heads:
        return text
    lines = text.split("\n")
    number, start, end = one.place
    line = lines[number - 1].encode()
    value = f'"{heads[0]}"' if heads else "None"
    lines[number - 1] = (line[:start] + value.encode() + line[end:]).decode()
    told = heads[0] if heads else ""
    return re.sub(
        r"^(Revises:)[^\n]*", lambda found: f"{found[1]} {told}".rstrip(), "\n".join(lines), flags=re.MULTILINE
    )
