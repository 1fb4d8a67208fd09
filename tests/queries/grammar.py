"""Legacy queries as code, made up from a seed."""

from __future__ import annotations

from random import Random

_COLUMNS = {
    "User": {"id": "int", "name": "text", "age": "int"},
    "Card": {"id": "int", "name": "text", "user_id": "int"},
    "Post": {"id": "int", "name": "text", "likes": "int", "user_id": "int", "body": "text"},
    "Comment": {"id": "int", "text": "text", "post_id": "int"},
    "Tag": {"id": "int", "name": "text"},
    "Animal": {"id": "int", "name": "text", "kind": "text"},
    "Dog": {"id": "int", "name": "text", "likes": "int"},
    "Cat": {"id": "int", "name": "text", "lives": "int"},
}
_JOINS = {
    "User": [("User.posts", "Post"), ("Post", "Post"), ("Post, Post.user_id == User.id", "Post"), ("Card", "Card")],
    "Card": [("Card.user", "User"), ("User", "User")],
    "Post": [
        ("Post.author", "User"),
        ("User", "User"),
        ("Post.tags", "Tag"),
        ("Comment", "Comment"),
        ("Comment, Comment.post_id == Post.id", "Comment"),
        ("labels", ""),
    ],
    "Comment": [("Comment.post", "Post"), ("Post", "Post")],
    "Tag": [("Tag.posts", "Post")],
}
_MANY = {"User": [("posts", "Post")], "Post": [("tags", "Tag"), ("comments", "Comment")], "Tag": [("posts", "Post")]}
_ONE = {"Post": [("author", "User")], "Comment": [("post", "Post")], "Card": [("user", "User")]}
_VALUES = {"int": ["1", "2", "3", "99", "None"], "text": ["'a'", "'b'", "'x'", "'none'", "None"]}


class Grammar:
    """Makes functions that ask a query and return its answer.

    Args:
        seed: the same one makes the same functions.
    """

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - no secret

    def function(self, name: str) -> str:
        """Return the code of a function."""
        kinds = [self._expression, self._variable, self._written, self._nested]
        body = self.random.choices(kinds, [12, 4, 2, 2])[0]()
        lines = "\n".join(f"    {line}" for line in body)
        return f"def {name}():\n{lines}\n"

    # whole bodies

    def _expression(self) -> list[str]:
        return [f"return {self._asked()}"]

    def _asked(self) -> str:
        kind = self.random.choices(["entity", "columns", "entities", "exists"], [10, 4, 3, 1])[0]
        if kind == "exists":
            inner, _ = self._entity()
            return f"db.session.query({inner}.exists()).scalar()"
        text, many = {"entity": self._entity, "columns": self._columns, "entities": self._entities}[kind]()
        return self._ended(text, many)

    def _variable(self) -> list[str]:
        model = self._model()
        lines = [f"query = {self._begin(model)}{self._links(model, 1)[0]}"]
        for _ in range(self.random.randint(0, 2)):
            condition = self.random.choice(["", "", "if True: ", "if False: "])
            lines.append(f"{condition}query = query{self._links(model, 1, least=1)[0]}")
        if self.random.random() < 0.3:
            lines.append(f"total = query.{self.random.choice(['count()', 'limit(2).all()'])}")
            return [*lines, f"return total, {self._ended('query', 'entity')}"]
        return [*lines, f"return {self._ended('query', 'entity')}"]

    def _written(self) -> list[str]:
        model = self.random.choice(["User", "Post", "Comment", "Tag", "Cat"])
        text = self._begin(model)
        for _ in range(self.random.randint(0, 2)):
            text += self._filtered(model, plain=True)
        sync = self.random.choice(["", "synchronize_session=False", "synchronize_session='fetch'"])
        before = self.random.choice([[], [f"held = {model}.query.all()"]])
        after = ["return number, [vars(one).get('name') for one in db.session.identity_map.values()]"]
        if self.random.random() < 0.5 and model in {"Comment", "Cat"}:
            return [*before, f"number = {text}.delete({sync})", "return number, len(db.session.identity_map.values())"]
        column = "text" if model == "Comment" else "name"
        values = self.random.choice(
            [f"{{'{column}': 'z'}}", f"{{{model}.{column}: 'z'}}", f"{{'{column}': {model}.{column} + 'z'}}"]
        )
        return [*before, f"number = {text}.update({values}{', ' if sync else ''}{sync})", *after]

    def _nested(self) -> list[str]:
        """Return a query that has another one in it: as a table, a column or a value."""
        inner = f"db.session.query(Post.user_id, db.func.count(Post.id).label('number')){self._filtered('Post', plain=True)}"
        grouped = f"{inner}.group_by(Post.user_id)"
        kind = self.random.randint(0, 5)
        if kind < 2:
            end = self.random.choice(["subquery()", "subquery()", "subquery('sub')", "cte('numbers')"])
            join = self.random.choice(["join", "outerjoin"])
            asked = self.random.choice(["User, sub.c.number", "User.name, sub.c.number", "User"])
            rest = self.random.choice(["", ".filter(sub.c.number > 1)", ".order_by(sub.c.number.desc(), User.id)"])
            text = f"db.session.query({asked}).{join}(sub, sub.c.user_id == User.id){rest}"
            if not rest.startswith(".order"):
                text += ".order_by(User.id)"
            return [f"sub = {grouped}.{end}", f"return {self._ended(text, 'rows')}"]
        if kind == 2:
            one = f"db.session.query(db.func.max(Post.likes)){self._filtered('Post', plain=True)}"
            correlated = f"{one}.filter(Post.user_id == User.id).correlate(User)"
            end = self.random.choice(["scalar_subquery()", "label('most')"])
            return [f"most = {correlated}.{end}", "return db.session.query(User.id, most).order_by(User.id).all()"]
        if kind == 3:
            return [
                "other = aliased(User)",
                "found = db.session.query(User, other).join(other, User.age < other.age)",
                f"return found.order_by(User.id, other.id).{self.random.choice(['all()', 'count()', 'first()'])}",
            ]
        if kind == 4:
            asked = self.random.choice(["User, db.func.count(Post.id)", "User, Post.name, db.func.count(Post.id)"])
            group = "User.id, Card.id" if asked.startswith("User, db") else "User.id, Card.id, Post.name"
            text = f"db.session.query({asked}).outerjoin(Post).options(db.lazyload(User.card)).outerjoin(Card, Card.user_id == User.id)"
            return [f"return {text}.group_by({group}).order_by(User.id).{self.random.choice(['all()', 'count()'])}"]
        sort = self.random.choice(["'name'", "'name desc'", "db.desc('name')", "db.text('full_name')", "'id'"])
        return [f"return {self._begin('User')}{self._filtered('User')}.order_by({sort}, User.id).all()"]

    # beginnings

    def _model(self) -> str:
        return self.random.choices(list(_COLUMNS), [6, 1, 6, 2, 2, 1, 1, 1])[0]

    def _begin(self, model: str) -> str:
        return self.random.choice([f"{model}.query", f"{model}.query", f"db.session.query({model})"])

    def _entity(self) -> tuple[str, str]:
        model = self._model()
        text = self._begin(model)
        links, joined = self._links(model, self.random.randint(0, 3))
        text += links
        if self.random.random() < 0.08:
            columns = self._some_columns(model)
            return f"{text}.with_entities({columns})", "rows"
        if self.random.random() < 0.03:
            return f"{text}.add_columns({self._column(model)})", "rows"
        if joined and self.random.random() < 0.1:
            return f"{text}.with_entities({model}, {joined}.id)", "rows"
        return text, "entity"

    def _columns(self) -> tuple[str, str]:
        model = self._model()
        kind = self.random.randint(0, 3)
        if kind == 0:
            function = self.random.choice(["count", "max", "sum"])
            column = f"{model}.id"
            text = f"db.session.query(db.func.{function}({column}))"
            return text + self._links(model, self.random.randint(0, 1), sort=False)[0], "value"
        if kind == 1:
            column = self._column(model)
            links = self._links(model, 1, sort=False)[0]
            text = f"db.session.query({column}, db.func.count({model}.id)){links}.group_by({column})"
            if self.random.random() < 0.5:
                text += f".having(db.func.count({model}.id) > 1)"
            return f"{text}.order_by({column})", "rows"
        text = f"db.session.query({self._some_columns(model)})"
        return text + self._links(model, self.random.randint(0, 2))[0], "rows"

    def _entities(self) -> tuple[str, str]:
        model = self.random.choice(list(_JOINS))
        join, other = self.random.choice(_JOINS[model])
        if not other:
            join, other = "Post.author", "User"
        text = f"db.session.query({model}, {self.random.choice([other, f'{other}.id', f'{other}.name' if other != 'Comment' else 'Comment.id'])})"
        if self.random.random() < 0.8:
            text += f".{self.random.choice(['join', 'outerjoin'])}({join})"
        text += self._links(model, self.random.randint(0, 1))[0]
        return text, "rows"

    def _column(self, model: str) -> str:
        return f"{model}.{self.random.choice(list(_COLUMNS[model]))}"

    def _some_columns(self, model: str) -> str:
        count = self.random.randint(1, 2)
        return ", ".join(self._column(model) for _ in range(count))

    # in the middle

    def _links(self, model: str, count: int, *, least: int = 0, sort: bool = True) -> tuple[str, str]:
        text, joined = "", ""
        for _ in range(max(least, self.random.randint(0, count + 1))):
            kind = self.random.choices(["filter", "by", "join", "options", "misc"], [6, 4, 3, 2, 2])[0]
            if kind == "filter":
                text += self._filtered(self.random.choice([model, joined or model]))
            elif kind == "by":
                text += f".filter_by({self._named(joined or model)})"
            elif kind == "join" and model in _JOINS and not joined:
                join, joined = self.random.choice(_JOINS[model])
                text += f".{self.random.choice(['join', 'join', 'outerjoin'])}({join})"
                joined = joined or model
            elif kind == "options" and model in {"User", "Post", "Tag"}:
                name = {"User": "posts", "Post": self.random.choice(["comments", "tags"]), "Tag": "posts"}[model]
                text += f".options({self.random.choice(['joinedload', 'selectinload'])}({model}.{name}))"
            elif kind == "misc":
                text += self.random.choice(
                    [".distinct()", ".with_for_update()", ".populate_existing()", f".select_from({model})"]
                )
        if sort and self.random.random() < 0.6:
            column = self._column(model)
            text += self.random.choice(
                [
                    f".order_by({column}, {model}.id)",
                    f".order_by({column}.desc(), {model}.id)",
                    f".order_by({model}.id)",
                ]
            )
            if self.random.random() < 0.05:
                text += ".order_by(None)"
        if sort and self.random.random() < 0.15:
            text += self.random.choice([".limit(2)", ".offset(1)", ".limit(3).offset(1)", ".slice(1, 3)"])
            if self.random.random() < 0.1:
                text += self._filtered(model)
        return text, joined

    def _named(self, model: str) -> str:
        column, kind = self.random.choice(list(_COLUMNS[model].items()))
        return f"{column}={self.random.choice(_VALUES[kind])}"

    def _filtered(self, model: str, *, plain: bool = False) -> str:
        if self.random.random() < 0.3:
            return (
                f".filter_by({self._named(model)})"
                if plain
                else f".filter({self._simple(model)}, {self._simple(model)})"
            )
        return f".filter({self._simple(model) if plain else self._criterion(model)})"

    def _simple(self, model: str) -> str:
        column, kind = self.random.choice(list(_COLUMNS[model].items()))
        value = self.random.choice(_VALUES[kind])
        name = f"{model}.{column}"
        if value == "None":
            return f"{name}.{self.random.choice(['is_', 'is_not'])}(None)"
        return self.random.choice([f"{name} == {value}", f"{name} != {value}", f"{name}.in_([{value}])"])

    def _criterion(self, model: str) -> str:
        kind = self.random.randint(0, 8)
        if kind == 0 and model in _MANY:
            name, other = self.random.choice(_MANY[model])
            return f"{model}.{name}.any({self.random.choice(['', self._simple(other)])})"
        if kind == 1 and model in _ONE:
            name, other = self.random.choice(_ONE[model])
            return f"{model}.{name}.has({self._simple(other)})"
        if kind == 2:
            join = self.random.choice(["db.or_", "db.and_"])
            return f"{join}({self._simple(model)}, {self._simple(model)})"
        if kind == 3 and model == "User":
            inner = self.random.choice(["db.session.query(Post.user_id)", "Post.query.with_entities(Post.user_id)"])
            return f"User.id.in_({inner}{self._filtered('Post')})"
        if kind == 4 and model == "User":
            return self.random.choice(
                ["User.id == Post.user_id", "Post.query.filter(Post.user_id == User.id).exists()", "~User.posts.any()"]
            )
        if kind == 5 and model == "Post":
            return self.random.choice(["Post.tags.contains(Tag.query.first())", "Post.author == User.query.first()"])
        if kind == 6:
            return f"db.func.lower({model}.{'text' if model == 'Comment' else 'name'}) == 'a'"
        return self._simple(model)

    # ends

    def _ended(self, text: str, many: str) -> str:
        if many == "value":
            return f"{text}.{self.random.choice(['scalar()', 'scalar()', 'all()', 'one()', 'first()'])}"
        ends = ["all()", "all()", "first()", "first()", "one()", "one_or_none()", "count()", "scalar()"]
        if many == "entity":
            ends += [
                "first_or_404()",
                "one_or_404()",
                "paginate(page=1, per_page=2)",
                "paginate(page=2, per_page=2, error_out=False)",
                "get(1)",
                "get_or_404(99)",
            ]
        wrapped = [f"list({text})", f"[one for one in {text}]", f"[*{text}]"]
        end = self.random.choice([*ends, *wrapped] if many == "entity" else [*ends, wrapped[0]])
        return end if end in wrapped else f"{text}.{end}"
