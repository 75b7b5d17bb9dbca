-- An outbox, version 3. What must never happen is refused here as well, whoever writes.

CREATE TABLE transition (
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    PRIMARY KEY (before, after)
);

CREATE TABLE referral (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE CHECK (length(key) = 32 AND key NOT GLOB '*[^0-9a-f]*'),
    tenancy TEXT,
    day TEXT NOT NULL,
    arrears_cents INTEGER NOT NULL CHECK (typeof(arrears_cents) = 'integer' AND arrears_cents >= 1),
    policy TEXT NOT NULL,
    policy_hash TEXT NOT NULL,
    batch TEXT NOT NULL,
    state TEXT NOT NULL,
    since TEXT NOT NULL,
    receiver TEXT,
    contact TEXT,
    confirmed_by TEXT,
    confirmed_at TEXT,
    -- Attempts of which it is not known what became of them.
    unresolved INTEGER NOT NULL DEFAULT 0 CHECK (unresolved >= 0),
    receipt TEXT,
    -- Of all other columns but the number; null only within the transaction that makes the row.
    digest TEXT,
    CHECK (state <> 'proposed' OR (contact IS NULL AND receiver IS NULL AND confirmed_by IS NULL)),
    CHECK (
        state NOT IN ('confirmed', 'recalled', 'sending', 'doubtful')
        OR (tenancy IS NOT NULL AND contact IS NOT NULL AND receiver IS NOT NULL
            AND confirmed_by IS NOT NULL AND confirmed_at IS NOT NULL)
    ),
    CHECK (state NOT IN ('confirmed', 'recalled') OR unresolved = 0),
    CHECK (state <> 'sending' OR unresolved > 0)
);

CREATE UNIQUE INDEX one_at_a_time ON referral (tenancy)
WHERE state IN ('proposed', 'confirmed', 'recalled', 'sending', 'doubtful');

CREATE INDEX by_state ON referral (state, receiver);

CREATE INDEX by_batch ON referral (batch);

CREATE INDEX by_tenancy ON referral (tenancy);

CREATE TRIGGER begins_as_proposed BEFORE INSERT ON referral WHEN new.state <> 'proposed'
BEGIN SELECT RAISE(ABORT, 'a referral begins as a proposal'); END;

CREATE TRIGGER legal_transition BEFORE UPDATE OF state ON referral
WHEN old.state <> new.state AND NOT EXISTS (
    SELECT 1 FROM transition WHERE before = old.state AND after = new.state
)
BEGIN SELECT RAISE(ABORT, 'no such transition'); END;

CREATE TRIGGER what_was_confirmed_stays
BEFORE UPDATE OF number, key, day, arrears_cents, policy, policy_hash, batch ON referral
BEGIN SELECT RAISE(ABORT, 'a referral is not rewritten'); END;

CREATE TRIGGER what_goes_out_stays BEFORE UPDATE OF tenancy, contact, receiver ON referral
WHEN (old.tenancy <> new.tenancy OR old.contact <> new.contact OR old.receiver <> new.receiver)
BEGIN SELECT RAISE(ABORT, 'a referral is not rewritten'); END;

CREATE TRIGGER referrals_stay BEFORE DELETE ON referral
BEGIN SELECT RAISE(ABORT, 'a referral is not deleted'); END;

CREATE TABLE event (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL REFERENCES referral (key),
    at TEXT NOT NULL,
    what TEXT NOT NULL,
    person TEXT,
    outcome TEXT,
    reason TEXT,
    digest TEXT NOT NULL
);

CREATE INDEX by_key ON event (key);

CREATE TRIGGER events_stay_as_they_are BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'history is not rewritten'); END;

CREATE TRIGGER events_stay BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'history is not rewritten'); END;

-- The sum of the digests of all rows: half a change is not left behind by a journal that is damaged.
CREATE TABLE whole (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    digests TEXT NOT NULL
);
