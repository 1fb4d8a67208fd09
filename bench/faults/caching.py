"""Caches that keep too much, too little, or for the wrong ones."""

from __future__ import annotations

from faults import Fault

VIEWS = "shop/catalog/views.py"
SUMMARIES = "shop/catalog/summaries.py"
ITEMS = "shop/admin/items.py"
ACCOUNT = "shop/accounts/account.py"
CONFIG = "shop/config.py"
PAGE = "@cache.cached(make_cache_key=page_key, unless=must_bypass, response_filter=is_answer)"
ITEM = "@cache.cached(make_cache_key=item_key, unless=must_bypass, response_filter=is_answer)"
IMPORT = "from ..extensions import db\n"
CACHE = "from ..extensions import cache\nfrom ..extensions import db\n"
SHOW = "@jwt_required()\ndef show_account()"
REDIS = {"REDIS_URL": "redis://127.0.0.1:1/0"}

FAULTS = (
    Fault(
        "caching/key-too-coarse",
        "pages are kept by their path alone",
        (
            (VIEWS, PAGE, "@cache.cached()"),
            (
                VIEWS,
                "    rows = select(*_COLUMNS)\n",
                '    rows = select(*_COLUMNS)\n    if "sale" in request.args:\n        rows = rows.where(Item.price < 100)\n',
            ),
        ),
    ),
    Fault("caching/key-too-coarse", "all items have one key", ((VIEWS, ITEM, '@cache.cached(key_prefix="item")'),)),
    Fault(
        "caching/cached-non-get",
        "adding an item is cached",
        (
            (ITEMS, IMPORT, CACHE),
            (
                ITEMS,
                '@requires("admin")\n@limiter.limit(account_limit, key_func=account_or_address)\n@blueprint.input(NewItem',
                '@requires("admin")\n@limiter.limit(account_limit, key_func=account_or_address)\n@cache.cached()\n@blueprint.input(NewItem',
            ),
        ),
    ),
    Fault(
        "caching/cached-on-function-with-arguments",
        "a helper is cached like a view",
        (
            (
                SUMMARIES,
                "@cache.memoize(make_name=versioned",
                (
                    '@cache.cached(key_prefix="label")\ndef label(category: str) -> str:\n    return category.title()\n\n\n'
                    "@cache.memoize(make_name=versioned"
                ),
            ),
        ),
    ),
    Fault(
        "caching/type-not-caching",
        "the cache has no type",
        ((CONFIG, '        "CACHE_TYPE": "RedisCache" if redis else "SimpleCache",\n', ""),),
    ),
    Fault(
        "caching/empty-key-prefix",
        "the cache has no prefix",
        ((CONFIG, '"CACHE_KEY_PREFIX": "shop:cache:",', '"CACHE_KEY_PREFIX": "",'),),
        REDIS,
    ),
    Fault(
        "together/cached-above-auth",
        "the account is cached above its guard",
        ((ACCOUNT, IMPORT, CACHE), (ACCOUNT, SHOW, "@cache.cached()\n" + SHOW)),
    ),
    Fault(
        "together/cached-personal-answer",
        "the account is cached for everybody",
        ((ACCOUNT, IMPORT, CACHE), (ACCOUNT, SHOW, SHOW.replace("def ", "@cache.cached()\ndef "))),
    ),
    Fault(
        "together/shared-redis-namespace",
        "limits have no prefix",
        ((CONFIG, '"RATELIMIT_KEY_PREFIX": "shop:limit:",', '"RATELIMIT_KEY_PREFIX": "",'),),
        REDIS,
    ),
    Fault(
        "together/decorator-above-route",
        "the guard stands above the route",
        (
            (ACCOUNT, '@blueprint.get("/account")\n', '@jwt_required()\n@blueprint.get("/account")\n'),
            (ACCOUNT, SHOW, "def show_account()"),
        ),
    ),
    Fault(
        "together/decorator-above-route",
        "the limit stands above the route",
        (
            (
                "shop/accounts/login.py",
                '@blueprint.post("/auth/login")\n',
                '@limiter.limit(login_limit)\n@blueprint.post("/auth/login")\n',
            ),
            (
                "shop/accounts/login.py",
                "@limiter.limit(login_limit)\n@blueprint.input(Credentials",
                "@blueprint.input(Credentials",
            ),
        ),
    ),
)
