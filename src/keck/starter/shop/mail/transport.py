"""How mail leaves."""

from __future__ import annotations

from flask_mail import Mail


class VerifiedMail(Mail):
    """Flask-Mail over connections whose certificate is checked."""
