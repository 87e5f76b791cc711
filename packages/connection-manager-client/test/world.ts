import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { createMetrics, recordedLog, Secret, seededRandom, threadPoolSignatures, virtualTime } from '@payment-manager/runtime';
import { type Environment, memoryStore, openVault, type PkiAuthority } from '@payment-manager/vault';
import { ARTEFACTS, type Artefact, type Condition } from '../src/condition.ts';
import type { ConnectionManagerClient } from '../src/connection-manager-client.ts';
import { type ConnectionManagerClientOptions, startConnectionManagerClient } from '../src/start-client.ts';
import type { Wanted } from '../src/wanted.ts';
import { type InMemoryServer, inMemoryServer } from './in-memory-server.ts';
import { type MortalProcess, mortalProcess } from './process.ts';

export const hourMs = 3_600_000;
export const dayMs = 86_400_000;
export const doing = { by: 'a test', why: 'to see' };

/** What the DFSP of these tests wants. Small keys: those of schemes take seconds to make. */
export const wanted: Wanted = {
  fspId: 'bank-a',
  subject: { commonName: 'bank-a', organization: 'Bank A', country: 'KE' },
  dnsNames: ['connector.bank-a.example'],
  ips: ['192.0.2.7'],
  connectorFqdn: 'connector.bank-a.example',
  ingressUrl: 'https://connector.bank-a.example',
  egress: [{ address: '192.0.2.7', ports: ['443'] }],
  keyAlgorithm: 'EC-P256',
};

interface RsaKey {
  readonly privateKey: Secret<string>;
  readonly publicKey: string;
}

/** RSA keys are slow to make, and JWS keys must be RSA: each is made when it is first wanted, and is the same for each world. */
const rsaKeys: RsaKey[] = [];
const rsaKeysMax = 6;

function rsaKey(index: number): RsaKey {
  assert.ok(index < rsaKeysMax, 'too few keys');
  rsaKeys[index] ??= madeKey();
  return rsaKeys[index];
}

function madeKey(): RsaKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    privateKey: new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }) as string),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }) as string,
  };
}

/** Public keys of peers, the same for each world. */
export const peerKey = (index: number): string => rsaKey(index).publicKey;

export type World = Awaited<ReturnType<typeof openWorld>>;

/** A process with a client. */
export interface Started {
  readonly client: ConnectionManagerClient;
  readonly environment: Environment;
  readonly process: MortalProcess;
}

export interface WorldOptions {
  readonly wanted?: Partial<Wanted>;
  /** Validity of what the hub signs. */
  readonly hubDays?: number;
  readonly client?: Partial<ConnectionManagerClientOptions>;
  /** Where the key of the DFSP's own CA lies instead of in its vault. */
  readonly engine?: PkiAuthority;
}

/** A hub with its CA and Connection Manager, and a vault; clients come and go. */
export async function openWorld(options: WorldOptions = {}) {
  const time = virtualTime();
  const random = seededRandom(7);
  const signatures = threadPoolSignatures;
  const hubVault = await openVault({ store: memoryStore(), clock: time, random, signatures });
  let hubName = 'hub-1';
  const log = recordedLog();
  const store = memoryStore();
  const world = {
    time,
    log,
    wanted: { ...wanted, ...options.wanted } as Wanted,
    hubDays: options.hubDays ?? 90,
    hub: (): Environment => hubVault.environment(hubName),
    server: undefined as unknown as InMemoryServer,
    /** The hub gets a CA, or another one, and shows it. */
    async newHubCa(days = 3_650): Promise<void> {
      if (world.server.state.hubCa.rootCertificate !== undefined) hubName = `hub-${Number(hubName.slice(4)) + 1}`;
      const { id } = await world.hub().authority.create({ commonName: `CA of ${hubName}` }, days, doing, 'EC-P256');
      await world.hub().keys.activate('dfsp-ca', id, doing);
      const [rootCertificate] = await world.hub().authority.chain();
      world.server.state.hubCa = { validationState: 'VALID', validations: [], rootCertificate, intermediateChain: undefined };
    },
    /** The hub asks for a client certificate, as it does when it registers a DFSP. */
    async hubAsks(id = 12): Promise<void> {
      const key = await world.hub().keys.generate('tls-client', doing, 'EC-P256');
      const subject = { commonName: 'hub' };
      const csr = await world.hub().keys.request('tls-client', key.id, { usage: 'client', subject });
      world.server.state.outbound.push({
        id,
        csr,
        certificate: undefined,
        state: 'CSR_LOADED',
        validationState: undefined,
        validations: [],
      });
    },
    /** Starts a process with a client over the same vault and server; it dies at the given instant, if any. */
    async start(more: Partial<ConnectionManagerClientOptions> = {}, diesAt?: number): Promise<Started> {
      const process = mortalProcess(time, diesAt);
      const { engine } = options;
      const vault = await openVault({ store: process.store(store), clock: time, random, signatures, ...(engine && { engine }) });
      const environment = withQuickKeys(vault.environment('test'));
      const client = startConnectionManagerClient({
        api: process.api(world.server),
        environment,
        wanted: world.wanted,
        clock: time,
        timers: process.timers,
        random,
        log,
        metrics: createMetrics(),
        leads: () => true,
        pollMs: 12 * hourMs,
        ...options.client,
        ...more,
      });
      return { client, environment, process };
    },
  };
  world.server = inMemoryServer(world, world.wanted.fspId);
  await world.newHubCa();
  await world.hubAsks();
  world.server.state.jwsKeys.push({ validationState: 'VALID', validations: [], dfspId: 'bank-b', publicKey: peerKey(5), createdAt: 1 });
  return world;
}

/** Each loop, and the report, has one timer when it is at rest, and none while it works. */
const timersAtRest = 10;

/** Waits until every loop is at rest, or the process is dead; no time passes. */
export async function atRest({ process }: Pick<Started, 'process'>): Promise<void> {
  for (let n = 0; process.timers.pending < timersAtRest && !process.dead; n++) {
    assert.ok(n < 200_000, 'the client does not come to rest');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Lets virtual time go on, from timer to timer, each time until all is at rest. `seen` is told after each step. */
export async function pass(world: World, running: Started, ms: number, seen: () => void | Promise<void> = () => undefined): Promise<void> {
  const { time } = world;
  await atRest(running);
  let over = false;
  time.after(ms, () => {
    over = true;
  });
  while (!over) {
    await time.runNext();
    await atRest(running);
    await seen();
  }
}

function withQuickKeys(environment: Environment): Environment {
  const { keys } = environment;
  const generate: typeof keys.generate = async (purpose, why, algorithm) => {
    if (purpose !== 'jws-signing') return keys.generate(purpose, why, algorithm);
    const used = (await keys.list(purpose)).length;
    return keys.import(purpose, why, rsaKey(used).privateKey);
  };
  // What has private members is not copied: every other method is that of the vault itself.
  const quick = new Proxy(keys, {
    get(target, name) {
      if (name === 'generate') return generate;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  return { ...environment, keys: quick };
}

/** How one artefact stands, in short. */
export function standingOf(
  { client }: Pick<Started, 'client'>,
  artefact: Artefact,
): Pick<Condition, 'state' | 'reason'> & { words: string } {
  const found = client.conditions().find((one) => one.artefact === artefact) ?? assert.fail(artefact);
  const { state, reason, message, nextStep = '', details = [] } = found;
  return { state, reason, words: [message, nextStep, ...details].join(' | ') };
}

/** A world with a client that is connected. */
export async function connected(options: WorldOptions = {}): Promise<{ world: World; running: Started }> {
  const world = await openWorld(options);
  const running = await world.start();
  await pass(world, running, 60_000);
  for (const artefact of ARTEFACTS) assert.equal(standingOf(running, artefact).state, 'Ready', artefact);
  return { world, running };
}

/** Looks at everything now, and waits until all is at rest. */
export async function lookAgain(running: Started): Promise<void> {
  await running.client.look();
  await atRest(running);
}
