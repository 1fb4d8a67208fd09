"""A new service: its names checked, its files made and written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from keck.new import environment
from keck.new.compose import SECRETS, compose, example_of
from keck.new.features import listed
from keck.new.manifest import Manifest
from keck.new.names import names
from keck.new.origin import origin
from keck.new.starter import STARTER, File, read
from keck.new.write import check_vacant, write
from keck.version import __version__


class Service(msgspec.Struct, frozen=True):
    """A service that has been written.

    Args:
        root: its directory.
        manifest: its names and what it is without.
        files: how many it has.
    """

    root: Path
    manifest: Manifest
    files: int


def new(
    name: str,
    target: Path | None = None,
    *,
    without: Iterable[str] = (),
    package: str | None = None,
    starter: Path = STARTER,
    last: Callable[[], None] = lambda: None,
) -> Service:
    """Write a new service; it is there whole in the end, or not at all.

    Args:
        name: the project's, such as ``my-shop``.
        target: a directory that is empty or not there yet; one of the project's name if None.
        without: features to leave out, see `keck.new.features.FEATURES`.
        package: the name of its package; made of `name` if None: ``my_shop``.
        starter: the directory of the project to write it from.
        last: called when it is too late to be interrupted, before the files appear in `target`.

    Raises:
        Trouble: a name, a feature or the directory cannot be used; says what to do.
        BrokenStarter: the starter is faulty.
    """
    left_out = listed(without)
    source = read(starter)
    called = names(name, package, source)
    root = (target or Path(name)).absolute()
    check_vacant(root)
    manifest = Manifest(__version__, called.project, called.package, left_out, source.digest)
    tree = dict(compose(source, manifest, origin()))
    if example := example_of(source, manifest):
        tree[SECRETS] = File(environment.filled(example, {}).encode(), private=True)
    write(tree, root, last)
    return Service(root, manifest, len(tree))
