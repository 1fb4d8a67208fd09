"""Rules about the databases, Redis servers and mail servers that an app stands on."""
