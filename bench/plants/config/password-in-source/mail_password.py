"""The password of the mail account."""
# brings: mail
# --- settings
MAIL_PASSWORD = "hj3k-9sdf-kk2l"  # keck: config/password-in-source
