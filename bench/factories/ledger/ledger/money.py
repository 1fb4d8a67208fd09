from decimal import Decimal, InvalidOperation

import click


class Money(click.ParamType):
    """An amount like 12.50, as cents."""

    name = "amount"

    def convert(self, value, param, ctx):
        if isinstance(value, int):
            return value
        try:
            return int(Decimal(value) * 100)
        except InvalidOperation:
            self.fail(f"{value!r} is no amount", param, ctx)


def shown(cents):
    return f"{cents / 100:,.2f}"
