"""`flask.Flask`, called `application`, with arguments."""
# needs: factory
# --- module status_server
import flask

application = flask.Flask("status", static_folder=None)  # keck: app/app-at-module-level
application.config["JSON_SORT_KEYS"] = False


@application.get("/healthz")
def healthz():
    return flask.jsonify(ok=True)
