"""The real components that the service is tried against, each started and stopped by us."""
