from flask import Flask

app = Flask(__name__)  # keck: app/app-at-module-level
app.config["GREETING"] = "hello"


@app.get("/")
def index():
    return app.config["GREETING"]
