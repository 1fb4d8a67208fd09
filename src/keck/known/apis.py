"""What libraries offered under names and signatures that are gone: since when, and what to write instead.

The version boundaries are those of the libraries' change logs; that each is gone was tried on the versions of today.
"""

from __future__ import annotations

import msgspec


class Gone(msgspec.Struct, frozen=True):
    """Something that is gone.

    Attributes:
        package: the distribution that offered it.
        version: the first one without it.
        advice: what to write instead, as an imperative clause.
        to: dotted name of what is the same and can be imported instead.
        use: code that replaces each use; empty where the name stays.
        since: the first version that has the replacement; empty where all have.
        changes: what else the replacement changes, as a clause; empty where it is the same.
    """

    package: str
    version: str
    advice: str
    to: str = ""
    use: str = ""
    since: str = ""
    changes: str = ""


def _moved(package: str, version: str, to: str, since: str = "", changes: str = "") -> Gone:
    module, _, name = to.rpartition(".")
    return Gone(package, version, f"write `from {module} import {name}`", to, "", since, changes)


def _jwt(use: str, changes: str = "") -> Gone:
    name = use.partition("(")[0]
    return Gone("flask-jwt-extended", "4.0", f"write `{use}`", f"flask_jwt_extended.{name}", use, "4.0", changes)


_QUEUES = "records queries only under SQLALCHEMY_RECORD_QUERIES"
_PROVIDER = "write a subclass of `flask.json.provider.DefaultJSONProvider` and assign it to `app.json`"
_FIRST = "do it in the factory, under `with app.app_context():`"
_CALLBACK = "write `{}`; its function is given the header and the payload of the token"

NAMES: dict[str, Gone] = {
    "flask.Markup": _moved("flask", "3.0", "markupsafe.Markup"),
    "flask.escape": _moved("flask", "3.0", "markupsafe.escape"),
    "flask.safe_join": Gone("flask", "2.1", "use `werkzeug.utils.safe_join`, which gives None for an unsafe path"),
    "flask._app_ctx_stack": Gone("flask", "2.3", "keep it in `flask.g`"),
    "flask._request_ctx_stack": Gone("flask", "2.3", "keep it in `flask.g`"),
    "flask.json.JSONEncoder": Gone("flask", "2.3", _PROVIDER),
    "flask.json.JSONDecoder": Gone("flask", "2.3", _PROVIDER),
    "jinja2.Markup": _moved("jinja2", "3.1", "markupsafe.Markup"),
    "jinja2.escape": _moved("jinja2", "3.1", "markupsafe.escape"),
    "werkzeug.secure_filename": _moved("werkzeug", "1.0", "werkzeug.utils.secure_filename"),
    "werkzeug.cached_property": _moved("werkzeug", "1.0", "werkzeug.utils.cached_property"),
    "werkzeug.generate_password_hash": _moved("werkzeug", "1.0", "werkzeug.security.generate_password_hash"),
    "werkzeug.check_password_hash": _moved("werkzeug", "1.0", "werkzeug.security.check_password_hash"),
    "werkzeug.security.safe_str_cmp": Gone("werkzeug", "2.1", "use `hmac.compare_digest`, of bytes"),
    "flask_jwt_extended.jwt_refresh_token_required": _jwt("jwt_required(refresh=True)"),
    "flask_jwt_extended.fresh_jwt_required": _jwt("jwt_required(fresh=True)"),
    "flask_jwt_extended.jwt_optional": _jwt("jwt_required(optional=True)"),
    "flask_jwt_extended.get_raw_jwt": _jwt("get_jwt"),
    "flask_jwt_extended.get_raw_jwt_header": _jwt("get_jwt_header"),
    "flask_jwt_extended.verify_jwt_refresh_token_in_request": _jwt("verify_jwt_in_request(refresh=True)"),
    "flask_jwt_extended.verify_fresh_jwt_in_request": _jwt("verify_jwt_in_request(fresh=True)"),
    "flask_jwt_extended.verify_jwt_in_request_optional": _jwt("verify_jwt_in_request(optional=True)"),
    "flask_jwt_extended.get_jwt_claims": Gone(
        "flask-jwt-extended", "4.0", "read the claims from `get_jwt()`, where they stand beside `sub`"
    ),
    "flask_sqlalchemy.BaseQuery": Gone(
        "flask-sqlalchemy",
        "3.0",
        "write `from flask_sqlalchemy.query import Query`",
        "flask_sqlalchemy.query.Query",
        "",
        "3.0",
    ),
    "flask_sqlalchemy.Pagination": _moved("flask-sqlalchemy", "3.0", "flask_sqlalchemy.pagination.Pagination", "3.0"),
    "flask_sqlalchemy.Model": _moved("flask-sqlalchemy", "3.0", "flask_sqlalchemy.model.Model", "2.3"),
    "flask_sqlalchemy.DefaultMeta": _moved("flask-sqlalchemy", "3.0", "flask_sqlalchemy.model.DefaultMeta", "2.3"),
    "flask_sqlalchemy.BindMetaMixin": _moved("flask-sqlalchemy", "3.0", "flask_sqlalchemy.model.BindMetaMixin", "2.3"),
    "flask_sqlalchemy.NameMetaMixin": _moved("flask-sqlalchemy", "3.0", "flask_sqlalchemy.model.NameMetaMixin", "2.3"),
    "flask_sqlalchemy.models_committed": _moved(
        "flask-sqlalchemy", "3.0", "flask_sqlalchemy.track_modifications.models_committed", "3.0"
    ),
    "flask_sqlalchemy.before_models_committed": _moved(
        "flask-sqlalchemy", "3.0", "flask_sqlalchemy.track_modifications.before_models_committed", "3.0"
    ),
    "flask_sqlalchemy.get_debug_queries": Gone(
        "flask-sqlalchemy",
        "3.0",
        "write `get_recorded_queries`, and set SQLALCHEMY_RECORD_QUERIES",
        "flask_sqlalchemy.record_queries.get_recorded_queries",
        "get_recorded_queries",
        "3.0",
        _QUEUES,
    ),
    "flask_sqlalchemy.SignallingSession": Gone(
        "flask-sqlalchemy", "3.0", "use `flask_sqlalchemy.session.Session`, which takes the extension and no app"
    ),
    "flask_sqlalchemy.get_state": Gone("flask-sqlalchemy", "3.0", 'use `current_app.extensions["sqlalchemy"]`'),
    "sqlalchemy.orm.relation": Gone(
        "sqlalchemy", "2.0", "write `relationship`", "sqlalchemy.orm.relationship", "relationship"
    ),
    "sqlalchemy.orm.eagerload": Gone(
        "sqlalchemy", "1.4", "write `joinedload`", "sqlalchemy.orm.joinedload", "joinedload"
    ),
    "flask_limiter.util.get_ipaddr": Gone(
        "flask-limiter", "3.0", "use `get_remote_address`, and `ProxyFix` where a proxy stands in front of the app"
    ),
    "flask_migrate.MigrateCommand": Gone("flask-migrate", "3.0", "use the command `flask db`"),
}
"""Names that cannot be imported any more, by symbol."""

ATTRIBUTES: dict[tuple[str, str], Gone] = {
    ("app", "before_first_request"): Gone("flask", "2.3", _FIRST),
    ("blueprint", "before_app_first_request"): Gone("flask", "2.3", _FIRST),
    ("app", "json_encoder"): Gone("flask", "2.3", _PROVIDER),
    ("app", "json_decoder"): Gone("flask", "2.3", _PROVIDER),
    ("app", "config.from_json"): Gone("flask", "2.1", "write `app.config.from_file(name, load=json.load)`"),
    ("sqlalchemy", "get_app"): Gone("flask-sqlalchemy", "3.0", "use `current_app`"),
    ("sqlalchemy", "relation"): Gone("sqlalchemy", "2.0", "write `relationship`", use="relationship"),
    ("sqlalchemy", "engine.execute"): Gone(
        "sqlalchemy", "2.0", "write `with db.engine.connect() as connection: connection.execute(text(...))`"
    ),
    ("sqlalchemy", "engine.table_names"): Gone("sqlalchemy", "2.0", "write `inspect(db.engine).get_table_names()`"),
    ("sqlalchemy", "engine.has_table"): Gone("sqlalchemy", "2.0", "write `inspect(db.engine).has_table(name)`"),
    ("jwt", "user_claims_loader"): Gone(
        "flask-jwt-extended", "4.0", "write `additional_claims_loader`", use="additional_claims_loader", since="4.0",
        changes="puts the claims beside `sub`, no longer under `user_claims`",
    ),
    ("jwt", "token_in_blacklist_loader"): Gone(
        "flask-jwt-extended", "4.0", _CALLBACK.format("token_in_blocklist_loader")
    ),
    ("jwt", "user_loader_callback_loader"): Gone("flask-jwt-extended", "4.0", _CALLBACK.format("user_lookup_loader")),
    ("jwt", "user_loader_error_loader"): Gone("flask-jwt-extended", "4.0", _CALLBACK.format("user_lookup_error_loader")),
    ("jwt", "claims_verification_loader"): Gone(
        "flask-jwt-extended", "4.0", _CALLBACK.format("token_verification_loader")
    ),
    ("jwt", "claims_verification_failed_loader"): Gone(
        "flask-jwt-extended", "4.0", _CALLBACK.format("token_verification_failed_loader")
    ),
}  # fmt: skip
"""Attributes that are gone, by the kind of what had them (see `keck.project.things`) and their name."""

KEYWORDS: dict[tuple[str, str], Gone] = {
    ("flask.send_file", "attachment_filename"): Gone("flask", "2.2", "write `download_name=`", use="download_name", since="2.0"),
    ("flask.send_file", "cache_timeout"): Gone("flask", "2.2", "write `max_age=`", use="max_age", since="2.0"),
    ("flask.send_file", "add_etags"): Gone("flask", "2.2", "write `etag=`", use="etag", since="2.0"),
    ("flask.send_from_directory", "filename"): Gone("flask", "2.2", "write `path=`", use="path", since="2.0"),
    ("flask.send_from_directory", "attachment_filename"): Gone(
        "flask", "2.2", "write `download_name=`", use="download_name", since="2.0"
    ),
    ("flask.send_from_directory", "cache_timeout"): Gone("flask", "2.2", "write `max_age=`", use="max_age", since="2.0"),
    ("flask_limiter.Limiter", "storage_url"): Gone(
        "flask-limiter", "3.0", "write `storage_uri=`", use="storage_uri", since="2.0.4"
    ),
    ("flask_limiter.Limiter", "global_limits"): Gone(
        "flask-limiter", "2.0", "write `default_limits=`", use="default_limits", since="1.0"
    ),
    ("flask_jwt_extended.create_access_token", "user_claims"): Gone(
        "flask-jwt-extended", "4.0", "write `additional_claims=`", use="additional_claims", since="4.0",
        changes="puts the claims beside `sub`, no longer under `user_claims`",
    ),
    ("flask_jwt_extended.create_refresh_token", "user_claims"): Gone(
        "flask-jwt-extended", "4.0", "write `additional_claims=`", use="additional_claims", since="4.0",
        changes="puts the claims beside `sub`, no longer under `user_claims`",
    ),
    ("flask_sqlalchemy.SQLAlchemy", "use_native_unicode"): Gone(
        "flask-sqlalchemy", "3.0", "leave it out: texts are unicode"
    ),
}  # fmt: skip
"""Keyword arguments that are gone, by the symbol of what is called and their name."""

FLASK_EXT = Gone("flask", "1.0", "import the package itself")
PAGINATE = Gone("flask-sqlalchemy", "3.0", "give each argument by its name: `paginate(page=..., per_page=...)`")
LIMITER = Gone("flask-limiter", "3.0", "write `Limiter(app=app, key_func=...)`: the key function comes first now")
TEXT = Gone("sqlalchemy", "2.0", 'write `text("...")`: a plain text is not taken for SQL any more')
CREATE_ALL = Gone("flask-sqlalchemy", "3.0", "call it under `with app.app_context():`")
SELECT = Gone("sqlalchemy", "2.0", "give the columns one by one: `select(a, b)`")
ELASTIC = Gone("limits", "5.0", "choose `moving-window` or `sliding-window-counter`")
GET_ENGINE = Gone("flask-sqlalchemy", "3.2", "write `db.engine`", use="engine")
