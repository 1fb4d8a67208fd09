"""A merge that nobody has ended."""
# --- file planted_report.py
# from flask_mail import Mail
#
# <<<<<<< HEAD  # keck: not-analysed
# mail = Mail()
# =======
# post = Mail()
# >>>>>>> main
