"""Pages by position, in a MethodView."""
# needs: since flask-sqlalchemy 3.0
# brings: sqlalchemy
# --- module visits_api
from flask import Blueprint, jsonify, request
from flask.views import MethodView

from here import Row

visits_api = Blueprint("visits_api", __name__)


class Rows(MethodView):
    def get(self):
        page = request.args.get("page", 1, type=int)
        found = Row.query.filter_by(id=1).paginate(page, 20, False)  # keck: app/removed-or-changed-api
        return jsonify(total=found.total)


visits_api.add_url_rule("/visits-api", view_func=Rows.as_view("rows"))
