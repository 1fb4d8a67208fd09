SECRET_KEY = "library-secret-for-development"
JWT_SECRET_KEY = "library-token-secret-for-development"
SQLALCHEMY_DATABASE_URI = "sqlite:///library.db"
CACHE_TYPE = "SimpleCache"
CACHE_KEY_PREFIX = "library/"
RATELIMIT_STORAGE_URI = "memory://"
LOAN_DAYS = 28
REPORTS = True
