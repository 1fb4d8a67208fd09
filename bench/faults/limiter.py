"""Limits that limit nobody."""

from __future__ import annotations

from faults import Fault

LOGIN = "shop/accounts/login.py"
LIMITS = "shop/limits.py"
BIND = "shop/extensions.py"
CONFIG = "shop/config.py"
APPLICATION = ", application_limits=[address_limit])"
FILTER = "@limiter.request_filter\ndef is_preflight()"
OWN = "@limiter.limit(login_limit)\n@blueprint.input(Credentials"

FAULTS = (
    Fault(
        "limiter/limit-string-invalid",
        "a limit cannot be parsed",
        ((LOGIN, OWN, OWN.replace("login_limit", '"5 a minute"')),),
    ),
    Fault(
        "limiter/sensitive-route-unlimited",
        "the login is exempt from limits",
        ((LOGIN, OWN, OWN.replace("limiter.limit(login_limit)", "limiter.exempt")),),
    ),
    Fault(
        "limiter/key-before-identity",
        "a limit by identity stands above the guard",
        (
            (
                LOGIN,
                "from flask_jwt_extended import get_jwt\n",
                "from flask_jwt_extended import get_jwt\nfrom flask_jwt_extended import get_jwt_identity\n",
            ),
            (
                LOGIN,
                "@limiter.limit(refresh_limit)\n@jwt_required(refresh=True)",
                "@limiter.limit(refresh_limit, key_func=get_jwt_identity)\n@jwt_required(refresh=True)",
            ),
        ),
    ),
    Fault("limiter/process-local-storage", "four processes count for themselves", (), {"WEB_CONCURRENCY": "4"}),
    Fault(
        "together/preflight-counted",
        "preflights are counted",
        ((LIMITS, FILTER, "def is_preflight()"),),
        {"PUBLIC_ORIGINS": "https://www.shop.example"},
    ),
    Fault("together/refused-tokens-unlimited", "nothing counts refused tokens", ((BIND, APPLICATION, ")"),)),
    Fault(
        "probe/reading-differs",
        "a middleware refuses what the routes let in",
        (
            (
                "wsgi.py",
                "app = create_app(load())\n",
                (
                    "app = create_app(load())\n_inner = app.wsgi_app\n\n\n"
                    "def closed(environ, start_response):\n"
                    '    if environ["PATH_INFO"].startswith("/api/categories"):\n'
                    '        start_response("403 Forbidden", [])\n        return [b""]\n'
                    "    return _inner(environ, start_response)\n\n\napp.wsgi_app = closed\n"
                ),
            ),
        ),
        probe=True,
    ),
)
