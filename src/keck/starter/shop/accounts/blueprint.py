"""The blueprint that the views of the accounts hang on."""

from __future__ import annotations

from apiflask import APIBlueprint

from .guard import disarm_odd_credentials

blueprint = APIBlueprint("accounts", __name__, url_prefix="/api", tag="Accounts")
blueprint.before_app_request(disarm_odd_credentials)
