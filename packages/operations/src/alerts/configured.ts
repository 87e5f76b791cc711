import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { AlertRuleName, Config } from '@payment-manager/configuration';
import { postgresAddress } from '@payment-manager/configuration/addresses';
import { CredentialsInvalid, readSecretFiles } from '@payment-manager/configuration/files';
import { clientTrusting } from '@payment-manager/credentials';
import type { Secret, World } from '@payment-manager/runtime';
import { type ToldWords, toldWordsIn } from '@payment-manager/runtime/words';
import type { Environment } from '@payment-manager/vault';
import { configuredLead } from '../configured-lead.ts';
import type { AlertIdentity } from './alert-notice.ts';
import { ALERT_SECRET_IDS, alertSecretOf, type GivenSecret } from './alert-secrets.ts';
import type { AlertStore } from './alert-store.ts';
import { type Alerting, type AlertingDeps, startAlerting } from './alerting.ts';
import { emailChannel } from './email-channel.ts';
import { fileStore } from './file-store.ts';
import type { AlertSettings } from './fold-incidents.ts';
import { CHANNELS, type ChannelName } from './incident.ts';
import { postgresStore } from './postgres-store.ts';
import { type AlertChannel, webhookChannel } from './webhook-channel.ts';

/** Alerts of a process whose configuration may change. */
export interface ConfiguredAlerts extends Alerting {
  /** Opens the channels anew, as the configuration says now; then those of before are closed. @throws CredentialsInvalid; then those of before stay */
  reopen(): Promise<void>;
  /** As they are in force. */
  settings(): AlertSettings;
}

/** What of the process the alerts look at. */
export interface AroundAlerts extends Pick<AlertingDeps, 'look'> {
  /** Where people open the portal; undefined: there is none. */
  portalUrl(): string | undefined;
  /** The vault’s part that has secrets which the configuration does not give; undefined: there is no vault. */
  readonly environment: Pick<Environment, 'secrets'> | undefined;
}

/**
 * Alerts as the configuration says. Several replicas tell each other what they see, and one of them tells people.
 *
 * @throws CredentialsInvalid for a secret or a CA file that cannot be read, DatabaseUnavailable
 */
export async function configuredAlerts(config: Config, world: World, around: AroundAlerts): Promise<ConfiguredAlerts> {
  const { fspId, environment } = config;
  let words = await toldWordsIn(config.alerts.email.language);
  let channels = await openChannels(config, words, world, around.environment);
  const holder = `${hostname()}-${process.pid}-${world.random.uuid().slice(0, 8)}`;
  const store = await storeOf(config, world, holder);
  const leadership = await configuredLead(config, { name: `alerts:${environment}`, what: 'the alerts' }, world);
  const identity = (): AlertIdentity => ({ fspId, environment, portalUrl: around.portalUrl() });
  const settings = (): AlertSettings => settingsIn(config);
  const alerting = startAlerting({
    ...world,
    ...{ identity, store, settings, look: around.look, words: () => words },
    channel: (name) => channels.get(name),
    leads: () => leadership.leads(),
  });
  const close = (open: ReadonlyMap<ChannelName, AlertChannel>) => Promise.all([...open.values()].map((one) => one.close()));
  return {
    incidents: () => alerting.incidents(),
    acknowledge: (id, said) => alerting.acknowledge(id, said),
    test: () => alerting.test(),
    alarms: () => alerting.alarms(),
    useMutes: (muted) => alerting.useMutes(muted),
    now: () => alerting.now(),
    settings,
    async reopen() {
      const former = channels;
      const next = await toldWordsIn(config.alerts.email.language);
      channels = await openChannels(config, next, world, around.environment);
      words = next;
      await close(former);
    },
    async stop() {
      await alerting.stop();
      await leadership.stop();
      await close(channels);
    },
  };
}

function storeOf(config: Config, world: World, holder: string): Promise<AlertStore> | AlertStore {
  if (config.journal.store !== 'postgres') return fileStore(join(config.dataFolder, 'alerts.json'));
  return postgresAddress(config.journal).then((address) =>
    postgresStore({ ...address, log: world.log, environment: config.environment, holder }),
  );
}

/** What the configuration says now. */
function settingsIn({ alerts, businessDay }: Config): AlertSettings {
  const { from, to, zone = businessDay.zone } = alerts.quietHours;
  return {
    channels: CHANNELS.filter((name) => (name === 'webhook' ? alerts.webhook.url : alerts.email.host) !== undefined),
    off: alerts.off as readonly AlertRuleName[],
    quietHours: from === undefined || to === undefined ? undefined : { from, to, zone },
    beginsAfterMs: alerts.beginsAfterMs,
    endsAfterMs: alerts.endsAfterMs,
  };
}

async function openChannels(
  config: Config,
  words: ToldWords,
  world: World,
  environment: AroundAlerts['environment'],
): Promise<ReadonlyMap<ChannelName, AlertChannel>> {
  const { webhook, email } = config.alerts;
  const channels = new Map<ChannelName, AlertChannel>();
  if (webhook.url !== undefined) {
    const given = {
      key: 'alerts.webhook.secret',
      value: webhook.secret,
      file: webhook.secretFile,
      id: ALERT_SECRET_IDS.webhook,
      atLeast: 32,
    };
    const secret = await readable(given, environment);
    const client = await clientTrusting(webhook.caFile, 'alerts.webhook.caFile', { maxAnswerBytes: 65_536 });
    channels.set('webhook', webhookChannel({ url: webhook.url, secret, client, clock: world.clock }));
  }
  if (email.host !== undefined) {
    const { host, port, security, user, from = '', to, caFile } = email;
    const given = { key: 'alerts.email.password', value: email.password, file: email.passwordFile, id: ALERT_SECRET_IDS.email, atLeast: 1 };
    const password = user === undefined ? undefined : await readable(given, environment);
    channels.set('email', await emailChannel({ host, port, security, user, password, from, to, words, trustedCas: await caIn(caFile) }));
  }
  return channels;
}

/** A mounted file that is not there is told at the start, as of every other secret; what the vault has may come later. */
async function readable(given: GivenSecret, environment: AroundAlerts['environment']): Promise<() => Promise<Secret<string>>> {
  const secret = alertSecretOf(given, environment);
  if (given.value === undefined && given.file !== undefined)
    await readSecretFiles({ secret: given.file }, `${given.key}File`).catch((error: Error) => {
      throw new CredentialsInvalid(error.message);
    });
  return secret;
}

async function caIn(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CredentialsInvalid(`The CA bundle ${file} (alerts.email.caFile) cannot be read (${error.code ?? error.name}).`);
  });
}
