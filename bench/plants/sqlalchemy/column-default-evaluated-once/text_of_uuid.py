"""One id as a text, in a mapped_column."""
# brings: sqlalchemy
# --- module parcels
import uuid

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from here import db


class Parcel(db.Model):
    __tablename__ = "planted_parcel"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(
        String(36),
        insert_default=str(uuid.uuid4()),  # keck: sqlalchemy/column-default-evaluated-once
    )
