"""Mail that goes nowhere."""

from __future__ import annotations

from faults import Fault

CONFIG = "shop/config.py"

FAULTS = (
    Fault(
        "mail/misconfigured",
        "the dialogue with the mail server is printed, password and all",
        ((CONFIG, '"MAIL_DEBUG": False,', '"MAIL_DEBUG": True,'),),
        {"MAIL_SERVER": "smtp.shop.example"},
    ),
    Fault(
        "mail/misconfigured",
        "TLS is spoken to the port of STARTTLS",
        (
            (CONFIG, '"MAIL_USE_TLS": settings.mail_security == "starttls",', '"MAIL_USE_TLS": False,'),
            (CONFIG, '"MAIL_USE_SSL": settings.mail_security == "tls",', '"MAIL_USE_SSL": True,'),
        ),
        {"MAIL_SERVER": "smtp.shop.example"},
    ),
)
