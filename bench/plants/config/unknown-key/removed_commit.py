"""Gone since Flask-SQLAlchemy 3, set with update."""
# needs: since flask-sqlalchemy 3.0
# needs: unset SQLALCHEMY_COMMIT_ON_TEARDOWN
# brings: sqlalchemy
# --- early
app.config.update({"SQLALCHEMY_COMMIT_ON_TEARDOWN": True})  # keck: config/unknown-key
