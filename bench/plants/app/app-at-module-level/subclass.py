"""A subclass of Flask."""
# needs: factory
# --- module status_service
from flask import Flask


class Service(Flask):
    def name_of(self):
        return self.import_name


service = Service(__name__)  # keck: app/app-at-module-level
service.add_url_rule("/name", view_func=service.name_of)
