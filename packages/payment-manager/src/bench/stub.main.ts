import { createHttpClient, createLog, systemClock, systemRandom } from '@payment-manager/runtime';
import { openListener, startStubHub } from '@payment-manager/sandbox';
import { drive } from './drive.ts';
import { stubCore } from './stub-core.ts';
import { stubDfsp } from './stub-dfsp.ts';
import type { FromStub, StubStart, ToStub } from './stub-protocol.ts';

/**
 * Everything around the measured processes, in one process: hub, cores, and the DFSP (or the payer) that makes the
 * payments. Ends when its parent is gone.
 */
const start = JSON.parse(process.argv[2] ?? '{}') as StubStart;
const log = createLog({ level: 'warn', destination: { write: (line: string) => void process.stderr.write(line) } });
const mode = { both: 'relay', payer: 'payee', payee: 'payer' } as const;
const hub = await startStubHub({ ...start, mode: mode[start.scenario], tls: true, port: 0, log });
const core = await openListener({ port: 0, maxBodyBytes: 1_048_576, handler: stubCore, refuse: () => ({ status: 503 }) }, log);
const client = createHttpClient({ maxConnectionsPerOrigin: 5_000 });
let pay = hub.payer.pay;

process.on('message', (message: ToStub) => {
  if (message.kind === 'connect') {
    for (const [fspId, url] of Object.entries(message.inbound)) hub.setEndpoint(fspId, url);
    if (message.outboundUrl !== undefined) pay = stubDfsp(client, message.outboundUrl, systemRandom);
    tell({ kind: 'connected' });
  } else void drive(pay, message.load, systemClock).then((driven) => tell({ kind: 'driven', driven }));
});
process.once('disconnect', () => process.exit(0));
tell({ kind: 'ready', hubUrl: hub.url, coreUrl: core.url });

function tell(message: FromStub): void {
  process.send?.(message);
}
