"""The blueprint that the views of the admin API belong to."""

from __future__ import annotations

from apiflask import APIBlueprint

blueprint = APIBlueprint("admin", __name__, url_prefix="/admin", tag="Admin")
