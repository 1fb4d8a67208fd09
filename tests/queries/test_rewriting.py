"""What queries become, and which stay as they are."""

from __future__ import annotations

import pytest

from tests.queries.world import rewritten

PLAIN = """\
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import aliased, sessionmaker

db = SQLAlchemy()

class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String)
    posts = db.relationship("Post", back_populates="author")
    first = db.relationship(lambda: Post, viewonly=True)
    kin = db.relationship("Nobody")

class Post(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String)
    user_id = db.Column(db.ForeignKey("user.id"))
    author = db.relationship(User, back_populates="posts")

"""


def after(body: str, head: str = PLAIN) -> str:
    """Return a function's body with its queries rewritten; it knows x, y, and the plain session s."""
    text = "def f(x, y, s):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    new, _ = rewritten(text, head)
    return "\n".join(line[4:] for line in new.splitlines()[1:])


def why(body: str, head: str = PLAIN) -> str:
    """Return why the first query of a function's body stays as it is; it has to stay."""
    text = "def f(x, y, s):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    new, left = rewritten(text, head)
    assert new == text
    return next(iter(left.values()))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("User.query.all()", "db.session.scalars(db.select(User)).all()"),
        (
            "User.query.filter_by(name=x).first()",
            "db.session.scalars(db.select(User).filter_by(name=x).limit(1)).first()",
        ),
        ("User.query.one_or_none()", "db.session.scalars(db.select(User)).one_or_none()"),
        ("User.query.scalar()", "db.session.scalars(db.select(User)).one_or_none()"),
        ("User.query.get(x)", "db.session.get(User, x)"),
        ("User.query.get(ident=x)", "db.session.get(User, x)"),
        ("User.query.get_or_404(x)", "db.get_or_404(User, x)"),
        ("User.query.get_or_404(x, y)", "db.get_or_404(User, x, description=y)"),
        ("User.query.get_or_404(x, description=y)", "db.get_or_404(User, x, description=y)"),
        ("User.query.first_or_404()", "db.first_or_404(db.select(User).limit(1))"),
        ("User.query.one_or_404(y)", "db.one_or_404(db.select(User), description=y)"),
        ("User.query.paginate()", "db.paginate(db.select(User))"),
        ("User.query.paginate(page=x, per_page=9)", "db.paginate(db.select(User), page=x, per_page=9)"),
        ("User.query.paginate(x, 9, count=y)", "db.paginate(db.select(User), page=x, per_page=9, count=y)"),
        ("User.query.count()", "db.session.scalar(db.select(db.func.count()).select_from(User))"),
        (
            "User.query.distinct().count()",
            "db.session.scalar(db.select(db.func.count()).select_from(db.select(User).distinct().subquery()))",
        ),
        ("User.query.filter_by(name=x).delete()", "db.session.execute(db.delete(User).filter_by(name=x))"),
        ("return User.query.delete()", "return db.session.execute(db.delete(User)).rowcount"),
        (
            "n = User.query.delete(synchronize_session=False)",
            "n = db.session.execute(db.delete(User).execution_options(synchronize_session=False)).rowcount",
        ),
        (
            "User.query.update({User.name: x}, False)",
            "db.session.execute(db.update(User).values({User.name: x}).execution_options(synchronize_session=False))",
        ),
        ("User.query.update(values={'name': x})", "db.session.execute(db.update(User).values({'name': x}))"),
        ("for one in User.query:\n    pass", "for one in db.session.scalars(db.select(User)):\n    pass"),
        ("sorted(User.query, key=x)", "sorted(db.session.scalars(db.select(User)), key=x)"),
        ("[*User.query]", "[*db.session.scalars(db.select(User))]"),
        ("[a for a in User.query if a]", "[a for a in db.session.scalars(db.select(User)) if a]"),
        ("{a: 1 for a, in User.query}", "{a: 1 for a, in db.session.scalars(db.select(User))}"),
        ("User.query.order_by(False).all()", "db.session.scalars(db.select(User).order_by(None)).all()"),
        (
            "User.query.populate_existing().all()",
            "db.session.scalars(db.select(User).execution_options(populate_existing=True)).all()",
        ),
        (
            "User.query.order_by(User.id).order_by(None).all()",
            "db.session.scalars(db.select(User).order_by(User.id).order_by(None)).all()",
        ),
        (
            "User.query.add_columns(Post.id).all()",
            "db.session.execute(db.select(User).add_columns(Post.id)).unique().all()",
        ),
        (
            "User.query.with_for_update().first()",
            "db.session.scalars(db.select(User).with_for_update().limit(1)).first()",
        ),
        ("db.session.query(User.id).all()", "db.session.execute(db.select(User.id)).all()"),
        ("db.session.query(User.id).scalar()", "db.session.execute(db.select(User.id)).scalar_one_or_none()"),
        ("db.session.query(db.func.count(User.id)).scalar()", "db.session.scalar(db.select(db.func.count(User.id)))"),
        ("db.session.query(User.id.label('x')).all()", "db.session.execute(db.select(User.id.label('x'))).all()"),
        (
            "db.session.query(db.func.coalesce(User.id, x)).all()",
            "db.session.execute(db.select(db.func.coalesce(User.id, x))).all()",
        ),
        ("db.session.query(User.id + 1).all()", "db.session.execute(db.select(User.id + 1)).all()"),
        (
            "db.session.query(db.func.max(User.id).label('x')).scalar()",
            "db.session.scalar(db.select(db.func.max(User.id).label('x')))",
        ),
        (
            "db.session.query(db.func.max(User.id).desc()).all()",
            "db.session.execute(db.select(db.func.max(User.id).desc())).all()",
        ),
        ("db.session.query(db.distinct(User.id)).all()", "db.session.execute(db.select(db.distinct(User.id))).all()"),
        ("User.query.with_entities(User.id).all()", "db.session.execute(db.select(User.id)).all()"),
        (
            "User.query.filter_by(name=x).with_entities(User.id).all()",
            "db.session.execute(db.select(User).filter_by(name=x).with_only_columns(User.id)).all()",
        ),
        (
            "db.session.query(User.query.exists()).scalar()",
            "db.session.scalar(db.select(db.select(User).exists()))",
        ),
        ("y = User.query.subquery('y')", "y = db.select(User).subquery('y')"),
        ("y = db.session.query(User.id).as_scalar()", "y = db.select(User.id).scalar_subquery()"),
        (
            "y = Post.query.filter(Post.user_id.in_(db.session.query(User.id))).all()",
            "y = db.session.scalars(db.select(Post).filter(Post.user_id.in_(db.select(User.id)))).all()",
        ),
        (
            "User.query.join(Post).filter_by(id=x).all()",
            "db.session.scalars(db.select(User).join(Post).filter(Post.id == x)).unique().all()",
        ),
        (
            "User.query.join(User.posts).filter_by(id=x or y, name=None).first()",
            "db.session.scalars(db.select(User).join(User.posts).filter(Post.id == (x or y), Post.name.is_(None)).limit(1)).first()",
        ),
        (
            "db.session.query(Post).join(Post.author).filter_by(name=x + 1, posts=None).first()",
            "db.session.scalars(db.select(Post).join(Post.author).filter(User.name == x + 1, User.posts == None).limit(1)).first()",
        ),
        (
            "db.session.query(db.func.count(User.id)).filter_by(name=x).scalar()",
            "db.session.scalar(db.select(db.func.count(User.id)).filter(User.name == x))",
        ),
        (
            "db.session.query(db.func.count()).select_from(User).filter_by(name=x).scalar()",
            "db.session.scalar(db.select(db.func.count()).select_from(User).filter(User.name == x))",
        ),
        (
            "db.session.query(User, Post.id).join(Post).all()",
            "db.session.execute(db.select(User, Post.id).join(Post)).unique().all()",
        ),
        (
            "number = db.func.count(Post.id).label('number')\ndb.session.query(User.id, number).group_by(User.id).all()",
            (
                "number = db.func.count(Post.id).label('number')\n"
                "db.session.execute(db.select(User.id, number).group_by(User.id)).all()"
            ),
        ),
        (
            "most = db.session.query(db.func.max(Post.id)).scalar_subquery()\ndb.session.query(User.id, most).all()",
            (
                "most = db.select(db.func.max(Post.id)).scalar_subquery()\n"
                "db.session.execute(db.select(User.id, most)).all()"
            ),
        ),
        (
            "other = aliased(User)\ndb.session.query(other).filter(other.id > User.id).all()",
            "other = aliased(User)\ndb.session.scalars(db.select(other).filter(other.id > User.id)).unique().all()",
        ),
        (
            "q = User.query\nif x:\n    q = q.filter_by(name=x)\nr = q.order_by(User.id)\nreturn r.all(), q.count()",
            (
                "q = db.select(User)\nif x:\n    q = q.filter_by(name=x)\nr = q.order_by(User.id)\n"
                "return db.session.scalars(r).all(), db.session.scalar(db.select(db.func.count()).select_from(q.subquery()))"
            ),
        ),
        (
            "if x:\n    q = User.query.limit(2)\nelse:\n    q = User.query.options(x)\nreturn list(q)",
            (
                "if x:\n    q = db.select(User).limit(2)\nelse:\n    q = db.select(User).options(x)\n"
                "return list(db.session.scalars(q).unique())"
            ),
        ),
        (
            "q = db.session.query(User.id)\nreturn Post.query.filter(Post.id.in_(q)).first()",
            (
                "q = db.select(User.id)\n"
                "return db.session.scalars(db.select(Post).filter(Post.id.in_(q)).limit(1)).first()"
            ),
        ),
        (
            "q = User.query.join(Post)\nq = q.filter_by(name=x)\nreturn q.first()",
            "q = db.select(User).join(Post)\nq = q.filter(Post.name == x)\nreturn db.session.scalars(q.limit(1)).first()",
        ),
    ],
)
def test_queries_become_selects(old: str, new: str) -> None:
    """Each kind of query becomes what asks the same with `select()`."""
    assert after(old) == new


@pytest.mark.parametrize(
    ("criterion", "repeats"),
    [
        ("User.name == x", False),
        ("func.lower(User.name) == x", False),
        ("func.lower(User.name)", False),
        ("db.desc(User.name)", False),
        ("User.name == Post.name", True),
        ("x", True),
        ("*x", True),
        ("db.or_(User.name == x, ~(User.id > 1))", False),
        ("db.func.lower(User.name) == x", False),
        ("db.func.lower(Post.name) == x", True),
        ("User.posts.any(Post.id == 1)", False),
        ("User.name.like('x')", False),
        ("User.name.contains('x')", False),
        ("User.posts.contains(x)", True),
        ("Post.name.like('x')", True),
        ("User.id.in_(x)", False),
        ("x.c.id == User.id", True),
        ("True", False),
        ("User.name.desc().like(x)", False),
        ("x(1).like(2)", True),
        ("User.id == x(1, y=2).z", False),
        ("User.id == Post.id.in_([1])", True),
        ("lambda: x", True),
        ("db.exists(x).where(y)", True),
        ("User.id == x.in_(1)", False),
        ("User.id == x().in_(1)", False),
        ("User.name", False),
        ("name", True),
        ("User.id == User", False),
        ("User.id == db", False),
    ],
)
def test_results_are_made_unique_where_they_may_repeat(criterion: str, repeats: bool) -> None:
    """What `Query` leaves out by itself is left out with `unique()` wherever another table may be in the statement."""
    unique = ".unique()" if repeats else ""
    found = after(f"User.query.filter({criterion}).all()")
    assert found == f"db.session.scalars(db.select(User).filter({criterion})){unique}.all()"


@pytest.mark.parametrize(
    ("options", "repeats"),
    [
        ("selectinload(User.posts)", False),
        ("joinedload(User.posts)", True),
        ("selectinload(User.posts).selectinload(x)", False),
        ("selectinload(User.posts).joinedload(x)", True),
        ("x", True),
        ("*x", True),
    ],
)
def test_options_that_load_by_a_join_need_unique_results(options: str, repeats: bool) -> None:
    """`unique()` stands where options may load a collection with the same statement."""
    unique = ".unique()" if repeats else ""
    found = after(f"User.query.options({options}).first()")
    assert found == f"db.session.scalars(db.select(User).options({options}).limit(1)){unique}.first()"


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("return User.query.filter_by(name=x)", "it is returned"),
        ("x(User.query)", "it is handed on to a function"),
        ("User.query.filter_by(name=x)[0]", "it is indexed"),
        ("x.query = User.query", "it is kept in more than a variable"),
        ("a = b = User.query", "it is kept in more than a variable"),
        ("a = User.query or x", "it is kept or handed on"),
        ("User.query", "it is kept or handed on"),
        ("[User.query for a in x]", "it is kept or handed on"),
        ("User.query.statement", "its `statement`"),
        ("User.query.filter", "its `filter`"),
        ("User.query.union(x).all()", "`union`"),
        ("User.query.filter(1).get(x)", "`get` of a query that is narrowed"),
        ("User.query.get(x, y)", "`get` with more than a key"),
        ("User.query.get(*x)", "`get` of what is not known"),
        ("User.query.get(key=x)", "`get` of what is not known"),
        ("User.query.get_or_404(*x)", "`get_or_404` with arguments that are not known"),
        ("User.query.all(1)", "`all` with arguments"),
        ("User.query.limit(2).filter_by(name=x).all()", "`filter_by` after a limit"),
        ("User.query.limit(*x).all()", "`limit` of what is not known"),
        ("User.query.limit(2).paginate()", "`paginate` after a limit"),
        ("User.query.paginate(*x)", "`paginate` of what is not known"),
        ("User.query.paginate(total=x)", "`paginate` with arguments that are not known"),
        ("db.session.query(User.id).paginate()", "`paginate` of rows"),
        ("db.session.query(User.id).first_or_404()", "`first_or_404` of rows"),
        ("db.session.query(User.id).one_or_404()", "`one_or_404` of rows"),
        ("User.query.join(Post).one_or_404()", "`one_or_404` of rows that may repeat"),
        ("User.query.options(x).first_or_404()", "`first_or_404` where collections are loaded by a join"),
        ("User.query.distinct(User.name).all()", "`distinct` on some columns"),
        ("User.query.distinct().order_by(x).all()", "`distinct`, sorted by what may not be asked for"),
        ("User.query.distinct().order_by('name').all()", "`distinct`, sorted by what may not be asked for"),
        ("User.query.group_by('name').all()", "`group_by` by text or by what is not known"),
        ("User.query.join('posts').all()", "a join by name"),
        ("User.query.join((Post, x)).all()", "a join by name"),
        ("User.query.join(Post, aliased=True).all()", "a join of an old form"),
        ("User.query.join(*x).all()", "a join of what is not known"),
        ("User.query.join(Post).filter_by(**x).all()", "`filter_by` on a model that is not known"),
        ("User.query.join(x).filter_by(name=x).all()", "`filter_by` on a model that is not known"),
        ("User.query.join(x()).filter_by(name=x).all()", "`filter_by` on a model that is not known"),
        ("User.query.join(User.kin).filter_by(name=x).all()", "`filter_by` on a model that is not known"),
        ("User.query.join(User.first).filter_by(name=x).all()", "`filter_by` on a model that is not known"),
        ("User.query.join(User.name).filter_by(name=x).all()", "`filter_by` on a model that is not known"),
        ("User.query.join(Post).filter_by(nothing=x).all()", "`filter_by` on an attribute that is not known"),
        ("User.query.filter(1).select_from(User).all()", "`select_from` that is not the first call"),
        ("User.query.group_by(User.id).exists()", "`exists` of groups"),
        ("db.session.query(db.func.count(User.id)).exists()", "`exists` of what is computed"),
        ("User.query.with_for_update().paginate()", "`paginate` of what is locked"),
        ("User.query.with_for_update().count()", "`count` of what is locked"),
        ("User.query.limit(2).delete()", "`delete` of a query that is more than filtered"),
        ("User.query.filter(x).delete()", "`delete` of a query that is more than filtered"),
        ("User.query.delete(x())", "`delete` of what is not known"),
        ("User.query.delete(*x)", "`delete` of what is not known"),
        ("User.query.delete(delete_args=x)", "`delete` with options"),
        ("User.query.update(x, update_args=x)", "`update` with options"),
        ("User.query.update(synchronize_session=x)", "`update` of nothing"),
        ("User.query.subquery(reduce_columns=True)", "`subquery` with options"),
        ("s.query(User).get_or_404(x)", "`get_or_404` of a session that is not Flask-SQLAlchemy's"),
        ("db.session.query(*x).all()", "what is asked for is not known"),
        ("db.session.query().all()", "what is asked for is not known"),
        ("db.session.query(x).all()", "what is asked for is not known"),
        ("db.session.query(x.id).all()", "what is asked for is not known"),
        ("db.session.query(x()).all()", "what is asked for is not known"),
        ("n = n.label('n')\ndb.session.query(n).all()", "what is asked for is not known"),
        ("User = aliased(User)\ndb.session.query(User).all()", "what is asked for is not known"),
        ("u = aliased()\ndb.session.query(u).all()", "what is asked for is not known"),
        ("u = aliased(x)\ndb.session.query(u).all()", "what is asked for is not known"),
        ("n = db.session.query(x).all()\ndb.session.query(n).all()", "what is asked for is not known"),
        ("db.session.query(desc(User.id)).all()", "what is asked for is not known"),
        ("db.session.query('name').all()", "what is asked for is not known"),
        ("db.session.query(not User.id).all()", "what is asked for is not known"),
        ("db.session.query(User.posts).all()", "what is asked for is not known"),
        ("db.session.query(User.desc()).all()", "what is asked for is not known"),
        ("db.session.query(aliased(User).label('x')).all()", "what is asked for is not known"),
        ("y = x.get(1)\ndb.session.query(y).all()", "what is asked for is not known"),
        ("u = User(x)\ndb.session.query(u).all()", "what is asked for is not known"),
        ("db.session().query(User).all()", "a session that is made in place"),
        ("type(x).query.all()", "a model that is not known"),
        ("x(1).query.all()", "a model that is not known"),
        ("Nobody.query.all()", "a model that is not known"),
        ("f'{User.query.count()}'", "it stands in an f-string"),
        ("q = User.query\nreturn q", "it is returned"),
        ("q = User.query\nx(q)", "it is handed on to a function"),
        ("q = User.query\nq = q.statement", "its `statement`"),
        ("q = User.query\nq = x or 1", "its variable holds other things too"),
        ("db.session.query(User + 1).all()", "what is asked for is not known"),
        ("q = User.query\nq = x", "its variable holds other things too"),
        ("q = User.query\nq = x.filter(1)", "its variable holds other things too"),
        ("q = User.query\nfor q in x:\n    pass", "its variable holds other things too"),
        ("q = User.query\nq, y = x", "its variable holds other things too"),
        ("q = User.query\nq = q.all()", "its variable holds other things too"),
        ("q = User.query\ndel q", "its variable is changed in another way"),
        ("q = User.query\ndef g():\n    return q.all()\nreturn q.all()", "its variable is used in an inner function"),
        ("q = User.query\nif x:\n    q = Post.query\nreturn q.all()", "its variable holds different queries"),
        ("q = User.query\nq = q.with_entities(User.id)\nreturn q.all()", "it asks for something else later"),
        ("q = User.query\nfor a in x:\n    q = q.limit(a)\nreturn q.all()", "it is limited in a loop"),
        (
            "q = User.query\nq = q.join(Post)\nq = q.filter_by(name=x)\nreturn q.all()",
            "`filter_by` on a model that is not known",
        ),
        ("q = User.query\nreturn q.delete()", "`delete` of a query that is more than filtered"),
        (
            "q = User.query\nq.filter(User.id.in_(q.with_entities(User.id))).all()",
            "one of its uses stands within another",
        ),
        ("q = User.query\nx.a = q\nreturn q.all()", "it is kept or handed on"),
        ("list = x\nlist(User.query)", "it is handed on to a function"),
        ("a = User.query.all\nreturn a", "its `all`"),
    ],
)
def test_queries_that_are_not_known_stay(query: str, reason: str) -> None:
    """A chain that `select()` has no certain equal of is left as it is, and it can be said why."""
    assert why(query) == reason


def test_variables_of_modules_and_classes_stay() -> None:
    """What is kept outside functions may be used from anywhere."""
    for code in ("q = User.query\nq.all()\n", "class A:\n    q = User.query\n"):
        new, left = rewritten(code, PLAIN)
        assert new == code
        assert list(left.values()) == ["it is kept in a variable outside functions"]
