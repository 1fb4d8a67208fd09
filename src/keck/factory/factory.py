"""The functions in which a page's statements about its app come to stand: ``create_app``, ``register``."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from keck.factory.sheet import Row, Sheet
from keck.factory.texts import BLANK, Statement, function, identifiers, statement, within
from keck.factory.uses import dotted

FEW = 3
"""So many registrations stand in the factory itself."""
CONFIG_CALLS = ("update", "from_object", "from_pyfile", "from_mapping", "from_envvar", "from_file", "from_json",
                "setdefault", "from_prefixed_env", "load_dotenv")  # fmt: skip


class Factory:
    """The factory of the home.

    Attributes:
        name: of the factory.
        node: its definition.
        registering: the function that registers what the page has, which the factory calls; None where there is none.
    """

    def __init__(self, sheet: Sheet, name: str) -> None:
        self.sheet = sheet
        self.page = sheet.page
        self.name = name
        self.registering: cst.FunctionDef | None = None
        rows = [row for row in sheet.rows if row.move]
        names = sheet.globals(rows)
        self.override = self._parameter(rows)
        section = self._section(rows, names)
        body: list[Statement] = []
        if names:
            body.append(statement(f"global {', '.join(names)}"))
        at = self._config_at(rows)
        self._open(rows)
        for position, row in enumerate(rows):
            if section and row in section:
                if row is section[0]:
                    body += self._registered(section)
            else:
                body += row.move
            if position == at:
                body.append(self._overriding())
        last = statement(f"return {sheet.names.local}")
        body.append(last.with_changes(leading_lines=[BLANK]) if len(body) > FEW else last)
        self.node = function(f"{self.name}({self.override}=None)", body, self.page.tree)

    def _open(self, rows: Sequence[Row]) -> None:
        """Give a context of its own to what stood behind a context that was pushed."""
        plan = self.sheet.plan
        if plan.pushed is None:
            return
        last: Row | None = None
        for row in rows:
            if row.kind != "moved" or row.statement.index < plan.pushed.index or not plan.needs_context(row.statement):
                last = None
            elif last is None:
                row.move = [within(row.move, f"with {self.sheet.names.local}.app_context():")]
                last = row
            else:
                (block,) = last.move
                opened = cst.ensure_type(block, cst.With)
                last.move = [opened.with_deep_changes(opened.body, body=[*opened.body.body, *row.move])]
                row.move = []

    def _parameter(self, rows: Sequence[Row]) -> str:
        used = {use.head for row in rows for use in row.statement.uses}
        used |= {name for row in rows for name in row.statement.binds}
        return next(one for one in ("config", "overrides", "settings", "config_overrides") if one not in used)

    def _overriding(self) -> Statement:
        local = self.sheet.names.local
        return statement(f"if {self.override} is not None:\n    {local}.config.update({self.override})")

    def _config_at(self, rows: Sequence[Row]) -> int:
        """Return behind which row the settings of the caller come: the last that writes config before it is read."""
        kinds = ["database" if self._is_database(row) else row.kind for row in rows]
        anchors = (kinds.index(one) for one in ("database", "bind", "registered", "call") if one in kinds)
        anchor = next(anchors, len(rows))
        return max((position for position, row in enumerate(rows[:anchor]) if self._configures(row)), default=0)

    def _is_database(self, row: Row) -> bool:
        for node in row.move:
            small = node.body[0] if isinstance(node, cst.SimpleStatementLine) else None
            call = small.value if isinstance(small, cst.Expr) else None
            if isinstance(call, cst.Call) and dotted(call.func) == "db.init_app":
                return True
        split = self.sheet.plan.splits.get(row.statement.index)
        return row.kind == "bind" and split is not None and split.name == "db"

    def _configures(self, row: Row) -> bool:
        return row.kind == "app" or any(_writes_config(node, self.sheet.names.local) for node in row.move)

    def _section(self, rows: Sequence[Row], names: Sequence[str]) -> list[Row]:
        """Return the rows from the first registration to the last where they can be a function of their own."""
        marks = [position for position, row in enumerate(rows) if row.kind == "registered"]
        if sum(len(rows[one].move) for one in marks) <= FEW:
            return []
        section = list(rows[marks[0] : marks[-1] + 1])
        inside = {name for row in section for name in _assigned(row)}
        outside = {name for row in rows if row not in section for name in _assigned(row)}
        local = self.sheet.names.local
        crossing = (inside & identifiers([node for row in rows if row not in section for node in row.move])) | (
            (outside - {local}) & identifiers([node for row in section for node in row.move])
        )
        shared = {name for name in (*inside, *outside) if name in names}
        return [] if crossing or (shared & inside) else section

    def _registered(self, section: Sequence[Row]) -> list[Statement]:
        name = self.sheet.unused("register_routes", "register_views", "register_all")
        body = [node for row in section for node in row.move]
        local = self.sheet.names.local
        self.registering = function(f"{name}({local})", body, self.page.tree)
        return [statement(f"{name}({local})")]


def part(sheet: Sheet, name: str) -> cst.FunctionDef:
    """Return the function in which another page than the home registers what it has."""
    return function(f"{name}({sheet.names.local})", _body(sheet), sheet.page.tree)


def maker(sheet: Sheet, name: str) -> cst.FunctionDef:
    """Return the function in which a home begins what another page completes."""
    last = statement(f"return {sheet.names.local}").with_changes(leading_lines=[BLANK])
    return function(f"{name}()", [*_body(sheet), last], sheet.page.tree)


def _body(sheet: Sheet) -> list[Statement]:
    rows = [row for row in sheet.rows if row.move]
    names = sheet.globals(rows)
    body = [statement(f"global {', '.join(names)}")] if names else []
    return body + [node for row in rows for node in row.move]


def _assigned(row: Row) -> set[str]:
    return set(row.statement.binds) if row.kind in {"moved", "app"} else set()


def _writes_config(node: cst.CSTNode, app: str) -> bool:
    """Whether a statement, or one within it, writes the app's config."""
    if isinstance(node, cst.FunctionDef | cst.ClassDef):
        return False
    if isinstance(node, cst.Assign):
        return any(_of_app(one.target, app) for one in node.targets)
    if isinstance(node, cst.AugAssign | cst.AnnAssign):
        return _of_app(node.target, app)
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        return node.func.attr.value in CONFIG_CALLS and dotted(node.func.value) == f"{app}.config"
    return any(_writes_config(one, app) for one in node.children)


def _of_app(node: cst.CSTNode, app: str) -> bool:
    while isinstance(node, cst.Subscript):
        node = node.value
    return dotted(node).startswith(f"{app}.") and not dotted(node).startswith(f"{app}.jinja_env")
