"""A blueprint's CORS reads no config, although the config says what is allowed.

What:
    `CORS(blueprint)`, or `cors.init_app(blueprint)`, without an option that the app's config sets: `CORS_ORIGINS`,
    `CORS_SUPPORTS_CREDENTIALS` or another `CORS_*` key.

Why:
    A blueprint has no config, so Flask-CORS uses its own default, and for the origins that is every
    origin. The setting that looks as if it closed the API is not read for these routes.

Fix:
    Call `CORS(app)` once, which reads the config, with `resources` where only some paths are meant; or pass
    the options to the blueprint's call.

When to ignore it:
    Where the blueprint is meant to be public and the config is for the rest of the app: then say so,
    `CORS(blueprint, origins="*")`.

Evidence:
    Flask-CORS 6.0.5: with `CORS_ORIGINS=["https://ok.example"]` and `CORS(blueprint)`, a request from
    `https://evil.example` is allowed on the blueprint. corydolphin/flask-cors issue 251.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.finding import Finding, Level
from keck.live.record import LiveApp, Setting
from keck.project import Project
from keck.rule import Rule
from keck.rules._wording import code, listed
from keck.rules.cors._live import calls
from keck.rules.cors._live import policies as live_policies
from keck.rules.cors._policies import OPTIONS, policies
from keck.rules.cors._policy import Policy

rule = Rule(
    __name__,
    requires=("flask_cors", "flask.ext"),
    level=Level.warning,
    needles=("CORS", "flask_cors", "Blueprint"),
    good="CORS of blueprints says itself what the config says of the app",
    needs=("cors",),
)


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield one finding a call."""
    seen = set()
    for one in policies(project):
        keys = ignored(project, one)
        if not keys or one.place in seen:
            continue
        seen.add(one.place)
        named = listed(map(code, keys))
        has = "has" if len(keys) == 1 else "have"
        yield rule.finding(
            one.place,
            f"{named} of the config {has} no effect on {one.spelt}: CORS on a blueprint reads no config",
            f"pass {listed(code(key.removeprefix('CORS_').lower()) for key in keys)} to this call, or call CORS on the app",
            symbol=one.name,
            related=[(project.config.effective(key)[0].place, f"`{key}` is set here") for key in keys],
        )


def ignored(project: Project, policy: Policy) -> list[str]:
    """Return the keys of the config that a blueprint's policy should have read."""
    if policy.kind != "blueprint":
        return []
    said = {name for name, one in policy.options.items() if one.source != "default"}
    return [
        key
        for name in sorted(OPTIONS - said)
        for key in (f"CORS_{name.upper()}",)
        if project.config.effective(key) and not (name == "resources" and policy.pattern_place is not None)
    ]


_SWITCHES = frozenset({"supports_credentials", "send_wildcard", "allow_private_network"})
"""Options that are off by default."""


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield the calls for a blueprint without options that the config names."""
    for one, *_ in calls(each for each in live_policies(app) if each.at not in {"app", "view"} and each.routes):
        given = one.instance.facts.get("given") if one.instance is not None else None
        if given is None:
            continue
        keys = [
            key
            for name in sorted(OPTIONS.difference(given))
            for key in (f"CORS_{name.upper()}",)
            if key in app.config and _says(app.config[key], name)
        ]
        if not keys:
            continue
        has = "has" if len(keys) == 1 else "have"
        route = one.routes[0]
        yield rule.live(
            one.spot,
            f"{listed(map(code, keys))} of the config {has} no effect on the blueprint {code(one.at)}, such as "
            f"{route.method} {route.rule}: CORS on a blueprint reads no config",
            f"pass {listed(code(key.removeprefix('CORS_').lower()) for key in keys)} to this call, or call CORS on the app",
            symbol=f"blueprint {one.at}",
            tags=(*keys, f"cors {one.at}") if "CORS_ORIGINS" in keys else keys,
        )


def _says(setting: Setting, name: str) -> bool:
    """Whether a setting says something else than what holds without it."""
    if setting.type == "NoneType" or (name in _SWITCHES and not setting.value):
        return False
    values = setting.value if isinstance(setting.value, list) else [setting.value]
    return name != "origins" or not {"*", ".*"} & {one for one in values if isinstance(one, str)}
