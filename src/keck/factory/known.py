"""The extensions that are made first and given their app later, and which arguments go where."""

from __future__ import annotations

from dataclasses import dataclass

EVERY = ("*",)


@dataclass(frozen=True)
class Known:
    """How the class of an extension is made and bound.

    Attributes:
        name: what to call an instance that has no name.
        after: the names of the positional arguments that follow the app in the constructor.
        late: the arguments that ``init_app`` takes and the constructor does not keep; `EVERY` for all.
        either: the arguments that both take.
        bound: the attributes that work only once there is an app.
        quiet: whether attributes set on it before it is bound are kept.
    """

    name: str
    after: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    either: tuple[str, ...] = ()
    bound: tuple[str, ...] = ()
    quiet: bool = False

    def goes_late(self, argument: str) -> bool:
        """Whether an argument is given to ``init_app``."""
        return self.late == EVERY or argument in self.late


_SESSION = ("session", "engine", "engines", "create_all", "drop_all", "reflect", "get_engine", "get_app", "get_binds")

KNOWN = {
    "flask_sqlalchemy.SQLAlchemy": Known("db", bound=_SESSION),
    "flask_migrate.Migrate": Known("migrate", ("db", "directory"), EVERY),
    "flask_jwt_extended.JWTManager": Known("jwt", ("add_context_processor",), EVERY, quiet=True),
    "flask_cors.CORS": Known("cors", late=EVERY),
    "flask_caching.Cache": Known(
        "cache", ("with_jinja2_ext", "config"), either=("config",), bound=("clear", "get", "set", "delete", "cache")
    ),
    "flask_limiter.Limiter": Known("limiter", ("key_func",), bound=("check", "reset", "storage", "limiter")),
    "flask_mail.Mail": Known("mail", bound=("send", "connect", "send_message")),
    "flask_mailman.Mail": Known("mail", bound=("send", "get_connection")),
    "flask_login.LoginManager": Known("login_manager", ("add_context_processor",), EVERY, quiet=True),
    "flask_bcrypt.Bcrypt": Known("bcrypt"),
    "flask_argon2.Argon2": Known("argon2"),
    "flask_moment.Moment": Known("moment"),
    "flask_bootstrap.Bootstrap": Known("bootstrap"),
    "flask_bootstrap.Bootstrap4": Known("bootstrap"),
    "flask_bootstrap.Bootstrap5": Known("bootstrap"),
    "flask_babel.Babel": Known("babel", late=EVERY),
    "flask_babelex.Babel": Known("babel"),
    "flask_marshmallow.Marshmallow": Known("ma"),
    "flask_socketio.SocketIO": Known("socketio", either=EVERY, bound=("run", "emit", "send")),
    "flask_sock.Sock": Known("sock"),
    "flask_session.Session": Known("session"),
    "flask_talisman.Talisman": Known("talisman", late=EVERY),
    "flask_talisman.talisman.Talisman": Known("talisman", late=EVERY),
    "flask_debugtoolbar.DebugToolbarExtension": Known("toolbar"),
    "flask_wtf.CSRFProtect": Known("csrf"),
    "flask_wtf.CsrfProtect": Known("csrf"),
    "flask_wtf.csrf.CSRFProtect": Known("csrf"),
    "flask_wtf.csrf.CsrfProtect": Known("csrf"),
    "flask_seasurf.SeaSurf": Known("csrf"),
    "flask_compress.Compress": Known("compress"),
    "flask_assets.Environment": Known("assets", bound=("url", "directory")),
    "flask_principal.Principal": Known("principal", ("use_sessions", "skip_static")),
    "flask_mongoengine.MongoEngine": Known("db"),
    "flask_pymongo.PyMongo": Known("mongo", ("uri",), EVERY, bound=("db", "cx")),
    "flask_redis.FlaskRedis": Known("redis_client", bound=("get", "set", "ping")),
    "flask_mysqldb.MySQL": Known("mysql", bound=("connection", "connect")),
    "flaskext.mysql.MySQL": Known("mysql", late=EVERY, bound=("connect", "get_db")),
    "authlib.integrations.flask_client.OAuth": Known("oauth", late=EVERY),
    "flask_apscheduler.APScheduler": Known("scheduler", bound=("start", "add_job", "task")),
    "flask_executor.Executor": Known("executor", bound=("submit", "map")),
    "flask_dropzone.Dropzone": Known("dropzone"),
    "flask_ckeditor.CKEditor": Known("ckeditor"),
    "flask_pagedown.PageDown": Known("pagedown"),
    "flask_qrcode.QRcode": Known("qrcode"),
    "flask_minify.Minify": Known("minify"),
    "flask_htmx.HTMX": Known("htmx"),
    "flask_static_digest.FlaskStaticDigest": Known("static_digest"),
    "flask_basicauth.BasicAuth": Known("basic_auth"),
    "flask_flatpages.FlatPages": Known("pages"),
    "flask_rq2.RQ": Known("rq"),
    "flask_restx.Api": Known("api", late=()),
    "flask_restplus.Api": Known("api", late=()),
    "flask_restful.Api": Known("api", late=()),
    "flask_smorest.Api": Known("api", late=EVERY, bound=("register_blueprint",)),
    "flasgger.Swagger": Known("swagger"),
    "flasgger.base.Swagger": Known("swagger"),
}
"""By symbol of the class. Source: the signatures of the packages' current and earlier versions."""

PER_APP = {
    "flask_restful.Api",
    "flask_restx.Api",
    "flask_restplus.Api",
    "flask_admin.Admin",
    "flask_admin.base.Admin",
}
"""Those that gather routes of one app: where nothing needs them earlier they are made inside the factory."""
