"""The WSGI entry point: `flask --app wsgi ...`, `granian --interface wsgi wsgi:app`, `gunicorn wsgi:app`."""

from __future__ import annotations

from shop import create_app
from shop.settings import load

app = create_app(load())
