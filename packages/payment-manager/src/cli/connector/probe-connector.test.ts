import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { CommandOptions } from '../commands.ts';
import { connector } from './connector.ts';

const TEMPLATE = join(import.meta.dirname, '../../../../../connectors/rest-core');
let place = '';
/** Answers by key; `forgets`: a core that honours none. */
const core = { kept: new Map<string, string>(), forgets: false, holds: 0, released: 0 };
const server = createServer((request, response) => {
  void bodyOf(request).then((body) => {
    const { status, content } = answerTo(request, body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(content);
  });
});

before(async () => {
  place = await mkdtemp(join(tmpdir(), 'probe-'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
after(async () => {
  server.close();
  server.closeAllConnections();
  await rm(place, { recursive: true, force: true });
});

async function bodyOf(request: IncomingMessage): Promise<Record<string, string>> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text.startsWith('{') ? (JSON.parse(text) as Record<string, string>) : {};
}

interface Answer {
  readonly status: number;
  readonly content: string;
}
const json = (status: number, content: object): Answer => ({ status, content: JSON.stringify(content) });
const postings = new Map<string, object>();

/** A core that offers the API of the template. */
function answerTo({ method = '', url = '', headers }: IncomingMessage, body: Record<string, string>): Answer {
  const path = new URL(url, 'http://core').pathname;
  if (path === '/token') return json(200, { access_token: 'a-token', token_type: 'Bearer', expires_in: 300 });
  if (path.endsWith('/fees')) return json(200, { fee: '0' });
  if (path.startsWith('/accounts/')) return json(200, { accountId: 'A-7', status: 'OPEN', displayName: 'Ann Mwangi', currencies: ['KES'] });
  if (path.startsWith('/postings/')) {
    const found = postings.get(path.slice('/postings/'.length));
    return found === undefined ? json(404, { code: 'UNKNOWN_REFERENCE' }) : json(200, found);
  }
  const key = String(headers['idempotency-key']);
  const before = core.kept.get(key);
  if (method !== 'POST' || before !== undefined) return before === undefined ? json(404, {}) : { status: 201, content: before };
  if (body['amount'] === '9000') return json(422, { code: 'LIMIT_EXCEEDED' });
  if (path.endsWith('/release')) core.released++;
  const kind = path === '/holds' ? 'HOLD' : path.endsWith('/capture') ? 'CAPTURE' : 'RELEASE';
  const made = { id: `H-${++core.holds}`, accountId: 'A-7', kind, amount: body['amount'], status: 'DONE' };
  postings.set(String(body['reference']), made);
  if (!core.forgets && kind === 'HOLD') core.kept.set(key, JSON.stringify(made));
  return json(kind === 'HOLD' ? 201 : 200, made);
}

async function probed(
  environment: string,
  options: CommandOptions = {},
): Promise<{ readonly code: number; readonly text: string; readonly folder: string }> {
  const folder = await mkdtemp(join(place, 'copy-'));
  await cp(TEMPLATE, folder, { recursive: true });
  const file = join(folder, 'connector.yaml');
  const guesses = 'guesses:\n  keys:\n    guess: keys are honoured\n    probe: key\n  late:\n    guess: never late\n    probe: late\n';
  await writeFile(file, `${await readFile(file, 'utf8')}\n${guesses}`);
  for (const name of ['transfer.prepare', 'transfer.finalise']) {
    const path = join(folder, 'operations', `${name}.yaml`);
    await writeFile(path, (await readFile(path, 'utf8')).replaceAll('quiet: 60s', 'quiet: 1s'));
  }
  await writeFile(join(folder, 'secret'), 'canary-5\n');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await writeFile(
    join(folder, 'probe.yaml'),
    `probe: rest-core\nenvironment: ${environment}\nsettings: { baseUrl: "${base}", tokenUrl: "${base}/token", clientId: us }\nsecretFiles: { clientSecret: secret }\n` +
      'payee: { idType: MSISDN, idValue: "254711" }\ncurrency: KES\namount: "5"\nrefusedAmount: "9000"\n',
  );
  const lines: string[] = [];
  const terminal = { out: (line: string) => lines.push(line), err: () => {}, workingFolder: place, environment: {}, interactive: false };
  const code = await connector(['probe', folder], options, terminal);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a terminal
  return { code, text: lines.join('\n').replaceAll(/\u001b\[\d+m/g, ''), folder };
}

test('connector probe: what a core does is seen, written beside the connector with version and host, and settles the guesses that it shows', async () => {
  const { code, text, folder } = await probed('umoja-test');
  assert.match(text, /^Probing umoja-test with 5 KES: money moves there\.\n/);
  assert.match(text, /as-guessed {2}key payee-hold: the same call again: ok \(HTTP 201\), the same as before/);
  const report = await readFile(join(folder, 'probe.json'), 'utf8');
  const { version, hosts, environment, at, observations } = JSON.parse(report) as Record<string, unknown> & {
    observations: { probe: string }[];
  };
  assert.match(String(version), /^[0-9a-f]{32}$/);
  assert.deepEqual([hosts, environment], [[`127.0.0.1:${(server.address() as AddressInfo).port}`], 'umoja-test']);
  assert.match(String(at), /^\d{4}-\d\d-\d\dT/);
  assert.ok(observations.some(({ probe }) => probe === 'late'));
  assert.doesNotMatch(report, /canary|A-7|Ann|254711|a-token/, 'no secrets, no persons');
  // this core keeps no refusals: no guess of this connector rests on that
  assert.match(text, /otherwise {2}kept-refusal payee-hold: .*the refusal was not kept/);
  assert.doesNotMatch(text, /open {2}late/);
  assert.equal(code, 0, text);
});

test('connector probe: a core that honours no key leaves the guess open, with exit code 1', async () => {
  core.forgets = true;
  const { code, text } = await probed('umoja-test').finally(() => {
    core.forgets = false;
  });
  assert.equal(code, 1);
  assert.match(text, /otherwise {2}key payee-hold: .*there may be two/);
  assert.match(text, /\nopen {2}keys {2}the probe saw otherwise/);
});

test('connector probe: an environment that may have real money is refused unless it is named', async () => {
  await assert.rejects(probed('umoja-production'), /looks like an environment with real money.*--force-environment umoja-production/);
  await assert.rejects(probed('umoja-production', { 'force-environment': 'other' }), /looks like/);
  assert.match((await probed('umoja-production', { 'force-environment': 'umoja-production' })).text, /^Probing umoja-production/);
});
