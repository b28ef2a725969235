CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE orders (
        row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL,
        placed_at INTEGER NOT NULL, status INTEGER NOT NULL, channel INTEGER NOT NULL,
        kind INTEGER NOT NULL, currency TEXT NOT NULL, amount INTEGER NOT NULL,
        paid INTEGER NOT NULL, refunded INTEGER NOT NULL, refunding INTEGER NOT NULL,
        quantity INTEGER NOT NULL, title TEXT NOT NULL, product_id TEXT NOT NULL,
        payer_id TEXT NOT NULL, payer TEXT NOT NULL, payer_phone TEXT NOT NULL,
        instructor TEXT NOT NULL, review INTEGER NOT NULL, fulfilment INTEGER NOT NULL,
        settlement INTEGER NOT NULL, paid_at INTEGER, refundable_until INTEGER
    ) STRICT;
CREATE TABLE refunds (
        row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL,
        requested_at INTEGER NOT NULL, state TEXT NOT NULL, channel TEXT NOT NULL,
        kind TEXT NOT NULL, currency TEXT NOT NULL, amount INTEGER NOT NULL,
        order_id TEXT NOT NULL, title TEXT NOT NULL, product_id TEXT NOT NULL,
        payer_id TEXT NOT NULL, payer TEXT NOT NULL, reason TEXT NOT NULL,
        requested_by TEXT NOT NULL, requested_by_id TEXT NOT NULL, decided_by TEXT NOT NULL,
        decided_at INTEGER, finished_at INTEGER, needs_second_person INTEGER NOT NULL,
        automatic INTEGER NOT NULL, failure TEXT NOT NULL
    ) STRICT;
CREATE TABLE cases (
        row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL,
        opened_at INTEGER NOT NULL, state TEXT NOT NULL, channel TEXT NOT NULL,
        currency TEXT NOT NULL, amount INTEGER NOT NULL, at_risk INTEGER NOT NULL,
        score TEXT NOT NULL, score_rank INTEGER NOT NULL, coefficient TEXT NOT NULL,
        threshold TEXT NOT NULL, order_id TEXT NOT NULL, title TEXT NOT NULL,
        quantity INTEGER NOT NULL, payer_id TEXT NOT NULL, payer TEXT NOT NULL,
        review_by INTEGER NOT NULL, assignee_id TEXT NOT NULL, assignee TEXT NOT NULL,
        disposition TEXT NOT NULL, decided_at INTEGER
    ) STRICT;
CREATE TABLE products (
        row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL,
        kind TEXT NOT NULL, title TEXT NOT NULL, title_en TEXT NOT NULL, currency TEXT NOT NULL,
        price INTEGER NOT NULL, instructor_id TEXT NOT NULL, instructor TEXT NOT NULL,
        commission_rate TEXT NOT NULL, tax_rate TEXT NOT NULL, refund_days INTEGER NOT NULL,
        on_sale INTEGER NOT NULL
    ) STRICT;
CREATE TABLE orders_bodies (row INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE refunds_bodies (row INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE cases_bodies (row INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE products_bodies (row INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE VIRTUAL TABLE orders_search USING fts5 (number, payer, title, content='', contentless_delete=1, tokenize='unicode61');
CREATE VIRTUAL TABLE refunds_search USING fts5 (number, payer, title, content='', contentless_delete=1, tokenize='unicode61');
CREATE VIRTUAL TABLE cases_search USING fts5 (number, payer, title, content='', contentless_delete=1, tokenize='unicode61');
CREATE VIRTUAL TABLE products_search USING fts5 (number, title, title_en, content='', contentless_delete=1, tokenize='unicode61');
CREATE TABLE day_figures (
        currency TEXT NOT NULL, product_id TEXT NOT NULL, day INTEGER NOT NULL,
        channel TEXT NOT NULL, gross INTEGER NOT NULL, refunded INTEGER NOT NULL,
        refunds INTEGER NOT NULL, orders INTEGER NOT NULL, attempts INTEGER NOT NULL,
        succeeded INTEGER NOT NULL, h00 INTEGER NOT NULL, h01 INTEGER NOT NULL, h02 INTEGER NOT NULL, h03 INTEGER NOT NULL, h04 INTEGER NOT NULL, h05 INTEGER NOT NULL, h06 INTEGER NOT NULL, h07 INTEGER NOT NULL, h08 INTEGER NOT NULL, h09 INTEGER NOT NULL, h10 INTEGER NOT NULL, h11 INTEGER NOT NULL, h12 INTEGER NOT NULL, h13 INTEGER NOT NULL, h14 INTEGER NOT NULL, h15 INTEGER NOT NULL, h16 INTEGER NOT NULL, h17 INTEGER NOT NULL, h18 INTEGER NOT NULL, h19 INTEGER NOT NULL, h20 INTEGER NOT NULL, h21 INTEGER NOT NULL, h22 INTEGER NOT NULL, h23 INTEGER NOT NULL,
        PRIMARY KEY (currency, product_id, day, channel)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE month_figures (
        currency TEXT NOT NULL, month INTEGER NOT NULL, product_id TEXT NOT NULL,
        channel TEXT NOT NULL, gross INTEGER NOT NULL, refunded INTEGER NOT NULL,
        refunds INTEGER NOT NULL, orders INTEGER NOT NULL, attempts INTEGER NOT NULL,
        succeeded INTEGER NOT NULL, PRIMARY KEY (currency, month, product_id, channel)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE day_counts (
            day INTEGER NOT NULL, status INTEGER NOT NULL, channel INTEGER NOT NULL,
            kind INTEGER NOT NULL, currency TEXT NOT NULL, orders INTEGER NOT NULL,
            amount INTEGER NOT NULL, refunded INTEGER NOT NULL,
            PRIMARY KEY (day, status, channel, kind, currency)
        ) STRICT, WITHOUT ROWID;
CREATE TABLE month_counts (
            month INTEGER NOT NULL, status INTEGER NOT NULL, channel INTEGER NOT NULL,
            kind INTEGER NOT NULL, currency TEXT NOT NULL, orders INTEGER NOT NULL,
            amount INTEGER NOT NULL, refunded INTEGER NOT NULL,
            PRIMARY KEY (month, status, channel, kind, currency)
        ) STRICT, WITHOUT ROWID;
CREATE TABLE brought (
        kind TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (kind, id)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE saved_views (
        list TEXT NOT NULL, name TEXT NOT NULL, position INTEGER NOT NULL, query TEXT NOT NULL,
        PRIMARY KEY (list, name)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE pending_actions (
        number INTEGER PRIMARY KEY AUTOINCREMENT, idempotency_key TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL, target TEXT NOT NULL, body TEXT NOT NULL,
        base_version INTEGER NOT NULL, made_at INTEGER NOT NULL, state TEXT NOT NULL,
        answer TEXT NOT NULL
    ) STRICT;
CREATE INDEX orders_placed ON orders (placed_at, row, status, channel, kind, currency, amount, refunded);
CREATE INDEX orders_status ON orders (status, placed_at, row, channel, kind, currency, amount, refunded);
CREATE INDEX orders_channel ON orders (channel, placed_at, row, status, kind, currency, amount, refunded);
CREATE INDEX orders_kind ON orders (kind, placed_at, row, status, channel, currency, amount, refunded);
CREATE INDEX orders_amount ON orders (amount, placed_at, row, status, channel, kind, currency, refunded);
CREATE INDEX orders_payer ON orders (payer, placed_at, row, status, channel, kind, currency, amount, refunded);
CREATE INDEX orders_title ON orders (title, placed_at, row, status, channel, kind, currency, amount, refunded);
CREATE INDEX orders_refunded ON orders (refunded, placed_at, row, status, channel, kind, currency, amount);
CREATE INDEX orders_paid ON orders (paid_at, row, status, channel, kind, currency, amount, refunded);
CREATE INDEX orders_quantity ON orders (quantity, placed_at, row, status, channel, kind, currency, amount, refunded);
CREATE INDEX orders_instructor ON orders (instructor, placed_at, row, status, channel, kind, currency, amount, refunded);
CREATE INDEX orders_product ON orders (product_id, placed_at);
CREATE INDEX orders_payer_id ON orders (payer_id, placed_at);
CREATE INDEX orders_held ON orders (currency, paid_at, product_id, channel, paid, refunded) WHERE status = 3;
CREATE INDEX refunds_requested ON refunds (requested_at);
CREATE INDEX refunds_state ON refunds (state, requested_at);
CREATE INDEX refunds_order ON refunds (order_id);
CREATE INDEX refunds_payer_id ON refunds (payer_id);
CREATE INDEX cases_state ON cases (state, at_risk);
CREATE INDEX cases_order ON cases (order_id);
CREATE INDEX day_figures_products ON day_figures (currency, day, product_id, channel, gross, refunded, orders);
INSERT INTO meta VALUES ('user', 'finance-1');
INSERT INTO meta VALUES ('cursor', '41');
INSERT INTO pending_actions VALUES (1, 'key-1', 'case.decide', 'C1', '{"disposition":"approve"}', 7, 1700000000000, 'queued', '');
PRAGMA user_version = 2;
