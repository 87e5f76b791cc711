export { createFeeder, type Feeder, type FeederDeps, type FeedStep } from './feed/feeder.ts';
export { FilterInvalid, type PaymentFilter } from './query/filter.ts';
export type { ListQuery, PaymentPage } from './query/list.ts';
export { type PaymentQueries, paymentQueries, type ReadModelCounts } from './query/queries.ts';
export type { DayTotals, Total, Totals, TotalsFilter } from './query/totals.ts';
export type { Facets, ReadRow } from './rows/read-row.ts';
export { openPostgresStore } from './store/postgres-store.ts';
export { openSqliteStore, readSqliteStore, removeFile } from './store/sqlite-store.ts';
export type { Asked, Place, ReadStore } from './store/store.ts';
