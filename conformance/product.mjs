#!/usr/bin/env node
// Stands Payment Manager before the conformance cases: start NAME | stop | restart. The run folder (CONFORMANCE_RUN)
// holds ports, keys, certificates, the data of the current configuration and the process id.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const run = process.env.CONFORMANCE_RUN;
if (!run) throw new Error('CONFORMANCE_RUN must name the run folder; start the cases with conformance/run.mjs');
const root = path.resolve(import.meta.dirname, '..');
const { ports, timing } = JSON.parse(fs.readFileSync(path.join(run, 'product.json'), 'utf8'));
const file = (...parts) => path.join(run, ...parts);
const [verb, name] = process.argv.slice(2);

/** What each configuration changes (conformance README, "Configurations that cases ask for"). */
const CHANGES = {
  default: {},
  reserve: { core: { atPrepare: 'reserve', reserveWithoutPatch: 'commit-first' } },
  auto: { acceptance: { party: true, quote: true } },
  jwsOff: { jws: { sign: false, verify: false } },
  jwsParties: { jws: { signPutParties: true, verifyPutParties: true } },
  versions: { versions: { parties: '1.0', participants: '1.0', quotes: '1.0', transfers: '1.0' } },
  mtls: {
    inbound: { tls: { enabled: true, certificateFile: file('tls/sut.pem'), keyFile: file('tls/sut.key'), caFile: file('tls/ca.pem') } },
    hub: {
      baseUrl: `https://127.0.0.1:${ports.hub}`,
      tls: { enabled: true, certificateFile: file('tls/sut.pem'), keyFile: file('tls/sut.key'), caFile: file('tls/ca.pem') },
    },
  },
};

function configuration(change) {
  const base = {
    fspId: 'payeefsp',
    sandbox: true,
    dataFolder: file('data'),
    inbound: { host: '127.0.0.1', port: ports.inbound, maxBodyBytes: 5_242_880 },
    outbound: { host: '127.0.0.1', port: ports.outbound },
    operations: { port: ports.operations },
    hub: { id: 'switch', baseUrl: `http://127.0.0.1:${ports.hub}` },
    core: { baseUrl: `http://127.0.0.1:${ports.backend}`, atPrepare: 'credit' },
    jws: { signingKeyFile: file('keys/sut/payeefsp.key'), peerKeysFolder: file('keys/pub'), keyOverlapMs: timing.keyOverlapMs },
    timeouts: {
      callbackMs: timing.callbackTimeoutMs,
      backendMs: timing.backendTimeoutMs,
      hubHttpMs: timing.httpTimeoutMs,
      patchGraceMs: timing.patchGraceMs,
    },
    lifetimes: { quoteMs: timing.quoteLifetimeMs },
    files: { pollMs: 500 },
    log: { level: process.env.CONFORMANCE_LOG ?? 'warn' },
  };
  return merge(base, change);
}

function merge(base, change) {
  const merged = { ...base };
  for (const [key, value] of Object.entries(change))
    merged[key] = value && typeof value === 'object' && !Array.isArray(value) ? merge(base[key] ?? {}, value) : value;
  return merged;
}

async function start() {
  const log = fs.openSync(file('product.log'), 'a');
  const node = path.join(root, 'node_modules/.bin/node');
  const child = spawn(
    node,
    [
      // as `./pm run` does
      '--v8-pool-size=1',
      '--max-semi-space-size=8',
      path.join(root, 'packages/payment-manager/src/cli/main.ts'),
      'run',
      '--config',
      file('payment-manager.yaml'),
    ],
    {
      cwd: run,
      detached: true,
      stdio: ['ignore', log, log],
    },
  );
  fs.writeFileSync(file('pid'), String(child.pid));
  child.unref();
  for (let waited = 0; waited < 15_000; waited += 50) {
    if (child.exitCode !== null) break;
    const answer = await fetch(`http://127.0.0.1:${ports.operations}/health/ready`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the product did not become ready; the end of its log:\n${fs.readFileSync(file('product.log'), 'utf8').slice(-3000)}`);
}

async function stop(signal) {
  const pid = Number(fs.existsSync(file('pid')) && fs.readFileSync(file('pid'), 'utf8'));
  if (!pid) return;
  fs.rmSync(file('pid'));
  const alive = () => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };
  if (alive()) process.kill(pid, signal);
  for (let waited = 0; alive() && waited < 15_000; waited += 25) await new Promise((resolve) => setTimeout(resolve, 25));
  if (alive()) process.kill(pid, 'SIGKILL');
}

if (verb === 'start') {
  const change = CHANGES[name];
  if (!change) throw new Error(`unknown configuration ${name}; known: ${Object.keys(CHANGES).join(', ')}`);
  await stop('SIGTERM');
  fs.rmSync(file('data'), { recursive: true, force: true });
  // JSON is YAML
  fs.writeFileSync(file('payment-manager.yaml'), JSON.stringify(configuration(change), null, 2));
  await start();
} else if (verb === 'stop') {
  await stop('SIGTERM');
} else if (verb === 'restart') {
  // as if the plug were pulled
  await stop('SIGKILL');
  await start();
} else {
  throw new Error('usage: product.mjs start NAME | stop | restart');
}
