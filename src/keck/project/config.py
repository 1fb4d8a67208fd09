"""What the project writes into an app's config: where, which value, in which class of settings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from keck.facts.expr import (
    Attr,
    Call,
    Const,
    Expr,
    Index,
    Op,
    Ref,
    Span,
    Table,
    Text,
    children,
    terminal,
    text_of,
    walk,
)
from keck.facts.record import Step
from keck.finding import Place
from keck.project.module import Module
from keck.project.objects import Where
from keck.project.things import Named, Site, Thing, Unknown, app_like
from keck.project.values import HIDDEN, Either, Env, Hidden, Known, Value, Values, defaults

_KEY = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$|[A-Z]+$")
_LOADERS = {"from_object", "from_mapping", "from_pyfile", "from_envvar", "from_file", "from_json", "from_prefixed_env"}
_ROLES = (
    ("test", re.compile(r"test|ci(?![a-z])", re.IGNORECASE)),
    ("development", re.compile(r"dev|local|debug|demo|example|sample", re.IGNORECASE)),
    ("production", re.compile(r"prod|live|heroku|deploy|stag|docker|unix|aws|azure", re.IGNORECASE)),
)
_APP_NAMES = re.compile(r"(^|_)app(lication)?$|^flask$|^server$|^state\.app$")
SERIOUS = ("test", "development", "base", "production")
"""The roles in the order in which a fault in them matters."""
_FILES = {"from_pyfile", "from_envvar", "from_file", "from_json", "from_object"}
_READS_ENVIRONMENT = re.compile(r"env", re.IGNORECASE)
ATTRIBUTES = {"secret_key": "SECRET_KEY", "testing": "TESTING", "debug": "DEBUG", "permanent_session_lifetime": ""}


@dataclass(frozen=True)
class Load:
    """One way in which a setting reaches an app.

    Attributes:
        holder: symbol of the class or module of settings that is loaded, empty for a direct write.
        role, default: as in `Setting`, of this way alone.
        path, scope, line: where it is loaded or written; the path is empty for a class that nothing visible loads.
    """

    holder: str
    role: str
    default: bool | None
    path: str
    scope: str
    line: int


@dataclass(eq=False)
class Setting:
    """One key that the project writes.

    Attributes:
        key: the config key; empty when a whole mapping is loaded that cannot be seen.
        expr: the value as it is written, None for a key loaded from something that is not Python.
        value: what that evaluates to.
        module, scope: where `expr` stands.
        span: the statement or entry that writes it.
        holder: symbol of the class or module of settings, empty for a write to ``app.config``.
        role: ``test``, ``development``, ``production`` or ``base``.
        default: whether this holder is what the app loads when nothing else is said: True for a
            direct write, None when it cannot be told.
        via: ``item``, ``update``, ``setdefault``, ``attribute``, ``mapping``, ``object`` or a loader's name.
        loads: every way in which it reaches an app: a base class's setting has one for each class below it. Of
            these `role` is the most serious, and `default` is True when one of them is.
    """

    key: str
    expr: Expr | None
    value: Value
    module: Module
    scope: str
    span: Span
    holder: str = ""
    role: str = "base"
    default: bool | None = True
    via: str = "item"
    app: frozenset[Thing] = field(default_factory=frozenset)
    loads: tuple[Load, ...] = ()

    def __post_init__(self) -> None:
        if not self.loads:
            path = "" if self.holder else self.module.path
            line = self.span.line
            self.loads = (Load(self.holder, self.role, self.default, path, self.scope, line),)

    @property
    def place(self) -> Place:
        """Where it is written."""
        return self.module.place(self.span)

    def joined(self, other: Setting) -> None:
        """Take up another way in which the same setting reaches an app."""
        self.loads += tuple(one for one in other.loads if one not in self.loads)
        self.role = max(self.role, other.role, key=SERIOUS.index)
        if other.default or self.default is False:
            self.default = other.default


class Config:
    """The config of the project's apps."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self.objects = values.objects
        self.names = values.names
        self._holders: dict[str, tuple[Setting, ...]] = {}
        self._steps: dict[tuple[str, int, int], tuple[Setting, ...]] = {}
        self._reading = False
        values.configured = self._configured

    # one statement

    def written_by(self, module: Module, step: Step) -> tuple[Setting, ...]:
        """Return the settings that a statement writes to an app's config, classes and modules expanded."""
        key = (module.path, step.line, step.column)
        if key not in self._steps:
            self._steps[key] = tuple(self._written_by(module, step))
        return self._steps[key]

    def _written_by(self, module: Module, step: Step) -> Iterator[Setting]:
        if step.kind in {"assign", "augment"} and step.value is not None:
            for target in step.targets:
                yield from self._assigned(module, step, target, step.value)
        if step.value is not None and step.kind != "define":
            for part in walk(step.value):
                if isinstance(part, Call):
                    yield from self._called(module, step.scope, part)

    def _assigned(self, module: Module, step: Step, target: Expr, value: Expr) -> Iterator[Setting]:
        scope = step.scope
        match target:
            case Index(value=holder, index=index):
                app = self._config_of(module, scope, holder)
                if app is not None:
                    key = self.values.of(module, scope, index)
                    name = key.value if isinstance(key, Known) and isinstance(key.value, str) else ""
                    made = self.values.of(module, scope, value)
                    role = role_of(module, scope)
                    yield Setting(name, value, made, module, scope, step, "", role, True, "item", app)
            case Ref(name=name) if name.rpartition(".")[2] in ATTRIBUTES and "." in name:
                head, _, last = name.rpartition(".")
                app = self._app(module, scope, head)
                if app is not None and ATTRIBUTES[last]:
                    made = self.values.of(module, scope, value)
                    role = role_of(module, scope)
                    yield Setting(ATTRIBUTES[last], value, made, module, scope, step, "", role, True, "attribute", app)
            case Ref() if step.kind == "augment":
                app = self._config_of(module, scope, target)
                if app is not None:
                    yield from self._mapping((module, scope, value), step, "update", app)

    def _called(self, module: Module, scope: str, call: Call) -> Iterator[Setting]:
        last = terminal(call.func)
        if last not in _LOADERS and last not in {"update", "setdefault"}:
            return
        holder = _before(call.func)
        app = None if holder is None else self._config_of(module, scope, holder)
        if app is None:
            return
        role = role_of(module, scope)
        if last == "setdefault":
            key = self.values.of(module, scope, call.argument(0, "key"))
            if isinstance(key, Known) and isinstance(key.value, str):
                value = call.argument(1, "default")
                made = self.values.of(module, scope, value)
                yield Setting(key.value, value, made, module, scope, call, "", role, True, "setdefault", app)
            return
        if last in {"update", "from_mapping"}:
            for one in call.args:
                yield from self._mapping((module, scope, one), call, last, app)
            for word in call.keywords:
                if word.name is None:
                    yield from self._mapping((module, scope, word.value), call, last, app)
                else:
                    made = self.values.of(module, scope, word.value)
                    yield Setting(word.name, word.value, made, module, scope, word.value, "", role, True, last, app)
            return
        if last == "from_object":
            yield from self._loaded(module, scope, call, app)
            return
        if last == "from_pyfile":
            yield from self._pyfile(module, scope, call, app)
            return
        yield self._opaque(module, scope, call, last, app)

    def _opaque(self, module: Module, scope: str, span: Span, via: str, app: frozenset[Thing]) -> Setting:
        return Setting(
            "",
            None,
            self.values.of(module, scope, None),
            module,
            scope,
            span,
            "",
            role_of(module, scope),
            True,
            via,
            app,
        )

    def _mapping(self, given: Where, span: Span, via: str, app: frozenset[Thing]) -> Iterator[Setting]:
        module, scope, expr = given
        tables: list[Where] = [(module, scope, expr)] if isinstance(expr, Table) else []
        if isinstance(expr, Ref):
            symbol = self.names.resolve(module, scope, expr.name)
            tables = [where for where in self.objects.written(symbol) if isinstance(where[2], Table)]
        if not tables:
            if not (isinstance(expr, Call) and terminal(expr.func) == "dict" and not expr.args):
                yield self._opaque(module, scope, span, via, app)
                return
            for word in expr.keywords:
                made = self.values.of(module, scope, word.value)
                yield Setting(
                    word.name or "",
                    word.value,
                    made,
                    module,
                    scope,
                    word.value,
                    "",
                    role_of(module, scope),
                    True,
                    via,
                    app,
                )
        for where, inner, table in tables:
            assert isinstance(table, Table)  # noqa: S101 - chosen above
            for key, value in table.pairs:
                name = text_of(key) or ""
                made = self.values.of(where, inner, value)
                yield Setting(name, value, made, where, inner, value, "", role_of(where, inner), True, via, app)

    # classes and modules of settings

    def _loaded(self, module: Module, scope: str, call: Call, app: frozenset[Thing]) -> Iterator[Setting]:
        argument = call.argument(0, "obj")
        if argument is None:
            return
        chosen = self.chosen(module, scope, argument)
        if not chosen:
            yield self._opaque(module, scope, call, "from_object", app)
        for symbol, default in chosen:
            if symbol == "?":
                yield self._opaque(module, scope, call, "from_object", app)
                continue
            yield from self._loaded_from(symbol, default, (module, scope, call), app)

    def _loaded_from(
        self, symbol: str, default: bool | None, place: tuple[Module, str, Call], app: frozenset[Thing]
    ) -> Iterator[Setting]:
        """Yield what a class or module of settings holds, as loaded by one call."""
        module, scope, call = place
        via = "from_pyfile" if terminal(call.func) == "from_pyfile" else "object"
        for one in self.held(symbol):
            role = "test" if module.is_test else one.role
            load = Load(symbol, role, default, module.path, scope, call.line)
            yield replace(one, holder=symbol, role=role, default=default, via=via, app=app, loads=(load,))

    def chosen(self, module: Module, scope: str, expr: Expr) -> list[tuple[str, bool | None]]:
        """Return the holders that an argument of ``from_object`` can mean: symbol, and whether it is the default.

        The symbol is ``?`` for one that the source does not show.
        """
        default = set(self._symbols(*self._at_rest(module, scope, expr)))
        every = set(self._symbols(module, scope, expr)) | default
        if len(every) <= 1:
            return [(one, True) for one in every]
        known_default = len(default) == 1 and "?" not in default
        return [(one, (one in default) if known_default else None) for one in sorted(every)]

    def _at_rest(self, module: Module, scope: str, expr: Expr, depth: int = 0) -> Where:
        """Return what an expression comes down to when no environment variable is set."""
        here = (module, scope, expr)
        match expr:
            case Index(value=value, index=index) | Call(func=Attr(value=value, name="get"), args=(index, *_)):
                pass
            case Call(func=Ref(name=name), args=(index, *_)) if name.endswith(".get"):
                value = Ref(expr.line, expr.column, expr.end_line, expr.end_column, name.removesuffix(".get"))
            case Ref() if depth < 4:
                symbol = self.names.resolve(module, scope, expr.name)
                written = list(self.objects.written(symbol))
                return self._at_rest(*written[0], depth + 1) if len(written) == 1 else here
            case Call(func=Ref(name=name)) if depth < 4:
                returned = list(self.objects.returned(self.names.resolve(module, scope, name)))
                return self._at_rest(*returned[-1], depth + 1) if returned else here
            case _:
                return here
        tables = list(self._tables(module, scope, value))
        key = next(iter(defaults(self.values.of(module, scope, index))), None)
        if isinstance(key, Known):
            for where, inner, table in tables:
                found = table.get(str(key.value))
                if found is not None:
                    return where, inner, found
        if isinstance(expr, Call) and len(expr.args) > 1:
            return module, scope, expr.args[1]
        for where, inner, table in tables:
            found = table.get("default")
            if found is not None:
                return where, inner, found
        return here

    def _tables(self, module: Module, scope: str, expr: Expr) -> Iterator[tuple[Module, str, Table]]:
        if isinstance(expr, Table):
            yield module, scope, expr
        elif isinstance(expr, Ref):
            for where, inner, value in self.objects.written(self.names.resolve(module, scope, expr.name)):
                if isinstance(value, Table):
                    yield where, inner, value

    def _symbols(self, module: Module, scope: str, expr: Expr) -> Iterator[str]:
        value = self.values.of(module, scope, expr)
        texts = [one.value for one in defaults(value) if isinstance(one, Known) and isinstance(one.value, str)]
        if texts or isinstance(value, Env):
            for text in texts:
                yield self._by_text(module, text)
            return
        shaped = list(self._by_shape(module, scope, expr))
        if shaped:
            yield from shaped
            return
        things = self.objects.of(module, scope, expr)
        if isinstance(expr, Call) and isinstance(expr.func, Ref) and expr.func.name.endswith(".get"):
            rows = self.objects.elements(module, scope, Ref(*_span(expr.func), expr.func.name.removesuffix(".get")))
            for where in rows:
                things |= self.objects.of(*where)
            things = frozenset(one for one in things if not isinstance(one, Unknown)) or things
        for thing in things:
            match thing:
                case Named(kind="class" | "module", symbol=symbol):
                    yield symbol
                case Site(cls=cls) if ":" in cls:
                    yield cls
                case _:
                    yield "?"

    def _by_shape(self, module: Module, scope: str, expr: Expr) -> Iterator[str]:
        """``f"app.config.{name}Config"``: the classes of that module whose names fit."""
        if isinstance(expr, Ref):
            written = list(self.objects.written(self.names.resolve(module, scope, expr.name)))
            if len(written) == 1 and isinstance(written[0][2], Text | Op):
                yield from self._by_shape(*written[0])
            return
        parts = expr.parts if isinstance(expr, Text) or (isinstance(expr, Op) and expr.kind == "+") else ()
        head, dot, first = (text_of(parts[0]) or "").rpartition(".") if parts else ("", "", "")
        found = self.names.packages.module(head, module) if dot else None
        if found is not None:
            shape = re.escape(first) + "".join(re.escape(text_of(one) or "") or r"\w+" for one in parts[1:])
            yield from (f"{found.name}:{one}" for one in found.classes if re.fullmatch(shape, one))

    def _by_text(self, module: Module, text: str) -> str:
        found = self.names.packages.module(text, module)
        if found is not None:
            return f"{found.name}:"
        head, _, last = text.rpartition(".")
        found = self.names.packages.module(head, module) if head else None
        if found is None:
            return "?"
        symbol = self.names.member(found, last)
        for thing in self.objects.of_symbol(symbol):
            if isinstance(thing, Site) and ":" in thing.cls:
                return thing.cls
        return symbol

    def held(self, symbol: str) -> tuple[Setting, ...]:
        """Return the settings of a class (with its bases') or of a module."""
        if symbol not in self._holders:
            self._holders[symbol] = ()
            self._holders[symbol] = tuple(self._held(symbol))
        return self._holders[symbol]

    def _held(self, symbol: str) -> Iterator[Setting]:
        head, _, name = symbol.partition(":")
        module = self.names.by_name.get(head)
        if module is None:
            return
        role = role_of(module, name)
        if not name:
            yield from self._held_in(module, "", symbol, role)
            for one in module.imports(""):
                if one.name == "*":
                    target = self.names.imported(module, one)
                    if target is not None:
                        yield from self.held(f"{target.name}:")
            return
        seen: set[str] = set()
        classes = [
            (self.names.by_name[head], cls)
            for head, _, cls in (base.partition(":") for base in self.objects.lineage(symbol))
            if cls and head in self.names.by_name
        ]
        if any(role_of(*one) == "test" for one in classes):
            role = "test"
        for where, cls in classes:
            own = list(self._held_in(where, cls, symbol, role))
            yield from (setting for setting in own if setting.key not in seen)
            seen |= {setting.key for setting in own}

    def _held_in(self, module: Module, scope: str, holder: str, role: str) -> Iterator[Setting]:
        for step in module.steps(scope):
            if step.kind == "assign" and step.value is not None:
                for target in step.targets:
                    if isinstance(target, Ref) and _KEY.match(target.name):
                        made = self.values.of(module, scope, step.value)
                        yield Setting(target.name, step.value, made, module, scope, step, holder, role, None, "object")
        if scope not in module.classes:
            return
        for function in module.facts.functions:
            if function.owner != scope or not function.params:
                continue
            for step in module.steps(function.name):
                if step.kind != "assign" or step.value is None:
                    continue
                for target in step.targets:
                    if isinstance(target, Ref) and target.name.startswith(function.params[0].name + "."):
                        key = target.name.partition(".")[2]
                        if _KEY.match(key):
                            made = self.values.of(module, function.name, step.value)
                            yield Setting(
                                key, step.value, made, module, function.name, step, holder, role, None, "object"
                            )

    def _pyfile(self, module: Module, scope: str, call: Call, app: frozenset[Thing]) -> Iterator[Setting]:
        value = self.values.of(module, scope, call.argument(0, "filename"))
        texts = [one.value for one in defaults(value) if isinstance(one, Known) and isinstance(one.value, str)]
        found = False
        for text in texts:
            dotted = text.removesuffix(".py").lstrip("./").replace("../", "").replace("/", ".")
            target = self.names.packages.module(dotted, module) if text.endswith(".py") else None
            if target is not None:
                found = True
                yield from self._loaded_from(f"{target.name}:", True, (module, scope, call), app)
        shaped = [] if found else self._files_like(module, scope, call.argument(0, "filename"))
        for one in shaped:
            default = True if len(shaped) == 1 else None
            yield from self._loaded_from(f"{one.name}:", default, (module, scope, call), app)
        if not found and not shaped:
            yield self._opaque(module, scope, call, "from_pyfile", app)

    def _files_like(self, module: Module, scope: str, expr: Expr | None) -> list[Module]:
        """Return the files that ``os.path.join(folder, "config", name + ".py")`` can name."""
        shape = "" if expr is None else re.sub(r"^((\\\.){1,2}/)+", "", self._shape(module, scope, expr))
        if not shape.endswith("\\.py") or not re.search(r"\w{3}", shape.removesuffix("\\.py")):
            return []
        pattern = re.compile(f"(.*/)?{shape}")
        return [one for path, one in self.names.modules.items() if pattern.fullmatch(f"/{path}") and not one.is_test]

    def _shape(self, module: Module, scope: str, expr: Expr, depth: int = 0) -> str:
        """Return a regular expression for a file name: its known parts, and anything for the others."""
        text = text_of(expr)
        if text is not None:
            return re.escape(text)
        if isinstance(expr, Text) or (isinstance(expr, Op) and expr.kind in {"+", "/"}):
            between = "/" if isinstance(expr, Op) and expr.kind == "/" else ""
            return between.join(self._shape(module, scope, one, depth) for one in expr.parts)
        if isinstance(expr, Call) and terminal(expr.func) == "join":
            return "/".join(self._shape(module, scope, one, depth) for one in expr.args)
        if isinstance(expr, Ref) and depth < 4:
            written = list(self.objects.written(self.names.resolve(module, scope, expr.name)))
            if len(written) == 1 and written[0][2] is not expr:
                return self._shape(*written[0], depth + 1)
        return ".*"

    # everything

    @cached_property
    def settings(self) -> dict[str, list[Setting]]:
        """Every setting of the project by key, those of classes and modules of settings included.

        The empty key holds the loads that cannot be seen.
        """
        found: dict[str, list[Setting]] = defaultdict(list)
        seen: dict[tuple[str, int, int, str], Setting] = {}
        self._reading = True
        everything = list(self._everything())
        self._reading = False
        for one in everything:
            key = (one.module.path, one.span.line, one.span.column, one.key)
            other = seen.get(key)
            if other is None:
                seen[key] = one
                found[one.key].append(one)
            else:
                other.joined(one)
        return dict(found)

    def _everything(self) -> Iterator[Setting]:
        loaded: set[str] = set()
        for module in self.names.modules.values():
            for step in module.facts.steps:
                if step.kind in {"assign", "augment", "do", "return"}:
                    for one in self.written_by(module, step):
                        if not module.is_test:
                            loaded.add(one.holder)
                        yield one
        for module in self.names.modules.values():
            for cls in module.facts.classes:
                symbol = f"{module.name}:{cls.name}"
                named = re.search(r"(config|settings?)$", cls.name, re.IGNORECASE)
                if symbol not in loaded and (named or any(base in loaded for base in self.objects.lineage(symbol))):
                    yield from self.held(symbol)
            last = module.name.rpartition(".")[2]
            if f"{module.name}:" not in loaded and re.search(
                r"^(config|settings|default_settings|conf|local_settings)$", last
            ):
                yield from self.held(f"{module.name}:")

    def of(self, key: str, *, tests: bool = False) -> list[Setting]:
        """Return the settings of one key, those of test configs only if asked for."""
        return [one for one in self.settings.get(key, []) if tests or one.role != "test"]

    def effective(self, key: str) -> list[Setting]:
        """Return the settings of one key that count where the app is served.

        Those of tests do not; those of development do when it is the default, or when there are no others.
        """
        found = self.of(key)
        return [one for one in found if one.role != "development" or one.default] or found

    def value(self, key: str) -> Value | None:
        """Return what a key is set to, `Either` where settings differ, None when nothing visible sets it."""
        found = [one.value for one in self.effective(key)]
        return found[0] if len(found) == 1 else Either(tuple(found)) if found else None

    def _configured(self, module: Module, scope: str, holder: Expr, key: str) -> Value | None:
        """Return what reading a key of an app's config gives; None when `holder` is no app's config.

        A key that nothing visible sets is `Hidden`, with ``unset`` as its reason when no load hides it.
        """
        if not isinstance(holder, Ref | Attr) or self._config_of(module, scope, holder) is None:
            return None
        if self._reading:
            return HIDDEN
        found = self.value(key)
        return found if found is not None else Hidden("" if self.files else "unset")

    @property
    def hidden(self) -> list[Setting]:
        """The loads outside tests whose keys cannot be seen."""
        return self.of("")

    @property
    def files(self) -> list[Setting]:
        """The loads outside tests of a file, class or module of settings that cannot be seen.

        One of several classes that a call chooses from does not count: the others stand for it.
        """
        return [
            one
            for one in self.hidden
            if one.via in _FILES and (one.module.path, one.scope, one.span.line) not in self._seen_loads
        ]

    @cached_property
    def _seen_loads(self) -> frozenset[tuple[str, str, int]]:
        return frozenset(
            (load.path, load.scope, load.line)
            for every in self.settings.values()
            for one in every
            for load in one.loads
            if load.holder
        )

    def has_subclass(self, symbol: str) -> bool:
        """Whether the project has a class below a class of settings outside tests."""
        return symbol in self._bases

    @cached_property
    def _bases(self) -> frozenset[str]:
        return frozenset(
            base
            for module in self.names.modules.values()
            if not module.is_test
            for cls in module.facts.classes
            if cls.bases and role_of(module, cls.name) != "test"
            for base in self.objects.lineage(f"{module.name}:{cls.name}")[1:]
        )

    @cached_property
    def mentions(self) -> dict[str, int]:
        """How often each upper-case name is read: as a text or as the last part of a dotted name.

        A dict's key, the first argument of ``setdefault`` and the name of an environment variable are no reads.
        """
        found: dict[str, int] = defaultdict(int)
        for module in self.names.modules.values():
            for scope in module.scopes:
                for step in module.steps(scope):
                    parts = [one for one in (step.value,) if one is not None and step.kind != "define"]
                    parts += [target.value for target in step.targets if isinstance(target, Index)]
                    for part in parts:
                        _mention(part, found)
                for block in module.blocks(scope):
                    if block.subject is not None and block.kind != "else":
                        _mention(block.subject, found)
        return dict(found)

    def _config_of(self, module: Module, scope: str, holder: Expr, depth: int = 0) -> frozenset[Thing] | None:
        """Return the app whose config an expression is, or None when it is no app's config."""
        if isinstance(holder, Attr) and holder.name == "config":
            things = self.objects.of(module, scope, holder.value)
            return things if app_like(things) else None
        if not isinstance(holder, Ref) or depth > 4:
            return None
        symbol = self.names.resolve(module, scope, holder.name)
        if not symbol.endswith(".config") or self._is_local(symbol):
            written = list(self.objects.written(symbol)) if ":" in symbol else []
            if len(written) == 1 and isinstance(written[0][2], Attr | Ref) and terminal(written[0][2]) == "config":
                return self._config_of(*written[0], depth + 1)
            return None
        return self._app_symbol(symbol.removesuffix(".config"))

    def _is_local(self, symbol: str) -> bool:
        """Whether a symbol is a variable or parameter of a function, and no attribute."""
        head, _, name = symbol.partition(":")
        module = self.names.by_name.get(head)
        return module is not None and name.rpartition(".")[0] in module.functions

    def _app(self, module: Module, scope: str, name: str) -> frozenset[Thing] | None:
        return self._app_symbol(self.names.resolve(module, scope, name))

    def _app_symbol(self, symbol: str) -> frozenset[Thing] | None:
        things = self.objects.of_symbol(symbol)
        if app_like(things):
            return things
        last = re.split(r"[:.]", symbol)[-1]
        hidden = any(isinstance(one, Unknown) for one in things)
        return things if hidden and _APP_NAMES.search(last) else None


def role_of(module: Module, name: str) -> str:
    """Return the role that a class or module of settings has by its name: test, development, production or base."""
    if module.is_test:
        return "test"
    last = name.rpartition(".")[2] if name else module.name.rpartition(".")[2]
    for role, pattern in _ROLES:
        if pattern.search(last):
            return role
    if name and not name[0].islower():
        for role, pattern in _ROLES[:2]:
            if pattern.search(module.name.rpartition(".")[2]):
                return role
    return "base"


def _mention(expr: Expr, found: dict[str, int]) -> None:
    stack = [expr]
    while stack:
        part = stack.pop()
        if isinstance(part, Const):
            if isinstance(part.value, str) and part.value.isupper():
                found[part.value] += 1
        elif isinstance(part, Ref | Attr):
            last = part.name.rpartition(".")[2]
            if last.isupper():
                found[last] += 1
        stack.extend(_read_parts(part))


def _read_parts(expr: Expr) -> tuple[Expr, ...]:
    """Return the parts of an expression whose texts may name a key that is read."""
    named: Expr | None = None
    if isinstance(expr, Table):
        keys = tuple(key for key, _ in expr.pairs if key is not None and not isinstance(key, Const))
        return keys + tuple(value for _, value in expr.pairs)
    if isinstance(expr, Call) and expr.args:
        reads = isinstance(expr.func, Ref) and _READS_ENVIRONMENT.search(expr.func.name)
        named = expr.args[0] if reads or terminal(expr.func) == "setdefault" else None
    if isinstance(expr, Index) and isinstance(expr.value, Ref) and _READS_ENVIRONMENT.search(expr.value.name):
        named = expr.index
    return tuple(one for one in children(expr) if one is not named)


def _before(func: Expr) -> Expr | None:
    if isinstance(func, Attr):
        return func.value
    if isinstance(func, Ref) and "." in func.name:
        return Ref(*_span(func), func.name.rpartition(".")[0])
    return None


def _span(expr: Expr) -> tuple[int, int, int, int]:
    return expr.line, expr.column, expr.end_line, expr.end_column
