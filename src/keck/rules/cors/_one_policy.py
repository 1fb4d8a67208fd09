"""Two policies that add up, written as one whose patterns exclude each other."""

from __future__ import annotations

import re

from keck.edit import Fix, Keyword, Remove
from keck.facts.expr import before, text_of
from keck.facts.record import Step
from keck.project import Project
from keck.project.things import Site, app_like
from keck.project.values import Known
from keck.rules.cors._policy import Policy

_PREFIX = re.compile(r"/[\w/-]*\w")


def one_policy(project: Project, narrow: Policy, wide: Policy) -> Fix | None:
    """Return how the policy of a blueprint becomes a resource of the app's; None where its URLs or origins cannot be told.

    Args:
        project: to which they belong.
        narrow: of a blueprint, with origins of its own and nothing else.
        wide: of the app, likewise; there are no others.
    """
    prefix, statement = _prefix(project, narrow), _statement(narrow)
    limits, opened = _origins(narrow), _origins(wide)
    plain = wide.kind == "app" and _is_plain(wide) and _is_plain(narrow)
    if not (plain and prefix and limits and opened and statement):
        return None
    below, beside = f'r"^{prefix}(/.*)?$"', f'r"^/(?!{prefix[1:]}(/|$)).*$"'
    resources = f'{{\n    {below}: {{"origins": {limits}}},\n    {beside}: {{"origins": {opened}}},\n}}'
    place = wide.module.place(wide.call)
    return Fix(
        "say both in one policy of the app",
        (Remove(narrow.module.place(statement)), Keyword(place, "origins", resources, rename="resources")),
        safe=False,
        changes=f"closes `{prefix}` to origins that the app's policy let in",
        intends=("cors/*", "extensions/cors/*", "hooks/*"),
    )


def _is_plain(one: Policy) -> bool:
    """Whether a policy is a call of `CORS` that gives what it binds to, and origins alone."""
    return len(one.call.args) == 1 and [word.name for word in one.call.keywords] == ["origins"]


def _prefix(project: Project, narrow: Policy) -> str:
    """Return the prefix of a policy's blueprint, where that says it and its registration says nothing else."""
    made = [one for one in narrow.target if isinstance(one, Site) and one.kind == "blueprint"]
    registered = [
        (module, scope, call)
        for module, scope, call in project.objects.calls_by_name.get("register_blueprint", [])
        if call.args and narrow.target & project.things(module, scope, call.args[0])
    ]
    elsewhere = any(
        call.keywords or not app_like(project.things(module, scope, before(call.func) or call))
        for module, scope, call in registered
    )
    text = text_of(made[0].call.keyword("url_prefix")) if len(made) == len(registered) == 1 else None
    return text if text is not None and _PREFIX.fullmatch(text) and not elsewhere else ""


def _statement(narrow: Policy) -> Step | None:
    """Return the statement that is the call of a blueprint's policy, where it stands under no condition."""
    steps = narrow.module.steps(narrow.scope)
    found = next((step for step in steps if step.value is narrow.call and step.kind == "do" and step.block < 0), None)
    return found if narrow.kind == "blueprint" else None


def _origins(one: Policy) -> str:
    """Return the origins of a policy as code, where the call states them all; else nothing."""
    value = one.origins.value
    rows = value.value if isinstance(value, Known) and isinstance(value.value, list) else [value]
    texts = [row.value for row in rows if isinstance(row, Known) and isinstance(row.value, str)]
    plain = len(texts) == len(rows) and not any('"' in one or "\\" in one for one in texts)
    return "[" + ", ".join(f'"{one}"' for one in texts) + "]" if plain else ""
