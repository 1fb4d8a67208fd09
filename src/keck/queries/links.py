"""The calls in the middle of a chain: which of them `select()` has with the same meaning, and what they do."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field, replace

from keck.facts.expr import Call, Const, Expr, Items, Lambda, Op, Ref, Star, is_false, is_none, ref_at, text_of
from keck.project.module import Module
from keck.queries.chain import Link
from keck.queries.left import Left
from keck.queries.reach import Reach, loads_by_join
from keck.queries.selection import Selection, Selections
from keck.queries.spelling import Spellings

CRITERIA = {"filter", "where", "filter_by"}
_REFUSED = {*CRITERIA, "order_by", "group_by", "having", "join", "outerjoin"}
"""What `Query` refuses once it has a limit, and `Select` does not."""
LIMITS = {"limit", "offset", "slice"}


@dataclass(frozen=True)
class Shape:
    """What is known of a query between two of its calls.

    Attributes:
        selection: what it asks for.
        names: the methods called so far.
        joined: how the last joined model is spelt, ``?`` where that is not known.
        wide: whether tables may be in it beyond those of the models asked for.
        eager: whether options may load something by a join.
        sorted_wide: whether it is sorted by what may not be asked for.
        grouped_by: what it is grouped by.
    """

    selection: Selection
    names: tuple[str, ...] = ()
    joined: str = ""
    wide: bool = False
    eager: bool = False
    sorted_wide: bool = False
    grouped_by: tuple[Expr, ...] = field(default=())

    def has(self, *names: str) -> bool:
        """Whether one of some methods was called."""
        return any(one in self.names for one in names)


class Links:
    """Judges the middle of chains."""

    def __init__(self, selections: Selections, spellings: Spellings) -> None:
        self.selections = selections
        self.spellings = spellings
        self.reach = Reach(selections)

    def follow(self, module: Module, scope: str, shape: Shape, links: Sequence[Link]) -> tuple[Shape, str]:
        """Return the shape after some calls, and the pattern of what becomes of them.

        Raises:
            Left: one of them is not known, or means something else after `select()`.
        """
        text = ""
        for link in links:
            shape, piece = self._step(module, scope, shape, link)
            text += piece
        return shape, text

    def _step(self, module: Module, scope: str, shape: Shape, link: Link) -> tuple[Shape, str]:
        name, call = link.name, link.call
        if name in _REFUSED and shape.has(*LIMITS):
            raise Left(f"`{name}` after a limit")
        after = replace(shape, names=(*shape.names, name))
        models = shape.selection.models
        match name:
            case "filter_by":
                return after, self._by_name(module, scope, shape, link)
            case "filter" | "where" | "having":
                inside = self.reach.is_within(module, scope, call.args, models)
                return replace(after, wide=shape.wide or not inside), link.text
            case "order_by":
                return self._ordered(module, scope, after, link)
            case "group_by":
                if call.open_ended or any(text_of(one) is not None for one in call.args):
                    raise Left("`group_by` by text or by what is not known")
                inside = self.reach.is_within(module, scope, call.args, models)
                grouped = (*shape.grouped_by, *call.args)
                return replace(after, wide=shape.wide or not inside, grouped_by=grouped), link.text
            case "join" | "outerjoin":
                return replace(after, wide=True, joined=self._joined(module, scope, call)), link.text
            case "options":
                return replace(after, eager=shape.eager or loads_by_join(call)), link.text
            case "distinct":
                if call.args or call.keywords:
                    raise Left("`distinct` on some columns")
            case "slice" | "limit" | "offset":
                if call.open_ended:
                    raise Left(f"`{name}` of what is not known")
            case "select_from":
                if shape.names or len(call.args) != 1 or call.open_ended:
                    raise Left("`select_from` that is not the first call")
                given = self.selections.model(module, scope, call.args[0])
                spelt = call.args[0].name if given and isinstance(call.args[0], Ref) else "?"
                return replace(after, wide=shape.wide or given not in models, joined=spelt), link.text
            case "with_entities":
                return self._narrowed(module, scope, shape, link)
            case "add_columns":
                added = self.selections.of(module, scope, call)
                return replace(after, selection=Selection((*shape.selection.asked, *added.asked)), wide=True), link.text
            case "populate_existing":
                return after, ".execution_options(populate_existing=True)"
            case "with_for_update" | "execution_options" | "correlate":
                pass
            case _:
                raise Left(f"`{name}`")
        return after, link.text

    def _by_name(self, module: Module, scope: str, shape: Shape, link: Link) -> str:
        """Return ``filter_by(...)`` as it is, or as ``filter(...)`` where `Select` would look in more tables."""
        asked = shape.selection.asked
        alone = all(one.kind in {"entity", "column"} for one in asked) and len(shape.selection.models) == 1
        if not shape.joined and alone and not shape.has("with_entities", "add_columns"):
            return link.text
        name = shape.joined or (asked[0].name if not shape.has("with_entities", "add_columns") else "")
        if link.call.open_ended or link.call.args or name in {"", "?"}:
            raise Left("`filter_by` on a model that is not known")
        symbol = self.selections.model(module, scope, ref_at(link.call, name))
        if not all(self.selections.has_attribute(symbol, one.name or "") for one in link.call.keywords):
            raise Left("`filter_by` on an attribute that is not known")
        model = self.selections.project.models.get(symbol)
        columns = model.columns if model is not None else {}
        equal = [_equal(name, one.name or "", one.value, link, columns) for one in link.call.keywords]
        return f".filter({', '.join(equal)})"

    def _ordered(self, module: Module, scope: str, after: Shape, link: Link) -> tuple[Shape, str]:
        args = link.call.args
        if len(args) == 1 and is_false(args[0]):
            return replace(after, sorted_wide=False), ".order_by(None)"
        if len(args) == 1 and is_none(args[0]):
            return replace(after, sorted_wide=False), link.text
        if any(text_of(one) is not None for one in args):
            return replace(after, sorted_wide=True), link.text
        inside = self.reach.is_within(module, scope, args, after.selection.models)
        plain = inside and after.selection.is_single
        return replace(after, wide=after.wide or not inside, sorted_wide=after.sorted_wide or not plain), link.text

    def _joined(self, module: Module, scope: str, call: Call) -> str:
        """Return how the model that a join leads to is spelt."""
        if call.open_ended or not call.args or len(call.args) > 2:
            raise Left("a join of what is not known")
        if any(isinstance(one, Items | Const) for one in call.args):
            raise Left("a join by name")
        if not {one.name for one in call.keywords} <= {"isouter", "full", "onclause"}:
            raise Left("a join of an old form")
        target = call.args[0]
        if not isinstance(target, Ref):
            return "?"
        if self.selections.model(module, scope, target):
            return target.name
        symbol = self.selections.leads_to(module, scope, target)
        return self.spellings.name(module, scope, symbol) or "?" if symbol else "?"

    def _narrowed(self, module: Module, scope: str, shape: Shape, link: Link) -> tuple[Shape, str]:
        selection = self.selections.of(module, scope, link.call)
        wide = shape.wide or not selection.models <= shape.selection.models
        after = replace(shape, selection=selection, names=(*shape.names, "with_entities"), wide=wide)
        return after, f".with_only_columns({link.value('*')})"


def _equal(model: str, name: str, value: Expr, link: Link, columns: Container[str]) -> str:
    if is_none(value) and name in columns:
        return f"{model}.{name}.is_(None)"
    text = link.value(name)
    if isinstance(value, Op | Lambda | Star) and not (
        isinstance(value, Op) and value.kind in {"+", "-", "*", "/", "%"}
    ):
        text = f"({text})"
    return f"{model}.{name} == {text}"
