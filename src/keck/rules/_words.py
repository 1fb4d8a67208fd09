"""Words of the files that rules of several folders need to see."""

from __future__ import annotations

SETTINGS = (
    "Flask(", "config.from_", "config.update", "Config:", "Config(", "Config)", "Settings:", "Settings(", "Settings)",
    "SECRET_KEY",
)  # fmt: skip
"""Where apps are configured."""

CHANGING_VIEWS = (
    ".route(", ".post(", ".put(", ".patch(", "add_url_rule", "add_resource", "Resource)", "Resource,", "MethodView",
    "Blueprint(", "Namespace(",
)  # fmt: skip
"""Where views are registered that may change something."""

MODELS = (
    "Model", "Base)", "Base,", "mapped_column", "= Column(", "= db.Column(", "= sa.Column(", "= sqlalchemy.Column(",
)  # fmt: skip
"""Where models are defined; a migration has columns as well, but assigns none."""
