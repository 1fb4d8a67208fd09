"""A repository: which names of its own a plant can use, and what Keck says of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from keck import gate
from keck.deployment import workers
from keck.facts import Facts, facts_of
from keck.facts.header import imports_of
from keck.finding import Finding
from keck.pins import pins
from keck.project import Project, Surroundings
from keck.project.module import Module
from keck.project.things import Site
from keck.rule import rules
from keck.source import find, read
from keck.suppress import apply, statement_span

NAMES = {
    "sqlalchemy": "db",
    "caching": "cache",
    "limiter": "limiter",
    "mail": "mail",
    "jwt": "jwt",
    "migrate": "migrate",
}
"""The placeholder for the instance of each extension."""
ASIDE = re.compile(r"script|example|tool|migrat|cli|seed|manage|task|worker")
"""Files whose apps are not what is served."""


class Unsuited(Exception):  # noqa: N818 - it is no error
    """A plant does not suit a repository; the message says why."""


@dataclass
class Repository:
    """A repository: which names of its own a plant can use, as Keck's project model has them."""

    root: Path
    project: Project = field(init=False)
    app: Site = field(init=False)

    def __post_init__(self) -> None:
        self.project = self.linked()
        apps = [one for one in self.project.apps if not ASIDE.search(one.path)]
        near = {one.path.rpartition("/")[0] for one in self.project.apps}
        weight = {one: sum(route.module.directory.startswith(one) for route in self.project.routes) for one in near}
        named = [one for one in apps if self._variable(one)]
        if not named:
            raise Unsuited("no app that is assigned to a name")
        self.app = max(named, key=lambda one: (weight[one.module.directory], bool(one.scope), -one.path.count("/")))

    def linked(self) -> Project:
        """Return the project as it is now, linked from what the gate lets through."""
        tree = find(self.root)
        texts = {path: read(self.root, path) or b"" for path in tree.others}
        facts = {path: _facts(path, read(self.root, path) or b"") for path in tree.files}
        return Project(facts, Surroundings(pins(texts), workers(texts), tree.others, texts))

    def findings(self) -> list[Finding]:
        """Return what every rule says of the copy as it is now."""
        project = self.linked()
        code = {path: read(self.root, path) or b"" for path in find(self.root).files}
        asked = gate.asked(tuple(one.id for one in rules()), code)
        told = [one for rule in rules() if rule.id in asked for one in rule.check(project)]
        modules = {**{one.path: one.facts for one in project.modules}, **project.broken}
        return apply(
            told,
            {path: one.remarks for path, one in modules.items() if one.remarks},
            lambda path, line: statement_span(modules[path], line) if path in modules else (line, line),
            tuple(one.id for one in rules()),
            lambda _: True,
        )

    # the repository's own names

    def _variable(self, app: Site) -> str:
        return self.project.extensions.symbol(app).partition(":")[2].rpartition(".")[2]

    @property
    def variable(self) -> str:
        """The name of the app where it is made."""
        return self._variable(self.app)

    @property
    def is_factory(self) -> bool:
        """Whether a function makes the app."""
        return bool(self.app.scope)

    def dotted(self, module: Module | str) -> str:
        """Return the name by which a module is imported: from where its topmost package lies."""
        path = module if isinstance(module, str) else module.path
        folder = path.rpartition("/")[0]
        own = path.rpartition("/")[2].removesuffix(".py")
        parts = [] if own == "__init__" else [own]
        while folder and (self.root / folder / "__init__.py").is_file():
            parts.insert(0, folder.rpartition("/")[2])
            folder = folder.rpartition("/")[0]
        return ".".join(parts)

    def found(self, name: str) -> tuple[Module, str]:
        """Return the module and name of what a placeholder means."""
        if name == "app" and not self.is_factory:
            return self.app.module, self.variable
        if name == "create_app" and self.is_factory and "." not in self.app.scope:
            params = self.app.module.functions[self.app.scope].params
            if all(one.kind or one.default is not None for one in params):
                return self.app.module, self.app.scope
        if name == "Row":
            for model in self.project.models.values():
                nested = "." in model.cls.name or re.search("Base|Mixin", model.cls.name)
                if not nested and model.columns and model.primary_key and not model.module.is_test:
                    return model.module, model.cls.name
        for one in self.project.instances:
            own = one.symbol.partition(":")[2]
            if NAMES.get(one.kind) == name and one.bindings and not one.scope and own and "." not in own:
                return one.module, own
        raise Unsuited(f"no {name} of its own that can be imported")

    def has(self, kind: str) -> bool:
        """Whether the repository has an extension already, importable or not."""
        return bool(self.project.instances_of(kind.partition("_")[0]))

    def suits(self, need: str) -> bool:
        """Whether the repository meets one need of a plant."""
        word, _, rest = need.partition(" ")
        if word in {"factory", "module-app"}:
            return self.is_factory == (word == "factory")
        if word == "without":
            return not any(self.has(one) or self.project.uses(one) for one in rest.split())
        if word == "with":
            return all(self.has(one) or self.project.uses(one) for one in rest.split())
        if word == "unset":
            return not any(self.project.config.of(one) for one in rest.split())
        if word == "never":
            return not any(self.project.objects.calls_by_name.get(one) for one in rest.split())
        if word == "no-files":
            return not self.project.config.files
        if word == "seen":
            return not self.project.config.hidden
        if word == "sighted":
            return not self.project.extensions.blind
        if word == "since":
            name, version = rest.split()
            return self.project.pins.before(name, version, self.app.path) is not True
        if word == "migrations":
            return any(one.path.rpartition("/")[0].endswith("migrations") for one in self.project.modules)
        raise ValueError(need)


@cache
def _facts(path: str, data: bytes) -> Facts:
    words = gate.needles(tuple(one.id for one in rules()))
    return facts_of(data) if gate.passes(path, data, words) else imports_of(data)
