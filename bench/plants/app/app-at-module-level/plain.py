"""The first lines of every tutorial."""
# needs: factory
# --- module status_page
from flask import Flask, jsonify

app = Flask(__name__)  # keck: app/app-at-module-level


@app.route("/status")
def status():
    return jsonify(ok=True)
