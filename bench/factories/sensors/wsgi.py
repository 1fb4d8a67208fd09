import os

os.environ.setdefault("SENSORS_ENV", "production")

from sensors.web import app as application  # noqa: E402

if __name__ == "__main__":
    application.run()
