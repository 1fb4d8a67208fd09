"""The host names the tenant; an async view."""
# brings: caching
# --- module catalogue_api
import flask

from here import cache

catalogue_api = flask.Blueprint("catalogue_api", __name__)


@catalogue_api.get("/catalogue-api")
@cache.cached()  # keck: caching/key-too-coarse
async def catalogue():
    tenant = flask.request.host.partition(".")[0]
    return flask.jsonify(tenant=tenant)
