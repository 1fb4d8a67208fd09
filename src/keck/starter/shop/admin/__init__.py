"""Stub."""

from __future__ import annotations

from apiflask import APIBlueprint

blueprint = APIBlueprint("admin", __name__)
