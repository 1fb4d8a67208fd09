"""What the app answers, where that is not what its code says."""
