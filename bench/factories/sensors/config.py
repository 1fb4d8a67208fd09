import os


class Config:
    SECRET_KEY = os.environ.get("SENSORS_SECRET", "sensors-secret-for-development")
    SQLALCHEMY_DATABASE_URI = os.environ.get("SENSORS_DB", "sqlite:///sensors.db")
    SQLALCHEMY_RECORD_QUERIES = False
    CACHE_TYPE = "SimpleCache"
    RATELIMIT_STORAGE_URI = "memory://"
    RATELIMIT_DEFAULT = "50 per second"
    KEEP_DAYS = 30
    LOG_LEVEL = "INFO"

    @property
    def WINDOW(self):
        return self.KEEP_DAYS * 24


class Development(Config):
    DEBUG = True
    LOG_LEVEL = "DEBUG"
    CACHE_TYPE = "NullCache"


class Test(Config):
    TESTING = True
    SQLALCHEMY_DATABASE_URI = "sqlite://"
    KEEP_DAYS = 1


class Production(Config):
    SESSION_COOKIE_SECURE = True
    PROXIES = 1


BY_NAME = {"development": Development, "test": Test, "production": Production}
