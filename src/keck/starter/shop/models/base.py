"""What the models are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..extensions import db

if TYPE_CHECKING:
    from ..database import Base

    class Model(Base):
        """What type checkers take `db.Model` for."""

        __abstract__ = True
else:
    Model = db.Model
