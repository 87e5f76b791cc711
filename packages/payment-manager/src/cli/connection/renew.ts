import { counted } from '@payment-manager/connection-manager-client/counted';
import { createNextCa } from '@payment-manager/connection-manager-client/manual';
import { wantedOf } from '@payment-manager/connection-manager-client/onboarding';
import { createHttpClient, systemClock } from '@payment-manager/runtime';
import type { Doing } from '@payment-manager/vault';
import { RENEWED, type Renewed, type RenewedName, renewByHand, waitingKey } from '../../onboarding/renewing.ts';
import type { CommandOptions } from '../commands.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { meantBy } from '../meant.ts';
import { type ManagementDoor, managementDoor } from '../operations/management-door.ts';
import { authorizationFor } from '../operations/operations-token.ts';
import { confirmed, operatorName, reasonOf } from '../operations/person.ts';
import { style, type Terminal } from '../terminal.ts';
import { connectionClient, operationsUrl } from './connection-client.ts';
import type { CertificateName } from './names.ts';
import { type OpenedEnvironment, withEnvironment } from './with-environment.ts';

/** Renews a certificate of ours before its time: through the Connection Manager, or by hand where there is none. */
export async function renewCertificate(name: CertificateName, options: CommandOptions, terminal: Terminal): Promise<number> {
  if (name === 'hub-ca')
    throw new CommandFailed(EXIT_CODES.usage, 'The hub renews its CA itself. When you receive a new one: ./pm import hub-ca FILE');
  return renewOne(name, './pm cert renew', options, terminal);
}

/** Makes the successor of our JWS key, or puts it in use. */
export async function rotateSigningKey(options: CommandOptions, terminal: Terminal): Promise<number> {
  return renewOne('jws', './pm keys rotate jws', options, terminal);
}

/** Through the management API of a product that runs with a portal, else in the vault itself. */
async function renewOne(name: RenewedName, command: string, options: CommandOptions, terminal: Terminal): Promise<number> {
  const door = await managementDoor(options, terminal);
  if (door !== undefined) return renewThrough(door, name, reasonOf(options, command), options, terminal);
  return withEnvironment(options, terminal, async (opened) => {
    const doing = { by: operatorName(options, terminal), why: reasonOf(options, command) };
    if (opened.config.connectionManager.url !== undefined) return begin(opened, name, doing, terminal);
    if (options['activate'] === true) return activateNext(opened, activated(name), doing, options, terminal);
    return tellRenewed(await renewByHand(opened.environment, wantedOf(opened.config), name, doing), terminal, opened.onboard);
  });
}

async function renewThrough(
  door: ManagementDoor,
  what: RenewedName,
  reason: string,
  options: CommandOptions,
  terminal: Terminal,
): Promise<number> {
  if (options['activate'] !== true) {
    const { result } = await door.ask('POST /api/connection/rotate', { what, reason });
    return tellRenewed(result as Renewed, terminal, `./pm onboard${meantBy(options)}`);
  }
  const name = activated(what);
  const { waiting = [] } = (await door.ask('GET /api/connection/progress')) as { readonly waiting?: readonly Waiting[] };
  const next = waiting.find((one) => one.what === name);
  if (next === undefined) throw new CommandFailed(EXIT_CODES.failed, NONE_WAITS);
  if (!(await confirmed(options, terminal, activationQuestion(next)))) return unchanged(terminal);
  await door.ask('POST /api/connection/activate', { what: name, reason });
  return tellActivated(next.keyId, terminal);
}

const NONE_WAITS = 'No new key is waiting. Create one first: the same command without --activate.';

/** A key that waits to be put in use; `earlyMs`: for how long peers may still need. */
interface Waiting {
  readonly what: string;
  readonly keyId: string;
  readonly since: number;
  readonly earlyMs: number;
}

/** What `--activate` is for. @throws CommandFailed */
function activated(name: RenewedName): 'ca' | 'jws' {
  if (name === 'ca' || name === 'jws') return name;
  throw new CommandFailed(EXIT_CODES.usage, '--activate is for the CA and the JWS key; a certificate comes into use when it is imported.');
}

/** What came of it, and what is next. */
function tellRenewed(renewed: Renewed, terminal: Terminal, onboard: string): number {
  for (const line of linesOf(renewed, onboard)) terminal.out(line);
  return EXIT_CODES.ok;
}

const BEGUN = 'The renewal has started. The present certificate stays in use until the new one replaces it.';

function linesOf(renewed: Renewed, onboard: string): readonly string[] {
  switch (renewed.kind) {
    case 'begun':
      return [BEGUN, `Follow it: ${onboard}`];
    case 'requested':
      return [
        `A new ${renewed.what} key waits for its certificate. The present one stays in use.`,
        `Next: ./pm export csr --for ${renewed.what}, have it signed, ./pm import certificate FILE --for ${renewed.what}`,
      ];
    case 'renewed':
      return [style.good(`The server certificate is renewed, until ${new Date(renewed.until).toISOString()}.`)];
    case 'first':
      return [style.good(`The first JWS key ${renewed.keyId} is in use. Give it to the scheme: ./pm export jws`)];
    case 'waiting':
      return renewed.what === 'ca' ? [CA_WAITS] : jwsWaits(renewed.keyId);
  }
}

const CA_WAITS =
  'A new CA is created and not in use yet. Give it to the hub (./pm export ca --next). When the hub trusts it: ./pm cert renew ca --activate';

function jwsWaits(keyId: string): readonly string[] {
  return [
    `A new JWS key ${keyId} is created. The present key still signs.`,
    'Next: give it to the scheme (./pm export jws --next), and when every peer has it: ./pm keys rotate jws --activate',
  ];
}

/** The running product begins at once; for a stopped one a key is left in the vault, with which it goes on when it starts. */
async function begin(opened: OpenedEnvironment, name: RenewedName, doing: Doing, terminal: Terminal): Promise<number> {
  const begun = await askProduct(opened, name, doing.by);
  if (!begun) await leaveKey(opened, name, doing, terminal);
  terminal.out(`${BEGUN}${begun ? '' : ' The product continues it when it runs.'}`);
  terminal.out(`Follow it: ${opened.onboard}`);
  return EXIT_CODES.ok;
}

/** Whether it runs, and has begun. A product of another environment is not asked. */
async function askProduct({ config, environment }: OpenedEnvironment, name: RenewedName, by: string): Promise<boolean> {
  const http = createHttpClient({});
  try {
    const product = connectionClient(operationsUrl(config), http, await authorizationFor(config));
    return (await product.view())?.environment === environment.name && (await product.renew(RENEWED[name].artefact, by));
  } finally {
    await http.close();
  }
}

async function leaveKey({ config, environment }: OpenedEnvironment, name: RenewedName, doing: Doing, terminal: Terminal): Promise<void> {
  const wanted = wantedOf(config);
  const waiting = await waitingKey(environment, name);
  if (waiting !== undefined) terminal.out(`A new key is waiting already, since ${new Date(waiting.since).toISOString()}.`);
  else if (name === 'ca') await createNextCa(environment, wanted, doing);
  else await environment.keys.generate(RENEWED[name].purpose, doing, name === 'jws' ? wanted.jwsKeyAlgorithm : wanted.keyAlgorithm);
}

/** docs/money-rules.md, 10: who signs with a key that peers do not have yet has his payments refused. */
async function activateNext(
  { environment, config }: OpenedEnvironment,
  what: 'ca' | 'jws',
  doing: Doing,
  options: CommandOptions,
  terminal: Terminal,
): Promise<number> {
  const next = await waitingKey(environment, what);
  if (next === undefined) throw new CommandFailed(EXIT_CODES.failed, NONE_WAITS);
  const earlyMs = Math.max(0, next.since + config.connectionManager.propagationMs - systemClock.now());
  if (!(await confirmed(options, terminal, activationQuestion({ what, keyId: next.id, since: next.since, earlyMs }))))
    return unchanged(terminal);
  await environment.keys.activate(RENEWED[what].purpose, next.id, doing);
  return tellActivated(next.id, terminal);
}

function activationQuestion({ keyId, since, earlyMs }: Waiting): string {
  const age = minutes(systemClock.now() - since);
  const early =
    earlyMs > 0 ? ` It was created ${age} ago. Peers may need ${minutes(earlyMs)} more; until then they refuse what it signs.` : '';
  return `Does every peer have the key ${keyId}?${early} Use it from now on?`;
}

function tellActivated(keyId: string, terminal: Terminal): number {
  terminal.out(style.good(`The key ${keyId} is in use. The previous key is retiring.`));
  return EXIT_CODES.ok;
}

function unchanged(terminal: Terminal): number {
  terminal.out('Nothing was changed.');
  return EXIT_CODES.failed;
}

function minutes(ms: number): string {
  return counted(Math.ceil(ms / 60_000), 'minute');
}
