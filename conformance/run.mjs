#!/usr/bin/env node
// Runs the scheme's black-box conformance cases against this checkout. Usage:
//   conformance/run.mjs [--suite FOLDER] [further options of the suite's run.mjs, e.g. --only C034,D --verbose]
// FOLDER (default ../shared/conformance beside the checkout) holds the cases. Everything that the run makes is in a folder
// of its own under the system's temporary folder and is removed at the end; ports are free ones.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const options = process.argv.slice(2);
const at = options.indexOf('--suite');
const suite = path.resolve(at < 0 ? path.join(root, '../shared/conformance') : options.splice(at, 2)[1]);
if (!fs.existsSync(path.join(suite, 'run.mjs'))) {
  console.error(`no conformance cases in ${suite}; name their folder with --suite`);
  process.exit(64);
}

const CONFIGURATIONS = ['default', 'reserve', 'auto', 'jwsOff', 'jwsParties', 'versions', 'mtls', 'cluster'];
/** Groups that concern what is built: A, B and D to J. */
const GROUPS = 'A,B,D,E,F,G,H,I,J';
const timing = {
  callbackTimeoutMs: 8_000,
  backendTimeoutMs: 30_000,
  httpTimeoutMs: 5_000,
  patchGraceMs: 3_000,
  quoteLifetimeMs: 60_000,
  keyOverlapMs: 2_000,
};

const run = fs.mkdtempSync(path.join(os.tmpdir(), 'pm-conformance-'));
const tool = (command, ...args) => {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${stderr}`);
};
const freePort = () =>
  new Promise((resolve, reject) => {
    const server = net.createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

let status = 1;
const product = `${JSON.stringify(process.execPath)} ${JSON.stringify(path.join(import.meta.dirname, 'product.mjs'))}`;
process.env.CONFORMANCE_RUN = run;
try {
  const ports = {
    inbound: await freePort(),
    outbound: await freePort(),
    operations: await freePort(),
    hub: await freePort(),
    backend: await freePort(),
    further: [
      { inbound: await freePort(), outbound: await freePort(), operations: await freePort() },
      { inbound: await freePort(), outbound: await freePort(), operations: await freePort() },
    ],
  };
  tool(
    process.execPath,
    path.join(suite, 'make-keys.mjs'),
    path.join(run, 'keys'),
    path.join(suite, '../reference/vectors/jws-keys.json'),
    'payeefsp',
  );
  tool(path.join(suite, 'make-certs.sh'), path.join(run, 'tls'));
  fs.writeFileSync(path.join(run, 'product.json'), JSON.stringify({ ports, timing }));
  const inbound = (scheme) => `${scheme}://127.0.0.1:${ports.inbound}`;
  const config = {
    product: `Payment Manager ${JSON.parse(fs.readFileSync(path.join(root, 'packages/payment-manager/package.json'), 'utf8')).version}`,
    sut: { inbound: inbound('http'), outbound: `http://127.0.0.1:${ports.outbound}`, fspId: 'payeefsp' },
    hubPort: ports.hub,
    backendPort: ports.backend,
    keysDir: 'keys',
    sutKeysDir: 'keys/pub',
    jws: true,
    version: '1.1',
    ...timing,
    commands: { restart: `${product} restart` },
    probes: {
      reconciliation: `http://127.0.0.1:${ports.operations}/exceptions?id={id}`,
      alarms: `http://127.0.0.1:${ports.operations}/alarms?id={id}`,
    },
    configs: Object.fromEntries(
      CONFIGURATIONS.map((name) => [
        name,
        {
          enter: `${product} start ${name}`,
          leave: `${product} stop`,
          ...(name === 'jwsOff' && { jws: false }),
          ...(name === 'jwsParties' && { signsPutParties: true }),
          ...(name === 'versions' && { version: '1.0' }),
          ...(name === 'cluster' && {
            sut: {
              inbounds: [ports.inbound, ...ports.further.map((further) => further.inbound)].map((port) => `http://127.0.0.1:${port}`),
            },
          }),
          ...(name === 'mtls' && { tlsDir: 'tls', sut: { inbound: inbound('https') } }),
        },
      ]),
    ),
  };
  fs.writeFileSync(path.join(run, 'conformance.json'), JSON.stringify(config, null, 1));
  const chosen = options.includes('--only') ? options : ['--only', GROUPS, ...options];
  const result = spawnSync(process.execPath, [path.join(suite, 'run.mjs'), '--config', path.join(run, 'conformance.json'), ...chosen], {
    stdio: 'inherit',
  });
  status = result.status ?? 1;
} finally {
  spawnSync('sh', ['-c', `${product} stop`]);
  if (process.env.CONFORMANCE_KEEP) console.log(`kept: ${run}`);
  else fs.rmSync(run, { recursive: true, force: true });
}
process.exit(status);
