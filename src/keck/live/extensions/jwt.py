"""Flask-JWT-Extended.

Facts: ``user_lookup``, ``blocklist`` and ``key_loaders``, whether the project has set them; ``callbacks``, the
qualified name of each callback that it has set, by attribute; ``lookup_reads``, the names and texts in the code of its
user lookup, which may look there whether a token still holds.

A second manager replaces the first without a trace, so ``twice`` is only known of those that add `current_user` to
the templates.
"""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

from keck.live.extensions.reading import Reading, bound, extension_of, gather, names_of
from keck.live.scan import Held, Scan
from keck.live.spots import plain
from keck.live.wrappers import code_of_all, qualified

_KEY = "flask-jwt-extended"
_DEFAULTS = "flask_jwt_extended.default_callbacks"


def read(held: Held, app: Any, scan: Scan) -> Reading:  # noqa: ANN401 - Flask is not imported here
    """Return what is known of a JWTManager."""
    one = held.object
    others = names_of(scan.apps, lambda other: extension_of(other, _KEY) is one)
    here = extension_of(app, _KEY) is one
    own = _own(vars(one))
    facts = gather(
        {
            "user_lookup": lambda: vars(one)["_user_lookup_callback"] is not None,
            "blocklist": lambda: vars(one)["_token_in_blocklist_callback"] is not None and _blocklist(own),
            "key_loaders": lambda: bool({"_decode_key_callback", "_encode_key_callback"} & set(own)),
            "lookup_reads": lambda: _words(own.get("_user_lookup_callback")),
            "callbacks": lambda: {name: qualified(value) for name, value in sorted(own.items())},
        }
    )
    return Reading(bound(here, others), others, _times(app) if here else 0, facts=facts)


def _blocklist(own: dict[str, Any]) -> bool:
    return "_token_in_blocklist_callback" in own


def _words(function: object) -> list[str]:
    """Return the names and texts in the code of a function, sorted; none where it is not written in Python."""
    found = plain(function)
    codes = () if found is None else code_of_all(found.__code__)
    texts = (one for code in codes for one in (*code.co_names, *code.co_consts) if type(one) is str)
    return sorted(set(texts))


def _own(attributes: dict[str, Any]) -> dict[str, Any]:
    """Return the callbacks that the library does not set itself."""
    return {
        name: value
        for name, value in attributes.items()
        if name.endswith("_callback") and value is not None and not qualified(value).startswith(f"{_DEFAULTS}.")
    }


def _times(app: Any) -> int:  # noqa: ANN401 - as above
    processor = vars(sys.modules["flask_jwt_extended.utils"]).get("current_user_context_processor")
    times = Counter(id(one) for one in app.template_context_processors.get(None, ()))[id(processor)]
    return times if times > 1 else 0
