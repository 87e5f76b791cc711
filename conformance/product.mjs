#!/usr/bin/env node
// Stands Payment Manager before the conformance cases: start NAME | stop | restart. The run folder (CONFORMANCE_RUN)
// holds ports, keys, certificates, the data of the current configuration and the process id.
import { spawn } from 'node:child_process';
import crypto from 'node:crypto';
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
  cluster: {},
  auto: { acceptance: { party: true, quote: true, maxFee: { USD: '5 and 5%' } } },
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

function configuration(change, instance) {
  const base = {
    fspId: 'payeefsp',
    sandbox: true,
    dataFolder: instance.folder,
    inbound: { host: '127.0.0.1', port: instance.inbound },
    outbound: { host: '127.0.0.1', port: instance.outbound },
    operations: { port: instance.operations },
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

/** The instances of a configuration: one, or three on one PostgreSQL. */
function instancesOf(name) {
  const first = { name: 'a', folder: file('data'), inbound: ports.inbound, outbound: ports.outbound, operations: ports.operations };
  if (name !== 'cluster') return [first];
  return [first, ...ports.further.map((further, index) => ({ name: 'bc'[index], folder: file(`data-${index}`), ...further }))];
}

async function start(instance) {
  const log = fs.openSync(file('product.log'), 'a');
  const node = path.join(root, 'node_modules/.bin/node');
  const child = spawn(
    node,
    [path.join(root, 'packages/payment-manager/src/cli/main.ts'), 'run', '--config', file(`payment-manager-${instance.name}.yaml`)],
    { cwd: run, detached: true, stdio: ['ignore', log, log] },
  );
  fs.writeFileSync(file(`pid-${instance.name}`), String(child.pid));
  child.unref();
  for (let waited = 0; waited < 20_000; waited += 50) {
    if (child.exitCode !== null) break;
    const answer = await fetch(`http://127.0.0.1:${instance.operations}/health/ready`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the product did not become ready; the end of its log:\n${fs.readFileSync(file('product.log'), 'utf8').slice(-3000)}`);
}

async function stopAll(signal) {
  // the database last: who stops in good order still writes
  const pidFiles = fs.readdirSync(run).filter((name) => name.startsWith('pid-'));
  await Promise.all(pidFiles.filter((name) => name !== 'pid-postgres').map((name) => stop(name, signal)));
  if (signal === 'SIGTERM' && pidFiles.includes('pid-postgres')) await stop('pid-postgres', signal);
}

async function stop(pidFile, signal) {
  const pid = Number(fs.readFileSync(file(pidFile), 'utf8'));
  fs.rmSync(file(pidFile));
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

async function startPostgres() {
  const urlFile = file('postgres-url');
  const output = fs.openSync(urlFile, 'w');
  const child = spawn(path.join(root, 'node_modules/.bin/node'), [path.join(import.meta.dirname, 'postgres.mjs')], {
    cwd: run,
    detached: true,
    stdio: ['ignore', output, 'inherit'],
  });
  fs.writeFileSync(file('pid-postgres'), String(child.pid));
  child.unref();
  for (let waited = 0; waited < 30_000 && child.exitCode === null; waited += 50) {
    const url = fs.readFileSync(urlFile, 'utf8').trim();
    if (url) return url;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('PostgreSQL did not start');
}

if (verb === 'start') {
  const change = CHANGES[name];
  if (!change) throw new Error(`unknown configuration ${name}; known: ${Object.keys(CHANGES).join(', ')}`);
  await stopAll('SIGTERM');
  const shared = name === 'cluster' ? { journal: { store: 'postgres', postgresUrl: await startPostgres() } } : {};
  const instances = instancesOf(name);
  // replicas seal with the same key
  const key = `${crypto.randomBytes(32).toString('hex')}\n`;
  for (const instance of instances) {
    fs.rmSync(instance.folder, { recursive: true, force: true });
    fs.mkdirSync(instance.folder, { mode: 0o700 });
    fs.writeFileSync(path.join(instance.folder, 'journal.key'), key, { mode: 0o600 });
    // JSON is YAML
    fs.writeFileSync(
      file(`payment-manager-${instance.name}.yaml`),
      JSON.stringify(configuration(merge(shared, change), instance), null, 2),
    );
  }
  fs.writeFileSync(file('configuration'), name);
  for (const instance of instances) await start(instance);
} else if (verb === 'stop') {
  await stopAll('SIGTERM');
} else if (verb === 'restart') {
  // as if the plug were pulled
  await stopAll('SIGKILL');
  for (const instance of instancesOf(fs.readFileSync(file('configuration'), 'utf8'))) await start(instance);
} else {
  throw new Error('usage: product.mjs start NAME | stop | restart');
}
