"""APIFlask, under another name, typed."""
# needs: factory
# --- module status_api
from apiflask import APIFlask as Api

api: Api = Api(__name__, title="Status")  # keck: app/app-at-module-level


@api.get("/version")
def version():
    return {"version": 1}
