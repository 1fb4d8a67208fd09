from flask import Flask

app = Flask(__name__)


@app.get("/")
def index()  # keck: not-analysed
    return "hello"
