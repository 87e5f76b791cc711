/**
 * The tables, for both databases. `rm_payments.id` is the ordinal of the journal's record. `rm_combos` gives a number to each combination of facets;
 * the index on it serves every list by facets. `rm_terms` serves ids, parties and names, in buckets of ids (`BUCKET_SIZE`).
 */
export function tablesOf(types: ColumnTypes): string {
  const { bytes, large, text, compact } = types;
  return `
    CREATE TABLE rm_place (one integer PRIMARY KEY CHECK (one = 1), place text NOT NULL);
    CREATE TABLE rm_combos (
      no integer PRIMARY KEY, direction text NOT NULL, stage text NOT NULL, state text NOT NULL, attention text NOT NULL,
      peer text NOT NULL, currency text NOT NULL
    );
    CREATE TABLE rm_payments (
      id ${large} PRIMARY KEY, combo integer NOT NULL, started_at ${large} NOT NULL, updated_at ${large} NOT NULL,
      flags integer NOT NULL, transfer_id ${bytes}, transaction_id ${bytes}, quote_id ${bytes}, home_id text,
      amount text, fee text, error ${text}, error_text text,
      payer_type text, payer_id text, payer_name text, payee_type text, payee_id text, payee_name text
    );
    CREATE INDEX rm_payments_combo ON rm_payments (combo, id);
    CREATE INDEX rm_payments_error ON rm_payments (error, id, combo) WHERE error IS NOT NULL;
    CREATE TABLE rm_terms (
      bucket integer NOT NULL, term ${bytes} NOT NULL, id ${large} NOT NULL, PRIMARY KEY (bucket, term, id)
    )${compact};
    CREATE TABLE rm_attention (
      id ${large} NOT NULL, place integer NOT NULL, level text NOT NULL, code text NOT NULL, reason text NOT NULL, since ${large} NOT NULL,
      PRIMARY KEY (id, place)
    )${compact};
    CREATE TABLE rm_spans (hour integer PRIMARY KEY, first ${large} NOT NULL, last ${large} NOT NULL);
    ${totalsTable('rm_hours', 'hour', types)}
    ${totalsTable('rm_days', 'day', types)}
  `;
}

/** The words of a database for what columns hold. */
export interface ColumnTypes {
  readonly bytes: string;
  readonly large: string;
  readonly text: string;
  /** Behind a table that is nothing but its key and what stands beside it. */
  readonly compact: string;
}

function totalsTable(name: string, slot: string, { large, text, compact }: ColumnTypes): string {
  return `
    CREATE TABLE ${name} (
      ${slot} integer NOT NULL, combo integer NOT NULL, error ${text} NOT NULL,
      n ${large} NOT NULL, hi ${large} NOT NULL, lo ${large} NOT NULL, fee_hi ${large} NOT NULL, fee_lo ${large} NOT NULL,
      PRIMARY KEY (${slot}, combo, error)
    )${compact};`;
}

/** What the first form did not have: of each hour how many were begun in it, and how many of these were completed or failed. */
export function hourCountsOf(large: string): string {
  return ['n', 'completed', 'failed'].map((name) => `ALTER TABLE rm_spans ADD COLUMN ${name} ${large} NOT NULL DEFAULT 0;`).join('\n');
}

/** What the second form did not have: sums of seven business days together, so that those of months are made of few rows. */
export function weeksOf(types: ColumnTypes): string {
  return totalsTable('rm_weeks', 'week', types);
}

/** Goes up with each change of the tables or of what a row says: then rows are made anew. */
export const FORM = 3;

/** How `Place.madeBy` begins where the rows are of this form. */
export const OF_THIS_FORM = `form ${FORM},`;

export const TABLES = [
  'rm_place',
  'rm_combos',
  'rm_payments',
  'rm_terms',
  'rm_attention',
  'rm_spans',
  'rm_hours',
  'rm_days',
  'rm_weeks',
] as const;

/** Bits of `flags`. */
export const OPEN_FLAG = 1;
export const PRUNED_FLAG = 2;
/** The transactionId is the transferId. */
export const SAME_ID_FLAG = 4;
