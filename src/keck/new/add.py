"""A left-out extension, brought into a service that has been written before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from keck.new import environment, manifest, origin, revisions
from keck.new.change import change
from keck.new.compose import PLACE_OF_ORIGIN, SECRETS, compose, example_of
from keck.new.features import FEATURES, known
from keck.new.manifest import Manifest
from keck.new.merge import NoGit, merged
from keck.new.starter import STARTER, File, Starter, Tree, read
from keck.settings import shown
from keck.trouble import Trouble


class Added(msgspec.Struct, frozen=True):
    """What `add` has done.

    Args:
        manifest: what the service is now.
        changed: the paths of the files that have been written or removed.
        conflicts: those among them that have conflict markers, or are otherwise left to decide.
    """

    manifest: Manifest
    changed: tuple[str, ...]
    conflicts: tuple[str, ...]


def add(
    feature: str,
    root: Path,
    *,
    starter: Path = STARTER,
    conflicts: bool = False,
    last: Callable[[], None] = lambda: None,
) -> Added:
    """Bring a left-out feature into a service that `new` wrote, into all files or none.

    A file that nobody has changed since it was written is replaced; in one that has been changed
    the changes are merged. The .env keeps its values and gets the new keys. A revision of the
    feature follows upon the head that the service has.

    Args:
        feature: such as ``mail``.
        root: the service's directory.
        starter: the directory of the project that it was written from.
        conflicts: whether to write conflict markers where the user's lines and the feature's collide.
        last: called when it is too late to be interrupted, before the first file is replaced.

    Raises:
        Trouble: it is no such service, has the feature, was written from another starter, collides
            with what the user has changed, or cannot be written; nothing has changed then.
        BrokenStarter: the starter is faulty.
    """
    known(feature)
    former = manifest.read(root)
    if feature not in former.without:
        raise Trouble(f"{shown(root)} has {feature} already; there is nothing to add")
    source = read(starter)
    if former.starter != source.digest:
        raise Trouble(
            f"{shown(root)} was written by another Keck ({former.keck}), whose service differs from what this one "
            f"writes; run `keck add` of that Keck"
        )
    left = tuple(one for one in FEATURES if one in former.without and one != feature)
    wanted = msgspec.structs.replace(former, without=left)
    named = _data(root, PLACE_OF_ORIGIN)
    stated = origin.stated((named or b"").decode("utf-8", "replace")) or origin.origin()
    base, new = compose(source, former, stated), compose(source, wanted, stated)
    changes, left_open = _merged(root, base, _attached(root, base, new), feature)
    if left_open and not conflicts:
        raise Trouble(
            f"what {feature} changes has been changed here too, in {', '.join(left_open)}; nothing has been written, "
            "use --conflicts to get conflict markers there"
        )
    if (secrets := _secrets(root, source, former, wanted)) is not None:
        changes[SECRETS] = secrets
    change(root, changes, last)
    return Added(wanted, tuple(sorted(changes)), left_open)


def _merged(root: Path, base: Tree, new: Tree, feature: str) -> tuple[dict[str, File | None], tuple[str, ...]]:
    """Return the files that become others, and the paths of those that are left to decide."""
    changes: dict[str, File | None] = {}
    left_open: list[str] = []
    unmerged: list[str] = []
    for path in sorted({*base, *new}):
        old, wanted = base.get(path), new.get(path)
        if old == wanted:
            continue
        user = _data(root, path)
        try:
            found = merged(old.data if old else None, user, wanted.data if wanted else None, f"keck add {feature}")
        except NoGit:
            unmerged.append(path)
            continue
        if not found.clean:
            left_open.append(path)
        if found.data != user:
            kept = wanted or old or File(b"")
            changes[path] = None if found.data is None else msgspec.structs.replace(kept, data=found.data)
    if unmerged:
        raise Trouble(
            f"{', '.join(unmerged)} changed since `keck new` wrote them, so that git is needed to merge; "
            "install git and try again"
        )
    return changes, tuple(left_open)


def _attached(root: Path, base: Tree, new: Tree) -> Tree:
    """Return the files of the service as it will be, with its new revisions upon its present head."""
    added = revisions.of({path: file for path, file in new.items() if path not in base})
    if not added:
        return new
    own: dict[str, File] = {}
    for folder in {Path(path).parent for path in added}:
        for found in sorted((root / folder).glob("*.py")):
            path = (folder / found.name).as_posix()
            if path not in added:
                own[path] = File(found.read_bytes())
    texts = revisions.attached(added, revisions.of(own))
    return {
        path: msgspec.structs.replace(file, data=texts[path].encode()) if path in texts else file
        for path, file in new.items()
    }


def _secrets(root: Path, source: Starter, former: Manifest, wanted: Manifest) -> File | None:
    """Return what the .env becomes; None where there is none, or it stays as it is."""
    there = _data(root, SECRETS)
    if there is None:
        return None
    text = there.decode("utf-8", "surrogateescape")
    windows = "\r\n" in text
    plain = text.replace("\r\n", "\n")
    made = environment.extended(plain, example_of(source, former), example_of(source, wanted))
    if made == plain:
        return None
    return File((made.replace("\n", "\r\n") if windows else made).encode("utf-8", "surrogateescape"), private=True)


def _data(root: Path, path: str) -> bytes | None:
    """Return the content of a file; None where there is none.

    Raises:
        Trouble: it cannot be read.
    """
    try:
        return (root / path).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise Trouble(f"{shown(root / path)} cannot be read ({error.strerror}); mend that and try again") from error
