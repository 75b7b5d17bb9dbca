"""Referrals beside their log. What must never happen is refused here as well, whoever writes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_TRANSITIONS = (
    "proposed confirmed, proposed withdrawn, confirmed sending, confirmed recalled, confirmed withdrawn,"
    " recalled confirmed, recalled withdrawn, sending confirmed, sending accepted, sending refused,"
    " sending doubtful, doubtful confirmed, doubtful accepted, doubtful withdrawn"
)
_OPEN = "'confirmed', 'recalled', 'sending', 'doubtful'"


def upgrade() -> None:
    """Make the tables, and what they refuse."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    _make_tables(is_sqlite=is_sqlite)
    for name, event, when, message in _TRIGGERS:
        table = event.rpartition(" ")[2]
        if is_sqlite:
            condition = f" WHEN {when}" if when else ""
            op.execute(
                f"CREATE TRIGGER {name} {event}{condition} BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )
        elif when and "SELECT" in when:  # which a condition of PostgreSQL's triggers may not have
            _refuse_on_postgresql(name, message, when)
            op.execute(f"CREATE TRIGGER {name} {event} FOR EACH ROW EXECUTE FUNCTION refuse_{name}()")
        else:
            _refuse_on_postgresql(name, message)
            condition = f"WHEN ({when}) " if when else ""
            op.execute(
                f"CREATE TRIGGER {name} {event} FOR EACH ROW {condition}EXECUTE FUNCTION refuse_{name}()"
            )
        if not is_sqlite and event.startswith("BEFORE DELETE"):
            op.execute(
                f"CREATE TRIGGER {name}_whole BEFORE TRUNCATE ON {table}"
                f" EXECUTE FUNCTION refuse_{name}()"
            )
    if is_sqlite:  # a mark that this is a file of ours, and what earlier releases look at
        op.execute("PRAGMA application_id = 1752528242")
        op.execute("PRAGMA user_version = 4")


_TRIGGERS = (
    (
        "begins_as_proposed",
        "BEFORE INSERT ON referrals",
        "new.state <> 'proposed'",
        "a referral begins as a proposal",
    ),
    (
        "legal_transition",
        "BEFORE UPDATE OF state ON referrals",
        (
            "old.state <> new.state AND NOT EXISTS"
            " (SELECT 1 FROM transitions WHERE before = old.state AND after = new.state)"
        ),
        "no such transition",
    ),
    (
        "what_was_confirmed_stays",
        "BEFORE UPDATE OF number, key, day, arrears_cents, policy, policy_hash, batch ON referrals",
        None,
        "a referral is not rewritten",
    ),
    (
        "what_goes_out_stays",
        "BEFORE UPDATE OF tenancy, contact, receiver ON referrals",
        "old.tenancy <> new.tenancy OR old.contact <> new.contact OR old.receiver <> new.receiver",
        "a referral is not rewritten",
    ),
    ("referrals_stay", "BEFORE DELETE ON referrals", None, "a referral is not deleted"),
    (
        "steps_stay_as_they_are",
        "BEFORE UPDATE ON entries",
        "old.kind = 'referral'",
        "history is not rewritten",
    ),
    ("steps_stay", "BEFORE DELETE ON entries", "old.kind = 'referral'", "history is not rewritten"),
    ("policies_stay_as_they_are", "BEFORE UPDATE ON policies", None, "rules are not rewritten"),
    ("policies_stay", "BEFORE DELETE ON policies", None, "rules are not rewritten"),
)
"""What is refused: its name, before what, on which condition, and what is said."""


def _refuse_on_postgresql(name: str, message: str, when: str | None = None) -> None:
    refuse = f"RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation';"
    body = f"IF {when} THEN {refuse} END IF; RETURN new;" if when else refuse
    op.execute(
        f"CREATE FUNCTION refuse_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
    )


def _make_tables(*, is_sqlite: bool) -> None:
    transitions = op.create_table(
        "transitions",
        sa.Column("before", sa.String(20), primary_key=True),
        sa.Column("after", sa.String(20), primary_key=True),
    )
    op.bulk_insert(
        transitions,
        [dict(zip(("before", "after"), it.split(), strict=True)) for it in _TRANSITIONS.split(",")],
    )
    whole_number = "typeof(arrears_cents) = 'integer' AND " if is_sqlite else ""
    hexadecimal = "key NOT GLOB '*[^0-9a-f]*'" if is_sqlite else "key ~ '^[0-9a-f]*$'"
    op.create_table(
        "referrals",
        sa.Column(
            "number", sa.Integer, sa.ForeignKey("cases.number"), primary_key=True, autoincrement=False
        ),
        sa.Column("key", sa.String(32), nullable=False, unique=True),
        sa.Column("tenancy", sa.Text),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("arrears_cents", sa.BigInteger, nullable=False),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("policy_hash", sa.String(64), nullable=False),
        sa.Column("batch", sa.Text, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("since", sa.String(32), nullable=False),
        sa.Column("receiver", sa.Text),
        sa.Column("contact", sa.Text),
        sa.Column("confirmed_by", sa.Text),
        sa.Column("confirmed_at", sa.String(32)),
        # Attempts of which it is not known what became of them.
        sa.Column("unresolved", sa.Integer, nullable=False),
        sa.Column("receipt", sa.Text),
        # The link of the last entry of its log that is about it.
        sa.Column("step", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.CheckConstraint(f"length(key) = 32 AND {hexadecimal}", "a_key"),
        sa.CheckConstraint(f"{whole_number}arrears_cents >= 1", "an_amount"),
        sa.CheckConstraint("unresolved >= 0", "a_number_of_attempts"),
        sa.CheckConstraint(
            "state <> 'proposed' OR (contact IS NULL AND receiver IS NULL AND confirmed_by IS NULL)",
            "a_proposal_has_no_contact",
        ),
        sa.CheckConstraint(
            f"state NOT IN ({_OPEN}) OR (tenancy IS NOT NULL AND contact IS NOT NULL"
            " AND receiver IS NOT NULL AND confirmed_by IS NOT NULL AND confirmed_at IS NOT NULL)",
            "a_person_confirmed",
        ),
        sa.CheckConstraint(
            "state NOT IN ('confirmed', 'recalled') OR unresolved = 0", "none_on_its_way"
        ),
        sa.CheckConstraint("state <> 'sending' OR unresolved > 0", "one_on_its_way"),
    )
    waiting = sa.text(f"state IN ('proposed', {_OPEN})")
    op.create_index(
        "one_at_a_time",
        "referrals",
        ["tenancy"],
        unique=True,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_index("by_state", "referrals", ["state", "receiver"])
    op.create_index("by_batch", "referrals", ["batch"])
    op.create_index("by_tenancy", "referrals", ["tenancy"])
    op.create_table(
        "policies",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("document", sa.Text, nullable=False),
    )
    whole = op.create_table(
        "whole",
        sa.Column(
            "one", sa.Integer, sa.CheckConstraint("one = 1"), primary_key=True, autoincrement=False
        ),
        sa.Column("digests", sa.String(64), nullable=False),
        sa.Column("layout", sa.String(64)),
    )
    op.bulk_insert(whole, [{"one": 1, "digests": "0" * 64, "layout": None}])


def downgrade() -> None:
    """Refuse: what is recorded is never removed."""
    raise NotImplementedError
