from flask import Flask, request
from flask_caching import Cache

app = Flask(__name__)
app.config["CACHE_TYPE"] = "SimpleCache"
cache = Cache(app)

notes: list[str] = []


@app.get("/notes")
@cache.cached(timeout=60)
def all_notes():
    return {"notes": notes}


@app.post("/notes")
def add_note():
    notes.append(request.get_json()["text"])
    cache.delete("view//notes")
    return {"saved": True}, 201
