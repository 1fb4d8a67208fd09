"""Compiled, by name, without an end."""
# needs: without cors flask_cors
# --- module sharing
import re

ORIGIN = re.compile(r"https://([a-z]+\.)?example\.com")  # keck: cors/origin-pattern-too-wide
# --- factory
from flask_cors import CORS
from here.sharing import ORIGIN

cors = CORS()
cors.init_app(app, resources={r"/.*": {"origins": [ORIGIN]}})
