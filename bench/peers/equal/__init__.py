"""An equal service on FastAPI and SQLAlchemy's asyncio side, on the tables of the service that it is compared with.

What both do for a request: CORS for the same origins, the same limits in Redis, the same claims of the token checked,
the session and its user read by one join on a connection that was asked whether it lives, outside any transaction, the
same documents, the same cache in front of the catalogue, the same Argon2id and the same rows written at login.
What only the service does, this one does too when EQUAL_SURROUNDINGS is 1: see surroundings.py.
"""
