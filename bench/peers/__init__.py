"""What the service is measured against, and what measures it."""
