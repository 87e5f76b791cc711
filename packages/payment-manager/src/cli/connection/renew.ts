import { X509Certificate } from 'node:crypto';
import type { Renewable } from '@payment-manager/connection-manager-client';
import { counted } from '@payment-manager/connection-manager-client/counted';
import { certificateRequest, createNextCa, renewServerCertificate, signingKey } from '@payment-manager/connection-manager-client/manual';
import { wantedOf } from '@payment-manager/connection-manager-client/onboarding';
import { createHttpClient, systemClock } from '@payment-manager/runtime';
import type { Doing, Environment, OwnPurpose } from '@payment-manager/vault';
import type { CommandOptions } from '../commands.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { authorizationFor } from '../operations/operations-token.ts';
import { confirmed, operatorName } from '../operations/person.ts';
import { style, type Terminal } from '../terminal.ts';
import { connectionClient, operationsUrl } from './connection-client.ts';
import { CERTIFICATE_NAMES, type CertificateName } from './names.ts';
import type { OpenedEnvironment } from './with-environment.ts';

/** Renews a certificate of ours before its time: through the Connection Manager, or by hand where there is none. */
export async function renewCertificate(
  opened: OpenedEnvironment,
  name: CertificateName,
  options: CommandOptions,
  terminal: Terminal,
): Promise<number> {
  if (name === 'hub-ca')
    throw new CommandFailed(EXIT_CODES.usage, 'The hub renews its CA itself. When you receive a new one: ./pm import hub-ca FILE');
  const doing = { by: operatorName(options, terminal), why: './pm cert renew' };
  if (opened.config.connectionManager.url !== undefined) return begin(opened, CERTIFICATE_NAMES[name], doing, terminal);
  if (options['activate'] === true) return activateNext(opened, name === 'ca' ? 'dfsp-ca' : undefined, doing, options, terminal);
  switch (name) {
    case 'client':
      return askFor('client', opened, doing, terminal);
    case 'server':
      return (await isFromElsewhere(opened.environment)) ? askFor('server', opened, doing, terminal) : renewOwn(opened, doing, terminal);
    case 'ca':
      await createNextCa(opened.environment, wantedOf(opened.config), doing);
      terminal.out(
        'A new CA is created and not in use yet. Give it to the hub (./pm export ca --next). When the hub trusts it: ./pm cert renew ca --activate',
      );
      return EXIT_CODES.ok;
  }
}

const ARTEFACTS: Readonly<Record<OwnPurpose, Renewable>> = {
  'tls-client': 'DFSP_CLIENT_CERT',
  'tls-server': 'DFSP_SERVER_CERT',
  'dfsp-ca': 'DFSP_CA',
  'jws-signing': 'DFSP_JWS',
};

/** The running product begins at once; for a stopped one a key is left in the vault, with which it goes on when it starts. */
async function begin(opened: OpenedEnvironment, purpose: OwnPurpose, doing: Doing, terminal: Terminal): Promise<number> {
  const begun = await askProduct(opened, ARTEFACTS[purpose], doing.by);
  if (!begun) await leaveKey(opened, purpose, doing, terminal);
  terminal.out(
    `The renewal has started. The present certificate stays in use until the new one replaces it.${begun ? '' : ' The product continues it when it runs.'}`,
  );
  terminal.out(`Follow it: ${opened.onboard}`);
  return EXIT_CODES.ok;
}

/** Whether it runs, and has begun. A product of another environment is not asked. */
async function askProduct({ config, environment }: OpenedEnvironment, artefact: Renewable, by: string): Promise<boolean> {
  const http = createHttpClient({});
  try {
    const product = connectionClient(operationsUrl(config), http, await authorizationFor(config));
    return (await product.view())?.environment === environment.name && (await product.renew(artefact, by));
  } finally {
    await http.close();
  }
}

async function leaveKey({ config, environment }: OpenedEnvironment, purpose: OwnPurpose, doing: Doing, terminal: Terminal): Promise<void> {
  const wanted = wantedOf(config);
  const waiting = (await environment.keys.list(purpose)).find(({ state }) => state === 'pre-active');
  if (waiting !== undefined) terminal.out(`A new key is waiting already, since ${new Date(waiting.since).toISOString()}.`);
  else if (purpose === 'dfsp-ca') await createNextCa(environment, wanted, doing);
  else await environment.keys.generate(purpose, doing, purpose === 'jws-signing' ? wanted.jwsKeyAlgorithm : wanted.keyAlgorithm);
}

async function askFor(
  side: 'client' | 'server',
  { environment, config }: OpenedEnvironment,
  doing: Doing,
  terminal: Terminal,
): Promise<number> {
  await certificateRequest(environment, side, wantedOf(config), doing);
  terminal.out(`A new ${side} key waits for its certificate. The present one stays in use.`);
  terminal.out(`Next: ./pm export csr --for ${side}, have it signed, ./pm import certificate FILE --for ${side}`);
  return EXIT_CODES.ok;
}

async function renewOwn({ environment, config }: OpenedEnvironment, doing: Doing, terminal: Terminal): Promise<number> {
  const { chain = [] } = await renewServerCertificate(environment, wantedOf(config), doing);
  terminal.out(style.good(`The server certificate is renewed, until ${new X509Certificate(chain[0] ?? '').validToDate.toISOString()}.`));
  return EXIT_CODES.ok;
}

/** Whether the server certificate in use is of another CA than ours. */
async function isFromElsewhere({ keys }: Environment): Promise<boolean> {
  const [leaf] = (await keys.active('tls-server'))?.chain ?? [];
  if (leaf === undefined) return false;
  const cas = (await keys.list('dfsp-ca')).flatMap(({ chain = [] }) => chain.slice(0, 1));
  return !cas.some((ca) => new X509Certificate(leaf).checkIssued(new X509Certificate(ca)));
}

/** Makes the successor of our JWS key, or puts it in use. */
export async function rotateSigningKey(opened: OpenedEnvironment, options: CommandOptions, terminal: Terminal): Promise<number> {
  const doing = { by: operatorName(options, terminal), why: './pm keys rotate jws' };
  if (opened.config.connectionManager.url !== undefined) return begin(opened, 'jws-signing', doing, terminal);
  if (options['activate'] === true) return activateNext(opened, 'jws-signing', doing, options, terminal);
  const key = await signingKey(opened.environment, wantedOf(opened.config), doing, true);
  if (key.state === 'active') terminal.out(style.good(`The first JWS key ${key.id} is in use. Give it to the scheme: ./pm export jws`));
  else {
    terminal.out(`A new JWS key ${key.id} is created. The present key still signs.`);
    terminal.out('Next: give it to the scheme (./pm export jws --next), and when every peer has it: ./pm keys rotate jws --activate');
  }
  return EXIT_CODES.ok;
}

/** docs/money-rules.md, 10: who signs with a key that peers do not have yet has his payments refused. */
async function activateNext(
  { environment, config }: OpenedEnvironment,
  purpose: OwnPurpose | undefined,
  doing: Doing,
  options: CommandOptions,
  terminal: Terminal,
): Promise<number> {
  if (purpose === undefined)
    throw new CommandFailed(
      EXIT_CODES.usage,
      '--activate is for the CA and the JWS key; a certificate comes into use when it is imported.',
    );
  const next = (await environment.keys.list(purpose)).findLast(({ state }) => state === 'pre-active');
  if (next === undefined)
    throw new CommandFailed(EXIT_CODES.failed, 'No new key is waiting. Create one first: the same command without --activate.');
  const ageMs = systemClock.now() - next.since;
  const waitMs = config.connectionManager.propagationMs - ageMs;
  const early =
    waitMs > 0
      ? ` It was created ${minutes(ageMs)} ago. Peers may need ${minutes(waitMs)} more; until then they refuse what it signs.`
      : '';
  if (!(await confirmed(options, terminal, `Does every peer have the key ${next.id}?${early} Use it from now on?`))) {
    terminal.out('Nothing was changed.');
    return EXIT_CODES.failed;
  }
  await environment.keys.activate(purpose, next.id, doing);
  terminal.out(style.good(`The key ${next.id} is in use. The previous key is retiring.`));
  return EXIT_CODES.ok;
}

function minutes(ms: number): string {
  return counted(Math.ceil(ms / 60_000), 'minute');
}
