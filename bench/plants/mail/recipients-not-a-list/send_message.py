"""A parameter that is a str, given to send_message in a helper."""
# brings: mail
# --- module letters
from here import mail as post


def remind(address: str):
    post.send_message(
        "Your basket",
        recipients=address,  # keck: mail/recipients-not-a-list
        body="It is waiting.",
    )
