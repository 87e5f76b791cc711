-- What the operations of this connector use. In a core of its own these are its tables, or views and functions over them.
-- Amounts are whole numbers of the currency's smallest unit.
CREATE TABLE account (
  id VARCHAR(64) NOT NULL PRIMARY KEY,
  display_name VARCHAR(128) NOT NULL,
  first_name VARCHAR(128),
  last_name VARCHAR(128),
  currency VARCHAR(3) NOT NULL,
  status VARCHAR(16) NOT NULL,
  balance BIGINT NOT NULL,
  -- What payments under way will bring, and what is held for payments of the account's own.
  incoming BIGINT NOT NULL DEFAULT 0,
  outgoing BIGINT NOT NULL DEFAULT 0,
  CHECK (balance >= 0),
  CHECK (incoming >= 0),
  CHECK (outgoing >= 0)
);
CREATE TABLE party_identifier (
  id_type VARCHAR(32) NOT NULL,
  id_value VARCHAR(128) NOT NULL,
  sub_id VARCHAR(128) NOT NULL,
  account_id VARCHAR(64) NOT NULL,
  PRIMARY KEY (id_type, id_value, sub_id),
  FOREIGN KEY (account_id) REFERENCES account (id)
);
CREATE TABLE tariff (
  currency VARCHAR(3) NOT NULL PRIMARY KEY,
  fee BIGINT NOT NULL
);
-- One row for each thing that the connector did. The reference is unique: that is what keeps a repeat from being done twice.
CREATE TABLE payment_effect (
  reference VARCHAR(128) NOT NULL PRIMARY KEY,
  kind VARCHAR(16) NOT NULL,
  account_id VARCHAR(64) NOT NULL,
  amount BIGINT NOT NULL,
  currency VARCHAR(3) NOT NULL,
  transfer_id VARCHAR(64) NOT NULL,
  -- Of a hold: the reference of what ended it.
  ended_by VARCHAR(128),
  booked_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  FOREIGN KEY (account_id) REFERENCES account (id)
);
