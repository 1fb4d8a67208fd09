"""A query after the handler, in a MethodView."""
# brings: sqlalchemy
# --- module loading
import sqlalchemy.exc
from flask import Blueprint, jsonify
from flask.views import MethodView

from here import Row, db

loading = Blueprint("loading", __name__)


class Loading(MethodView):
    def post(self):
        made = True
        db.session.add(Row(id=1))
        try:
            db.session.flush()
        except sqlalchemy.exc.SQLAlchemyError:  # keck: sqlalchemy/no-rollback-after-failed-flush
            made = False
        return jsonify(made=made, one=db.session.get(Row, 1) is not None)


loading.add_url_rule("/loading", view_func=Loading.as_view("loading"))
