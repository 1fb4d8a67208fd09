from flask import Flask, request
from flask_caching import Cache

app = Flask(__name__)
app.config["CACHE_TYPE"] = "SimpleCache"
cache = Cache(app)

notes: list[str] = []


@app.route("/notes", methods=["GET", "POST"])
@cache.cached(timeout=60, unless=lambda: request.method != "GET")
def all_notes():
    if request.method == "POST":
        notes.append(request.get_json()["text"])
        cache.delete("view//notes")
        return {"saved": True}, 201
    return {"notes": notes}
