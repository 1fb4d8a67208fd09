from datetime import datetime, timezone
from decimal import Decimal

from flask.json.provider import DefaultJSONProvider


class SensorJSON(DefaultJSONProvider):
    """Times as ISO 8601 in UTC, decimals as numbers."""

    sort_keys = False

    @staticmethod
    def default(value):
        if isinstance(value, datetime):
            return value.replace(tzinfo=timezone.utc).isoformat()
        if isinstance(value, Decimal):
            return float(value)
        return DefaultJSONProvider.default(value)
