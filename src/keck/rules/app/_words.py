"""Words of the files that the rules about wiring need to see."""

from __future__ import annotations

EXTENSIONS = (
    "flask_sqlalchemy", "flask_migrate", "flask_jwt", "flask_cors", "flask_caching", "flask_limiter", "flask_mail",
)  # fmt: skip
MAKERS = ("Flask(", "SQLAlchemy(", "create_app", "dynaconf", "load_extensions", "extensions_list")
