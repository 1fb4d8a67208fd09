"""Guards that do not guard, and tokens that last."""

from __future__ import annotations

from faults import Fault

LOGIN = "shop/accounts/login.py"
ACCOUNT = "shop/accounts/account.py"
GUARD = "shop/accounts/guard.py"
CONFIG = "shop/config.py"
SHOW = "@blueprint.output(AccountView)\n@jwt_required()\ndef show_account()"
SIGNED = '        "JWT_SECRET_KEY": settings.jwt_secret_key.get_secret_value(),\n'
ACCESS = '"JWT_ACCESS_TOKEN_EXPIRES": timedelta(minutes=settings.access_minutes),'
LOOKUP = "@jwt.user_lookup_loader\ndef load_user("
BLOCKLIST = "@jwt.token_in_blocklist_loader\ndef is_revoked("

FAULTS = (
    Fault(
        "jwt/required-without-call",
        "the guard is not called",
        ((ACCOUNT, SHOW, SHOW.replace("jwt_required()", "jwt_required")),),
    ),
    Fault(
        "jwt/options-route-skips-jwt",
        "a guarded view lists OPTIONS",
        ((ACCOUNT, '@blueprint.get("/account")', '@blueprint.route("/account", methods=["GET", "OPTIONS"])'),),
    ),
    Fault(
        "jwt/refresh-endpoint-wrong-guard",
        "refreshing takes an access token",
        ((LOGIN, "@jwt_required(refresh=True)", "@jwt_required()"),),
    ),
    Fault(
        "jwt/refresh-endpoint-wrong-guard",
        "refreshing takes either kind of token",
        ((LOGIN, "@jwt_required(refresh=True)", "@jwt_required(verify_type=False)"),),
    ),
    Fault(
        "jwt/token-never-expires",
        "access tokens last for ever",
        ((CONFIG, ACCESS, '"JWT_ACCESS_TOKEN_EXPIRES": False,'),),
    ),
    Fault(
        "jwt/token-never-expires",
        "zero is taken for at once",
        ((CONFIG, ACCESS, '"JWT_ACCESS_TOKEN_EXPIRES": timedelta(0),'),),
    ),
    Fault(
        "jwt/key-falls-back-to-secret-key",
        "tokens are signed with the key of the cookies",
        ((CONFIG, SIGNED, SIGNED.replace("JWT_SECRET_KEY", "SECRET_KEY")),),
    ),
    Fault("jwt/logout-without-revocation", "nothing looks up revoked tokens", ((GUARD, BLOCKLIST, "def is_revoked("),)),
    Fault("jwt/current-user-without-lookup", "nothing loads the current user", ((GUARD, LOOKUP, "def load_user("),)),
)
