"""In a loop over blueprints."""
# needs: without cors flask_cors
# --- module areas
from flask import Blueprint, jsonify
from flask_cors import CORS

north = Blueprint("north", __name__, url_prefix="/north")
south = Blueprint("south", __name__, url_prefix="/south")
for area in (north, south):
    CORS(area)  # keck: cors/blueprint-ignores-config


@north.get("/orders")
def orders():
    return jsonify(orders=[])
# --- early
from here.areas import south

app.config.from_mapping(CORS_ORIGINS=["https://shop.example.com"])
app.register_blueprint(south)
