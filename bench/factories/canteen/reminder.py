"""Run by cron: says who has not ordered for tomorrow."""

import datetime as dt

from app import Dish, Order, app, db

PEOPLE = ["ann", "bob", "cem"]


def missing(day: dt.date) -> list[str]:
    with app.app_context():
        ordered = set(db.session.scalars(db.select(Order.person).join(Dish).filter(Dish.day == day)))
    return [person for person in PEOPLE if person not in ordered]


if __name__ == "__main__":
    tomorrow = dt.date.today() + dt.timedelta(days=1)
    app.logger.warning("not yet: %s", ", ".join(missing(tomorrow)))
