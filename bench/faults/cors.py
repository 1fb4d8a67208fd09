"""Origins that are let in, and origins that never are."""

from __future__ import annotations

from faults import Fault

BIND = "shop/extensions.py"
CONFIG = "shop/config.py"
ADMIN = "shop/admin/blueprint.py"
INIT = '    cors.init_app(app, resources={r"^/api(/.*)?$": api, r"^/admin(/.*)?$": admin})\n'
API = '    api = {"origins": app.config["PUBLIC_ORIGINS"]}\n'
CREDENTIALS = '"CORS_SUPPORTS_CREDENTIALS": settings.token_location == "cookies",'


def origins(text: str) -> tuple[str, str, str]:
    """Return the edit that gives the public API other origins."""
    return (BIND, API, f'    api = {{"origins": {text}}}\n')


FAULTS = (
    Fault(
        "cors/any-origin-with-credentials",
        "every origin may use cookies",
        (origins('"*"'), (CONFIG, CREDENTIALS, '"CORS_SUPPORTS_CREDENTIALS": True,')),
    ),
    Fault("cors/open-by-default", "no origins are given", ((BIND, INIT, "    cors.init_app(app)\n"),)),
    Fault(
        "cors/blueprint-ignores-config",
        "a blueprint has a policy of its own without origins",
        (
            (
                ADMIN,
                "from apiflask import APIBlueprint\n",
                "from apiflask import APIBlueprint\nfrom flask_cors import CORS\n",
            ),
            (ADMIN, 'tag="Admin")\n', 'tag="Admin")\nCORS(blueprint)\n'),
            (BIND, INIT, "    cors.init_app(app)\n"),
            (
                CONFIG,
                '        "CORS_MAX_AGE": 600,\n',
                '        "CORS_MAX_AGE": 600,\n        "CORS_ORIGINS": ["https://www.shop.example"],\n',
            ),
        ),
    ),
    Fault("cors/origin-never-matches", "an origin ends with a slash", (origins('["https://www.shop.example/"]'),)),
    Fault("cors/origin-never-matches", "an origin has no scheme", (origins('["www.shop.example"]'),)),
    Fault("cors/origin-pattern-too-wide", "a pattern has no end", (origins('[r"https://.*\\.shop\\.example"]'),)),
    Fault(
        "cors/policies-add-up",
        "the admin API is open by a second policy",
        (
            (BIND, INIT, INIT + '    cors.init_app(app, origins=["https://www.shop.example"])\n'),
            (
                BIND,
                '    admin = {"origins": app.config["ADMIN_ORIGINS"]}\n',
                '    admin = {"origins": ["https://admin.shop.example"]}\n',
            ),
        ),
    ),
    Fault(
        "cors/resource-pattern-misread",
        "a resource is no pattern and matches nothing",
        ((BIND, INIT, '    cors.init_app(app, resources={"/api": api, r"^/admin(/.*)?$": admin})\n'),),
    ),
    Fault(
        "cors/unknown-option",
        "an option is misspelt",
        (
            (BIND, "cors = CORS()\n", 'cors = CORS(origin=["https://www.shop.example"])\n'),
            (BIND, INIT, "    cors.init_app(app)\n"),
        ),
    ),
)
