"""What an app of a test leaves open is closed again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import has_app_context
from flask.globals import app_ctx


@pytest.fixture(autouse=True)
def _no_context_stays() -> Iterator[None]:
    yield
    while has_app_context():
        app_ctx._get_current_object().pop()  # type: ignore[attr-defined]  # noqa: SLF001 - a proxy's
