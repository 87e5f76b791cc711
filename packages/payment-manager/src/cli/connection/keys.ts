import { acceptTrust, distrustKey, findKey, type KeyEntry, keysOf } from '@payment-manager/connection-manager-client';
import type { Command, CommandOptions } from '../commands.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { type ManagementDoor, managementDoor } from '../operations/management-door.ts';
import { confirmed, operatorName, reasonOf } from '../operations/person.ts';
import { stayAlive } from '../stay-alive.ts';
import { printable, style, type Terminal, table } from '../terminal.ts';
import { rotateSigningKey } from './renew.ts';
import { type OpenedEnvironment, withEnvironment } from './with-environment.ts';

/** `./pm keys`: the list; `rotate jws`; `rotate vault`; `accept FINGERPRINT`; `compromised KEY`. */
export const keys: Command = async ([verb = 'list', name], options, terminal) => {
  if (verb === 'list') return withEnvironment(options, terminal, (opened) => list(opened, options, terminal));
  if (verb === 'compromised') return stayAlive(() => compromised(name, options, terminal));
  if (verb === 'accept') return stayAlive(() => accept(name, options, terminal));
  if (verb !== 'rotate')
    throw new CommandFailed(
      EXIT_CODES.usage,
      `Unknown action '${verb}'. ./pm keys knows list, rotate jws, rotate vault, accept FINGERPRINT and compromised KEY.`,
    );
  if (name === 'vault') return (await import('../vault/rotate-master-key.ts')).rotateMasterKey(options, terminal);
  if (name !== 'jws')
    throw new CommandFailed(
      EXIT_CODES.usage,
      'Name what to rotate: ./pm keys rotate jws (our signing key) or ./pm keys rotate vault (the master key). Keys of certificates: ./pm cert renew',
    );
  return stayAlive(() => rotateSigningKey(options, terminal));
};

/** A CA or JWS key of the hub's that breaks a pin is taken, because a person has asked the hub's operator. */
async function accept(fingerprint: string | undefined, options: CommandOptions, terminal: Terminal): Promise<number> {
  if (fingerprint === undefined || !/^([0-9a-fA-F]{2}:?){16}(([0-9a-fA-F]{2}:?){16})?$/.test(fingerprint))
    throw new CommandFailed(EXIT_CODES.usage, 'Give the fingerprint that waits for acceptance; ./pm doctor shows it.');
  const door = await managementDoor(options, terminal);
  const by = operatorName(options, terminal);
  const reason = reasonOf(options, './pm keys accept');
  const question = `Trust ${fingerprint} as the hub’s, because the hub’s operator has confirmed it by another channel than the Connection Manager?`;
  if (!(await confirmed(options, terminal, question))) return unchanged(terminal);
  if (door !== undefined) await door.ask('POST /api/connection/accept', { fingerprint, reason });
  else await withEnvironment(options, terminal, ({ environment }) => acceptTrust(environment, fingerprint, { by, why: reason }));
  terminal.out(style.good('Accepted. A running product uses it after its next query of the Connection Manager, if it is presented there.'));
  return EXIT_CODES.ok;
}

/** Somebody else may have the key: from now on it counts for nothing. */
async function compromised(keyId: string | undefined, options: CommandOptions, terminal: Terminal): Promise<number> {
  const door = await managementDoor(options, terminal);
  if (door !== undefined) return distrustThrough(door, keyId, options, terminal);
  return withEnvironment(options, terminal, async ({ environment, onboard }) => {
    const key = keyId === undefined ? undefined : await findKey(environment, keyId);
    if (key === undefined) throw unknownKey(environment.name);
    const by = operatorName(options, terminal);
    const shown = { purpose: key.purpose, keyId: key.keyId, owner: key.kind === 'own' ? 'own' : key.owner, inUse: key.inUse };
    if (!(await confirmed(options, terminal, question(shown)))) return unchanged(terminal);
    await distrustKey(environment, key, { by, why: reasonOf(options, './pm keys compromised') });
    return tellDistrusted(shown, onboard, terminal);
  });
}

async function distrustThrough(
  door: ManagementDoor,
  keyId: string | undefined,
  options: CommandOptions,
  terminal: Terminal,
): Promise<number> {
  const key = keyId === undefined ? undefined : await door.find(`GET /api/connection/keys/${encodeURIComponent(keyId)}`);
  if (key === undefined) throw unknownKey('that product');
  const shown = key as unknown as ShownKey;
  if (!(await confirmed(options, terminal, question(shown)))) return unchanged(terminal);
  await door.ask('POST /api/connection/distrust', { keyId: shown.keyId, reason: reasonOf(options, './pm keys compromised') });
  return tellDistrusted(shown, './pm onboard', terminal);
}

/** A key, as a person is asked about it. */
interface ShownKey {
  readonly purpose: string;
  readonly keyId: string;
  /** `own`, or whose it is. */
  readonly owner: string;
  readonly inUse: boolean;
}

function unknownKey(where: string): CommandFailed {
  return new CommandFailed(EXIT_CODES.usage, `Give the id of a key of ${where}, as ./pm keys or ./pm cert --json lists it.`);
}

function unchanged(terminal: Terminal): number {
  terminal.out('Nothing was changed.');
  return EXIT_CODES.failed;
}

function tellDistrusted({ owner }: ShownKey, onboard: string, terminal: Terminal): number {
  terminal.out(style.good('It is distrusted: here immediately, in a running product within seconds.'));
  if (owner === 'own') terminal.out(`Inform the hub’s operator, so that nobody else accepts it either. Its successor: ${onboard}`);
  return EXIT_CODES.ok;
}

function question({ purpose, keyId, owner, inUse }: ShownKey): string {
  const whose = owner === 'own' ? `our ${purpose} key` : `${owner}’s ${purpose}`;
  const now = inUse ? ' It is in use: no payments are possible until its successor is ready.' : '';
  return `Distrust ${whose} ${keyId} immediately and permanently?${now}`;
}

async function list({ environment, onboard }: OpenedEnvironment, options: CommandOptions, terminal: Terminal): Promise<number> {
  const entries = await keysOf(environment);
  if (options['json'] === true)
    terminal.out(JSON.stringify({ environment: environment.name, keys: entries.map((entry) => ({ ...entry, since: shown(entry) })) }));
  else if (entries.length === 0) terminal.out(`The environment ${environment.name} has no keys yet. Connect it: ${onboard}`);
  else terminal.out(table(['purpose', 'of', 'key', 'algorithm', 'state', 'since', 'by', 'why'], entries.map(row)));
  return EXIT_CODES.ok;
}

function row(entry: KeyEntry): string[] {
  const { purpose, owner, keyId, algorithm, state, by, why } = entry;
  return [purpose, printable(owner), keyId, algorithm, state, shown(entry), printable(by), printable(why)];
}

function shown({ since }: KeyEntry): string {
  return new Date(since).toISOString();
}
