"""Left over from Python 2."""
# --- file planted_report.py
# from flask_sqlalchemy import SQLAlchemy
#
# db = SQLAlchemy()
# print "made"  # keck: not-analysed
