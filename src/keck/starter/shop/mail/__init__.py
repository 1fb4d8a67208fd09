"""Mail: rows in an outbox, delivered after the commit."""
