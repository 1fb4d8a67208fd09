"""Where this Keck came from, as a line for a service's requirements: it is on no index."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from urllib.request import url2pathname

import msgspec

PLACE = "# keck-origin"
"""The line of the starter's requirements/keck.txt that the origin takes the place of."""

UNKNOWN = "# keck: not installed from a file, a directory or a repository that could be named here"
GONE = "# keck: what it was installed from is not there any more"

_WRITTEN = re.compile(rf"^(?:keck @ .*|{re.escape(UNKNOWN)}|{re.escape(GONE)})$", re.MULTILINE)
_KEPT_IN_URLS = "/:@!&'()*+,=~%-._[]?"


def origin() -> str:
    """Return the requirement that installs this Keck again; a comment that says why where there is none."""
    try:
        recorded = metadata.distribution("keck").read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        recorded = None
    return requirement(recorded)


def requirement(recorded: str | None) -> str:
    """Return the requirement for a distribution of which an installer has recorded where it came from.

    Args:
        recorded: the content of its direct_url.json, whose form PEP 610 tells; None where there is none.
    """
    try:
        told: Any = msgspec.json.decode(recorded or "")
        url, vcs = told["url"], told.get("vcs_info")
        parts = urlsplit(url)
        subdirectory = told.get("subdirectory")
        if not parts.scheme:
            return UNKNOWN
        if vcs is not None:
            url = f"{vcs['vcs']}+{url}@{vcs['commit_id']}"
        elif parts.scheme == "file":
            path = Path(url2pathname(f"//{parts.netloc}{parts.path}" if parts.netloc else parts.path))
            if not path.exists():
                return GONE
            url = path.as_uri()
    except (msgspec.DecodeError, LookupError, TypeError, AttributeError, ValueError, OSError):
        return UNKNOWN
    below = f"#subdirectory={quote(subdirectory)}" if subdirectory else ""
    return f"keck @ {quote(url, safe=_KEPT_IN_URLS)}{below}"


def put(text: str, line: str) -> str:
    """Return requirements with a line in the place that is kept for it."""
    return re.sub(rf"^{re.escape(PLACE)}$", lambda _: line, text, flags=re.MULTILINE)


def stated(text: str) -> str | None:
    """Return the line that `put` has put into requirements; None where it is gone."""
    found = _WRITTEN.search(text)
    return found[0] if found else None
