"""The doctor's commands: how an app is loaded, here or in the project's own interpreter, and what is told of it."""
