"""Rules about what a project writes into its app's config."""
