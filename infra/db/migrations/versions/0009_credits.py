"""Credits: purses, reservations, a ledger that is only ever added to, and the keys that clients give to requests."""

import sqlalchemy as sa
from alembic import op

import infra.db.models

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEPT = "id, key, request_kind, request_id, transaction_type, purse, amount, balance_after, description, created_at"
"""Of a ledger's row only the person may be changed: into nobody."""

NO_CHANGE = "a row of the ledger is never changed"
NO_DELETE = "a row of the ledger is never deleted"


def upgrade() -> None:
    op.create_table(
        "credit_purses",
        _text("user_id"),
        _whole("granted"),
        _whole("bought"),
        _text("month"),
        _whole("month_amount"),
        _whole("monthly_cap", nullable=True),
        _moment("last_at"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_credit_purses")),
    )
    op.create_table(
        "credit_reservations",
        *(_text(name) for name in ("id", "user_id", "request_kind", "request_id", "state")),
        *(_whole(name) for name in ("needed", "granted", "bought", "charged")),
        _text("month"),
        _text("granted_of"),
        _moment("created_at"),
        _moment("ends_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_reservations")),
    )
    op.create_index("ix_credit_reservations_state_ends_at", "credit_reservations", ["state", "ends_at"])
    op.create_index("ix_credit_reservations_user_id_month", "credit_reservations", ["user_id", "month"])
    op.create_table(
        "credit_ledger",
        sa.Column("id", BIG_KEY, nullable=False),
        *(_text(name) for name in ("user_id", "key", "request_kind", "request_id", "transaction_type", "purse")),
        _whole("amount"),
        _whole("balance_after"),
        _text("description"),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_ledger")),
    )
    op.create_index("uq_credit_ledger_user_id_key", "credit_ledger", ["user_id", "key"], unique=True)
    op.create_index("ix_credit_ledger_user_id_created_at", "credit_ledger", ["user_id", "created_at", "id"])
    op.create_table(
        "idempotency_keys",
        _text("user_id"),
        _text("key"),
        _text("asked"),
        sa.Column("attempt", sa.Integer(), nullable=False),
        _moment("held_until"),
        sa.Column("answer", sa.Text(), nullable=True),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(op.f("ix_idempotency_keys_created_at"), "idempotency_keys", ["created_at"])
    _guard_on_sqlite() if op.get_bind().dialect.name == "sqlite" else _guard_on_postgresql()


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.String(), nullable=False)


def _whole(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _moment(name: str) -> sa.Column:
    return sa.Column(name, infra.db.models.UtcDateTime(timezone=True), nullable=False)


def _guard_on_sqlite() -> None:
    for name, when, refusal in (
        ("changes", f"UPDATE OF {KEPT} ON credit_ledger", NO_CHANGE),
        ("owners", "UPDATE OF user_id ON credit_ledger WHEN NEW.user_id NOT LIKE 'gone-%'", NO_CHANGE),
        ("deletes", "DELETE ON credit_ledger", NO_DELETE),
    ):
        op.execute(
            f"CREATE TRIGGER credit_ledger_no_{name} BEFORE {when} BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
        )


def _guard_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION credit_ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION USING MESSAGE = 'a row of the ledger is never changed, nor deleted', "
        "ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for name, when in (
        ("changes", f"UPDATE OF {KEPT} ON credit_ledger FOR EACH ROW"),
        ("owners", "UPDATE OF user_id ON credit_ledger FOR EACH ROW WHEN (left(NEW.user_id, 5) <> 'gone-')"),
        ("deletes", "DELETE ON credit_ledger FOR EACH ROW"),
        ("truncates", "TRUNCATE ON credit_ledger FOR EACH STATEMENT"),
    ):
        op.execute(f"CREATE TRIGGER credit_ledger_no_{name} BEFORE {when} EXECUTE FUNCTION credit_ledger_refuse()")
