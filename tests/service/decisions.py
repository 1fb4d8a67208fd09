"""What the service's README says under "Security decisions", and what the service does by default."""

from __future__ import annotations

import json
import re

from keck.new.marks import without_marks
from tests.service.servers.service import STARTER, Service

_STATED = re.compile(r"`([A-Z_]+)` \(([^)]+)\)")
_DEFAULTS = """
import json
from shop.settings import Settings
print(json.dumps({name.upper(): field.default for name, field in Settings.model_fields.items()}, default=str))
"""


def decisions(*without: str) -> str:
    """Return the section as a service without these features has it, on one line."""
    text = without_marks((STARTER / "README.md").read_text(encoding="utf-8"), without, python=False)
    assert text is not None
    found = re.search(r"^## Security decisions\n(.*?)^## ", text, re.DOTALL | re.MULTILINE)
    assert found is not None
    return " ".join(found[1].split())


def stated() -> dict[str, str]:
    """Return the settings that the section gives a value of, each with that value."""
    return dict(_STATED.findall(decisions()))


def defaults(service: Service) -> dict[str, object]:
    """Return what each setting is when it is not set."""
    done = service.run("-c", _DEFAULTS)
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def ways() -> set[str]:
    """Return the operations that the section names as ways to authenticate."""
    return set(re.findall(r"\| `([A-Z]+ /[a-z/]+)` \|", decisions()))
