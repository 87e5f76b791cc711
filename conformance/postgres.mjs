#!/usr/bin/env node
// A PostgreSQL for the configuration `cluster`: prints its URL and lives until SIGTERM.
import { startTestPostgres } from '../packages/database/test/test-postgres.ts';

const server = await startTestPostgres();
console.log(server.url);
setInterval(() => {}, 60_000);
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => server.stop().then(() => process.exit(0)));
