"""A small starter, which has every kind of mark, and what is written from it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path

from keck.new.starter import File

IMAGE = b"\x89PNG\r\n\x1a\n\0shop # with: nothing\r\n"

FILES: Mapping[str, str | bytes] = {
    "pyproject.toml": """
        [project]
        name = "shop"
        description = "Shop"

        # what belongs to what
        [tool.keck.starter]
        mail = ["shop/mail"]
        "mail+cache" = ["shop/both.txt"]
        vendored = ["shop/static"]

        [tool.ruff]
        line-length = 120
        """,
    "README.md": """
        # Shop

        Run it: `python -m shop.serve`. A workshop is no shop_keeper.

        <!-- with: mail { -->
        ## Mail

        It sends.
        <!-- with: mail } -->

        | cached | yes | <!-- with: cache -->
        | cached | no | <!-- without: cache -->
        """,
    ".env.example": """
        # Signs the tokens.
        JWT_SECRET_KEY=change-me
        OTHER_SECRET=  # drawn
        # REDIS_URL=redis://127.0.0.1
        # where mail goes  # with: mail
        MAIL_SERVER=  # with: mail
        CACHE_SECONDS=60  # with: cache
        """,
    ".gitignore": """
        .env
        instance/
        /local.txt
        """,
    "requirements/service.txt": """
        # exact
        flask==3.1.3
        flask-mail==0.10.0  # with: mail
        -c nothing
        PyJWT==2.15.1
        python-dateutil
        """,
    "requirements/keck.txt": """
        -r service.txt
        # keck-origin
        pytest==9.2.0
        """,
    "wsgi.py": """
        from shop import create_app

        app = create_app()
        """,
    "shop/__init__.py": '''
        """Shop."""

        import os

        from flask import Flask

        from .extensions import cache  # with: cache
        from .extensions import cors  # with: cors
        from .extensions import db
        from .extensions import limiter  # with: limiter
        from .mail import sender  # with: mail


        # with: mail {
        def send(app: Flask) -> None:
            sender(app)


        # with: mail }
        def create_app() -> Flask:
            app = Flask("Shop")
            # with: mail {

            send(app)

            # with: mail+cache {
            cache.remember(sender)
            # with: mail+cache }
            # with: mail }
            # without: mail {
            app.silent = True
            # without: mail }
            for one in (
                cache,  # with: cache
                cors,  # with: cors
                limiter,  # with: limiter
                db,
            ):
                one.init_app(app)
            return app
        ''',
    "shop/extensions.py": """
        db = object()
        cache = object()  # with: cache
        cors = object()  # with: cors
        limiter = object()  # with: limiter
        """,
    "shop/mail/__init__.py": "def sender(app: object) -> None: ...\n",
    "shop/mail/templates/hello.txt": "Shop says hello.\n",
    "shop/both.txt": "both\n",
    "shop/cors.py": """
        # with: cors

        POLICY = "none"
        """,
    "shop/silent.py": """
        # without: mail
        QUIET = True
        """,
    "shop/static/logo.png": IMAGE,
    "shop/static/shop.js": "shop # with: nothing\r\n",
    "shop/photo.png": IMAGE,
    "shop/old.txt": b"caf\xe9 shop\r\n",
    "shop/migrations/versions/0001_first.py": '''
        """first

        Revises:
        """

        revision = "0001"
        down_revision = None
        ''',
    "shop/migrations/versions/0002_outbox.py": '''
        # with: mail
        """outbox

        Revises: 0001
        """

        revision: str = "0002"
        down_revision: str | None = "0001"
        ''',
    "tests/test_app.py": """
        from shop import create_app
        from shop.mail import sender  # with: mail
        from tests.support import client


        def test_app() -> None:
            assert create_app()
        """,
    "tests/support.py": "client = None\n",
    "bin/start": """
        #!/bin/sh
        # with: limiter
        exec python -m shop.serve
        """,
    "shop/__pycache__/x.pyc": b"\0",
    "instance/shop.db": b"\0",
    "local.txt": "mine\n",
    ".env": "JWT_SECRET_KEY=mine\n",
}


def put(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a directory and return it; the indentation of texts goes."""
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        data = content if isinstance(content, bytes) else textwrap.dedent(content).lstrip("\n").encode()
        target.write_bytes(data)
    return root


def small(root: Path) -> Path:
    """Write the small starter to a directory and return it."""
    put(root, FILES)
    (root / "bin" / "start").chmod(0o755)
    return root


def held(root: Path, besides: Iterable[str] = ()) -> dict[str, File]:
    """Return the files below a directory."""
    return {
        path.relative_to(root).as_posix(): File(path.read_bytes(), executable=bool(path.stat().st_mode & 0o100))
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.relative_to(root).as_posix() not in besides
    }
