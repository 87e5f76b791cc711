import { join } from 'node:path';
import type { JournalConfig } from '@payment-manager/configuration';
import { type HttpHandler, type HttpResponse, Secret, type World } from '@payment-manager/runtime';
import { configuredLead } from '../configured-lead.ts';
import type { ShownAlarm } from './alarm-ledger.ts';
import { type AlarmTarget, type AlarmWebhook, type AlarmWebhookDeps, startAlarmWebhook } from './alarm-webhook.ts';
import { ledgerFile } from './ledger-file.ts';

/** The most that the operations API shows. */
const LIMIT = 1_000;

/**
 * Tells the configured webhook of what the operations API shows; without one nothing is done. Whoever opens that API tells, so of several
 * workers it is the primary, for all; of several replicas one tells of payments, and each of what only it can see.
 *
 * @throws CredentialsInvalid for a CA file that cannot be read, DatabaseUnavailable
 */
export async function configuredAlarmWebhook(config: JournalConfig, world: World, operations: HttpHandler): Promise<ConfiguredWebhook> {
  let target = await targetIn(config);
  if (target === undefined) return { stop: async () => {}, retarget: async () => {} };
  const leadership = await configuredLead(config, { name: `alarms:${config.environment}`, what: 'the webhook for alarms' }, world);
  const webhook = startAlarmWebhook({
    ...world,
    ...target,
    identity: { fspId: config.fspId, environment: config.environment },
    look: () => shownBy(operations),
    leads: () => leadership.leads(),
    store: ledgerFile(join(config.dataFolder, 'alarms-told.json')),
  });
  return {
    async retarget() {
      const next = await targetIn(config);
      if (next === undefined) return;
      webhook.retarget(next);
      void target?.client.close();
      target = next;
    },
    async stop() {
      await webhook.stop();
      await leadership.stop();
      void target?.client.close();
    },
  };
}

/** The webhook of a configuration whose values may be others later. */
export interface ConfiguredWebhook extends Pick<AlarmWebhook, 'stop'> {
  /** Tells whom the configuration names now. @throws CredentialsInvalid; then the former one is told */
  retarget(): Promise<void>;
}

/** Undefined: nobody is to be told. @throws CredentialsInvalid for a CA file that cannot be read */
async function targetIn(config: JournalConfig): Promise<AlarmTarget | undefined> {
  const { url, secret, caFile } = config.operations.alarmWebhook;
  if (url === undefined) return undefined;
  const { clientTrusting } = await import('@payment-manager/credentials');
  const client = await clientTrusting(caFile, 'operations.alarmWebhook.caFile');
  return { url, client, ...(secret !== undefined && { secret: new Secret(secret) }) };
}

/** Alarms and exceptions together; undefined when one of the two is not answered. */
export async function shownBy(operations: HttpHandler): ReturnType<AlarmWebhookDeps['look']> {
  const kinds = ['exceptions', 'alarms'] as const;
  const ask = async (kind: string): Promise<readonly ShownAlarm[] | undefined> => {
    const target = `/${kind}?limit=${LIMIT}`;
    const response = await operations({ method: 'GET', target, headers: {}, body: new Uint8Array(), clientAuthenticated: false });
    return rowsIn(response, kind);
  };
  // a journal that does not answer is told of elsewhere
  const answers = await Promise.all(kinds.map((kind) => ask(kind).catch(() => undefined)));
  const shown = answers.flatMap((rows) => (rows === undefined ? [] : [rows]));
  if (shown.length < kinds.length) return undefined;
  return { alarms: shown.flat(), whole: shown.every((rows) => rows.length < LIMIT) };
}

function rowsIn({ status, body = '' }: HttpResponse, kind: string): readonly ShownAlarm[] | undefined {
  if (status !== 200) return undefined;
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
  return (JSON.parse(text) as Readonly<Record<string, readonly ShownAlarm[]>>)[kind];
}
