CREATE TABLE audit (
  merchant TEXT NOT NULL,
  n BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  actor TEXT NOT NULL,
  what TEXT NOT NULL,
  subject TEXT NOT NULL,
  data TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL,
  CONSTRAINT pk_audit PRIMARY KEY (merchant, n)
);
CREATE INDEX ix_audit_merchant_subject ON audit (merchant, subject);
CREATE TABLE audit_head (
  merchant TEXT NOT NULL,
  n BIGINT NOT NULL,
  hash TEXT NOT NULL,
  CONSTRAINT pk_audit_head PRIMARY KEY (merchant)
)
;
CREATE TABLE channel_settings (
  merchant TEXT NOT NULL,
  channel TEXT NOT NULL,
  enabled BOOLEAN NOT NULL,
  fee_rate TEXT NOT NULL,
  config TEXT NOT NULL,
  CONSTRAINT pk_channel_settings PRIMARY KEY (merchant, channel)
);
CREATE TABLE desks (
  merchant TEXT NOT NULL,
  user_id TEXT NOT NULL,
  payer_id TEXT NOT NULL,
  CONSTRAINT pk_desks PRIMARY KEY (merchant, user_id)
);
CREATE TABLE exchange_rates (
  merchant TEXT NOT NULL,
  currency TEXT NOT NULL,
  day TEXT NOT NULL,
  rate TEXT NOT NULL,
  CONSTRAINT pk_exchange_rates PRIMARY KEY (merchant, currency, day)
);
CREATE TABLE feed (
  merchant TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  audience TEXT NOT NULL,
  seq BIGINT NOT NULL,
  payer_id TEXT NOT NULL,
  at_risk BOOLEAN NOT NULL,
  body TEXT,
  inner_body TEXT,
  CONSTRAINT pk_feed PRIMARY KEY (merchant, kind, id, audience),
  CONSTRAINT uq_feed_merchant_seq UNIQUE (merchant, seq)
);
CREATE INDEX ix_feed_merchant_audience_seq ON feed (merchant, audience, seq);
CREATE INDEX ix_feed_merchant_payer_id_seq ON feed (merchant, payer_id, seq);
CREATE TABLE feed_head (
  merchant TEXT NOT NULL,
  seq BIGINT NOT NULL,
  generation TEXT NOT NULL,
  CONSTRAINT pk_feed_head PRIMARY KEY (merchant)
)
;
CREATE TABLE holds (
  merchant TEXT NOT NULL,
  id TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  owner TEXT NOT NULL,
  next_action TEXT NOT NULL,
  review_by_ms BIGINT NOT NULL,
  CONSTRAINT pk_holds PRIMARY KEY (merchant, id)
);
CREATE INDEX ix_holds_merchant_subject_kind_subject ON holds (merchant, subject_kind, subject);
CREATE TABLE idempotency (
  merchant TEXT NOT NULL,
  user_id TEXT NOT NULL,
  key TEXT NOT NULL,
  digest TEXT NOT NULL,
  status BIGINT NOT NULL,
  body TEXT NOT NULL,
  version BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  CONSTRAINT pk_idempotency PRIMARY KEY (merchant, user_id, key)
);
CREATE INDEX ix_idempotency_merchant_at_ms ON idempotency (merchant, at_ms);
CREATE TABLE imported (
  merchant TEXT NOT NULL,
  source TEXT NOT NULL,
  external_id TEXT NOT NULL,
  digest TEXT NOT NULL,
  kind TEXT NOT NULL,
  record_id TEXT NOT NULL,
  CONSTRAINT pk_imported PRIMARY KEY (merchant, source, external_id)
);
CREATE TABLE jobs (
  merchant TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  dedup TEXT NOT NULL,
  args TEXT NOT NULL,
  run_at_ms BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  lease TEXT NOT NULL,
  lease_until_ms BIGINT NOT NULL,
  last_error TEXT NOT NULL,
  dead_ms BIGINT,
  CONSTRAINT pk_jobs PRIMARY KEY (merchant, id),
  CONSTRAINT uq_jobs_merchant_dedup UNIQUE (merchant, dedup)
);
CREATE INDEX ix_jobs_merchant_dead_ms_run_at_ms ON jobs (merchant, dead_ms, run_at_ms);
CREATE TABLE ledger_head (
  merchant TEXT NOT NULL,
  n BIGINT NOT NULL,
  hash TEXT NOT NULL,
  CONSTRAINT pk_ledger_head PRIMARY KEY (merchant)
)
;
CREATE TABLE ledger_transactions (
  merchant TEXT NOT NULL,
  n BIGINT NOT NULL,
  id TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  event TEXT NOT NULL,
  order_id TEXT NOT NULL,
  refund_id TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL,
  CONSTRAINT pk_ledger_transactions PRIMARY KEY (merchant, n),
  CONSTRAINT uq_ledger_transactions_merchant_id UNIQUE (merchant, id)
);
CREATE TABLE merchants (
  merchant TEXT NOT NULL,
  name TEXT NOT NULL,
  zone TEXT NOT NULL,
  base_currency TEXT NOT NULL,
  settings TEXT NOT NULL,
  CONSTRAINT pk_merchants PRIMARY KEY (merchant)
);
CREATE TABLE notices (
  merchant TEXT NOT NULL,
  channel TEXT NOT NULL,
  notice_id TEXT NOT NULL,
  received_ms BIGINT NOT NULL,
  result TEXT NOT NULL,
  CONSTRAINT pk_notices PRIMARY KEY (merchant, channel, notice_id)
);
CREATE TABLE orders (
  merchant TEXT NOT NULL,
  id TEXT NOT NULL,
  placed_ms BIGINT NOT NULL,
  kind TEXT NOT NULL,
  product_id TEXT NOT NULL,
  title TEXT NOT NULL,
  quantity BIGINT NOT NULL,
  instructor_id TEXT NOT NULL,
  instructor TEXT NOT NULL,
  payer_id TEXT NOT NULL,
  payer TEXT NOT NULL,
  payer_phone TEXT NOT NULL,
  currency TEXT NOT NULL,
  price BIGINT NOT NULL,
  discount BIGINT NOT NULL,
  discount_rate TEXT NOT NULL,
  tax BIGINT NOT NULL,
  tax_rate TEXT NOT NULL,
  amount BIGINT NOT NULL,
  commission_rate TEXT NOT NULL,
  instructor_share BIGINT NOT NULL,
  refund_days BIGINT NOT NULL,
  state TEXT NOT NULL,
  fulfilment TEXT NOT NULL,
  review TEXT NOT NULL,
  settlement TEXT NOT NULL,
  channel TEXT,
  method TEXT,
  attempt_count BIGINT NOT NULL,
  paid BIGINT NOT NULL,
  refunded BIGINT NOT NULL,
  refunding BIGINT NOT NULL,
  fee BIGINT NOT NULL,
  paid_ms BIGINT,
  expires_ms BIGINT,
  refundable_until_ms BIGINT,
  device_id TEXT NOT NULL,
  address TEXT NOT NULL,
  country TEXT NOT NULL,
  at_risk BOOLEAN NOT NULL,
  routing TEXT,
  risk TEXT,
  lines TEXT NOT NULL,
  events TEXT NOT NULL,
  source TEXT NOT NULL,
  CONSTRAINT pk_orders PRIMARY KEY (merchant, id)
);
CREATE INDEX ix_orders_merchant_address ON orders (merchant, address) WHERE address != '';
CREATE INDEX ix_orders_merchant_device_id_placed_ms ON orders (merchant, device_id, placed_ms) WHERE device_id != '';
CREATE INDEX ix_orders_merchant_payer_id_placed_ms ON orders (merchant, payer_id, placed_ms);
CREATE TABLE payers (
  merchant TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  phone TEXT NOT NULL,
  email TEXT NOT NULL,
  first_seen_ms BIGINT NOT NULL,
  at_risk BOOLEAN NOT NULL,
  CONSTRAINT pk_payers PRIMARY KEY (merchant, id)
);
CREATE INDEX ix_payers_merchant_email ON payers (merchant, email) WHERE email != '';
CREATE INDEX ix_payers_merchant_phone ON payers (merchant, phone) WHERE phone != '';
CREATE TABLE products (
  merchant TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  title_en TEXT NOT NULL,
  currency TEXT NOT NULL,
  price BIGINT NOT NULL,
  instructor_id TEXT NOT NULL,
  instructor TEXT NOT NULL,
  commission_rate TEXT NOT NULL,
  tax_rate TEXT NOT NULL,
  refund_days BIGINT NOT NULL,
  period_days BIGINT NOT NULL,
  expert TEXT NOT NULL,
  on_sale BOOLEAN NOT NULL,
  CONSTRAINT pk_products PRIMARY KEY (merchant, id)
);
CREATE TABLE refunds (
  merchant TEXT NOT NULL,
  id TEXT NOT NULL,
  order_id TEXT NOT NULL,
  attempt_id TEXT NOT NULL,
  requested_ms BIGINT NOT NULL,
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  note TEXT NOT NULL,
  title TEXT NOT NULL,
  kind TEXT,
  product_id TEXT NOT NULL,
  instructor_id TEXT NOT NULL,
  payer_id TEXT NOT NULL,
  payer TEXT NOT NULL,
  channel TEXT,
  requested_by TEXT NOT NULL,
  requested_by_id TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_by_id TEXT NOT NULL,
  decided_ms BIGINT,
  submitted_ms BIGINT,
  finished_ms BIGINT,
  needs_second_person BOOLEAN NOT NULL,
  automatic BOOLEAN NOT NULL,
  at_risk BOOLEAN NOT NULL,
  failure TEXT NOT NULL,
  channel_ref TEXT NOT NULL,
  asked BIGINT NOT NULL,
  effects TEXT,
  lines TEXT NOT NULL,
  events TEXT NOT NULL,
  source TEXT NOT NULL,
  CONSTRAINT pk_refunds PRIMARY KEY (merchant, id)
);
CREATE INDEX ix_refunds_merchant_order_id ON refunds (merchant, order_id);
CREATE TABLE risk_cases (
  merchant TEXT NOT NULL,
  id TEXT NOT NULL,
  order_id TEXT NOT NULL,
  opened_ms BIGINT NOT NULL,
  state TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL,
  expected_loss BIGINT NOT NULL,
  risk TEXT NOT NULL,
  title TEXT NOT NULL,
  quantity BIGINT NOT NULL,
  payer_id TEXT NOT NULL,
  payer TEXT NOT NULL,
  channel TEXT,
  review_by_ms BIGINT NOT NULL,
  assignee_id TEXT NOT NULL,
  assignee TEXT NOT NULL,
  disposition TEXT,
  decided_by TEXT,
  decider_id TEXT NOT NULL,
  decider TEXT NOT NULL,
  decided_ms BIGINT,
  reason TEXT NOT NULL,
  note TEXT NOT NULL,
  evidence TEXT NOT NULL,
  events TEXT NOT NULL,
  CONSTRAINT pk_risk_cases PRIMARY KEY (merchant, id)
);
CREATE INDEX ix_risk_cases_merchant_order_id ON risk_cases (merchant, order_id);
CREATE TABLE security_events (
  merchant TEXT NOT NULL,
  id TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  kind TEXT NOT NULL,
  channel TEXT NOT NULL,
  subject TEXT NOT NULL,
  data TEXT NOT NULL,
  CONSTRAINT pk_security_events PRIMARY KEY (merchant, id)
);
CREATE INDEX ix_security_events_merchant_at_ms ON security_events (merchant, at_ms);
CREATE TABLE users (
  merchant TEXT NOT NULL,
  id TEXT NOT NULL,
  login TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  instructor_id TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  second_factor TEXT NOT NULL,
  failed BIGINT NOT NULL,
  locked_until_ms BIGINT,
  disabled BOOLEAN NOT NULL,
  CONSTRAINT pk_users PRIMARY KEY (merchant, id),
  CONSTRAINT uq_users_merchant_login UNIQUE (merchant, login)
);
CREATE TABLE attempts (
  merchant TEXT NOT NULL,
  id TEXT NOT NULL,
  order_id TEXT NOT NULL,
  channel TEXT NOT NULL,
  method TEXT NOT NULL,
  state TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL,
  started_ms BIGINT NOT NULL,
  ended_ms BIGINT,
  expires_ms BIGINT NOT NULL,
  failure TEXT NOT NULL,
  channel_ref TEXT NOT NULL,
  took TEXT NOT NULL,
  instruction_kind TEXT NOT NULL,
  instruction TEXT NOT NULL,
  asked BIGINT NOT NULL,
  CONSTRAINT pk_attempts PRIMARY KEY (merchant, id),
  CONSTRAINT fk_attempts_orders FOREIGN KEY(merchant, order_id) REFERENCES orders (merchant, id)
);
CREATE INDEX ix_attempts_merchant_ended_ms ON attempts (merchant, ended_ms);
CREATE INDEX ix_attempts_merchant_order_id ON attempts (merchant, order_id);
CREATE TABLE postings (
  merchant TEXT NOT NULL,
  n BIGINT NOT NULL,
  line BIGINT NOT NULL,
  account TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL,
  order_id TEXT NOT NULL,
  CONSTRAINT pk_postings PRIMARY KEY (merchant, n, line),
  CONSTRAINT fk_postings_ledger_transactions FOREIGN KEY(merchant, n) REFERENCES ledger_transactions (merchant, n)
);
CREATE INDEX ix_postings_merchant_account_currency_amount ON postings (merchant, account, currency, amount);
CREATE INDEX ix_postings_merchant_order_id ON postings (merchant, order_id);
CREATE TABLE recovery_codes (
  merchant TEXT NOT NULL,
  user_id TEXT NOT NULL,
  code_hash TEXT NOT NULL,
  CONSTRAINT pk_recovery_codes PRIMARY KEY (merchant, user_id, code_hash),
  CONSTRAINT fk_recovery_codes_users FOREIGN KEY(merchant, user_id) REFERENCES users (merchant, id)
);
CREATE TABLE sessions (
  merchant TEXT NOT NULL,
  id TEXT NOT NULL,
  access_hash TEXT NOT NULL,
  refresh_hash TEXT NOT NULL,
  family TEXT NOT NULL,
  user_id TEXT NOT NULL,
  device TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  access_expires_ms BIGINT NOT NULL,
  refresh_expires_ms BIGINT NOT NULL,
  replaced_ms BIGINT,
  revoked_ms BIGINT,
  CONSTRAINT pk_sessions PRIMARY KEY (merchant, id),
  CONSTRAINT uq_sessions_merchant_access_hash UNIQUE (merchant, access_hash),
  CONSTRAINT uq_sessions_merchant_refresh_hash UNIQUE (merchant, refresh_hash),
  CONSTRAINT fk_sessions_users FOREIGN KEY(merchant, user_id) REFERENCES users (merchant, id)
);
CREATE INDEX ix_sessions_merchant_family ON sessions (merchant, family);
CREATE INDEX ix_sessions_merchant_user_id ON sessions (merchant, user_id);
