import { createHttpClient, createLog, type HttpHandler, systemClock, systemRandom, systemTimers } from '@payment-manager/runtime';
import { openListener, startStubHub } from '@payment-manager/sandbox';
import { comingAgain, drive } from './drive.ts';
import { offer } from './offer.ts';
import { stubBank } from './stub-bank.ts';
import { stubCore } from './stub-core.ts';
import { stubDfsp } from './stub-dfsp.ts';
import type { FromStub, StubStart, ToStub } from './stub-protocol.ts';

/**
 * Everything around the measured processes, in one process: hub, cores, and the DFSP (or the payer) that makes the
 * payments. Ends when its parent is gone.
 */
const start = JSON.parse(process.argv[2] ?? '{}') as StubStart;
const log = createLog({ level: 'warn', destination: { write: (line: string) => void process.stderr.write(line) } });
const MODE = { both: 'relay', payer: 'payee', payee: 'payer' } as const;
const hub = await startStubHub({ ...start, mode: MODE[start.scenario], tls: true, port: 0, log });
let transferMs = 0;
let coreCalls = 0;
const answer = stubBank(stubCore(systemTimers, () => transferMs));
const handler: HttpHandler = (request) => {
  coreCalls++;
  return answer(request);
};
const core = await openListener({ port: 0, maxBodyBytes: 1_048_576, handler, refuse: () => ({ status: 503 }) }, log);
const client = createHttpClient({ maxConnectionsPerOrigin: 5_000 });
let pay = hub.payer.pay;

process.on('message', (message: ToStub) => {
  if (message.kind === 'connect') {
    for (const [fspId, url] of Object.entries(message.inbound)) hub.setEndpoint(fspId, url);
    if (message.outboundUrl !== undefined) pay = stubDfsp(client, message.outboundUrl, systemRandom, systemClock);
    tell({ kind: 'connected' });
  } else if (message.kind === 'offer') {
    const world = { clock: systemClock, timers: systemTimers, random: systemRandom };
    const offers = message.offers.map((one) => offer(one.what === 'pay' ? pay : hub.payer.lookUp, one, world));
    const cpuFrom = process.cpuUsage();
    void Promise.all(offers).then((offered) => {
      const { user, system } = process.cpuUsage(cpuFrom);
      tell({ kind: 'offered', offered, cpuMs: (user + system) / 1_000 });
    });
  } else if (message.kind === 'slow-core') {
    transferMs = message.transferMs;
    tell({ kind: 'slowed' });
  } else if (message.kind === 'count') tell({ kind: 'counted', coreCalls });
  else void drive(comingAgain(pay, systemTimers), message.load, systemClock).then((driven) => tell({ kind: 'driven', driven }));
});
process.once('disconnect', () => process.exit(0));
tell({ kind: 'ready', hubUrl: hub.url, coreUrl: core.url });

function tell(message: FromStub): void {
  process.send?.(message);
}
