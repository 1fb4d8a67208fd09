"""A body that is not indented."""
# --- file planted_report.py
# from flask_jwt_extended import jwt_required
#
#
# @jwt_required()
# def show():
# return "ok"  # keck: not-analysed
