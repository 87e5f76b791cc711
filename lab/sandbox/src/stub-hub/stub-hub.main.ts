import { createLog } from '@payment-manager/runtime';
import { type StubHubOptions, startStubHub } from './stub-hub.ts';

/**
 * A stub hub in a process of its own. Argument: the options as JSON, without `log`. It prints one line of JSON
 * `{"url":…,"adminUrl":…}` when it is ready, and ends with SIGTERM or when its standard input is closed.
 */
const options = JSON.parse(process.argv[2] ?? '{}') as Omit<StubHubOptions, 'log'>;
const stub = await startStubHub({
  ...options,
  log: createLog({ level: 'warn', destination: { write: (line: string) => void process.stderr.write(line) } }),
});
process.stdout.write(`${JSON.stringify({ url: stub.url, adminUrl: stub.adminUrl })}\n`);
const end = (): void => void stub.stop().then(() => process.exit(0));
process.once('SIGTERM', end);
process.stdin.once('end', end).resume();
