"""How the app is made and its extensions are bound."""
