import type { Config } from '@payment-manager/configuration';
import { readSecretFiles } from '@payment-manager/configuration/files';
import { clientTrusting, type LoadedKeys } from '@payment-manager/credentials';
import type { Asked, StatementPulls, StatementSource } from '@payment-manager/management-api';
import { createHttpClient, type PooledHttpClient } from '@payment-manager/runtime';

/** As much as can be uploaded. */
const STATEMENT_BYTES_MAX = 20_000_000;

type Side = 'core' | 'hub';
type Keys = Pick<LoadedKeys, Side>;

/** The statements that can be pulled, as they are configured; undefined: none. */
export function statementPulls(config: Pick<Config, 'reconciliation' | Side>, keys: Keys): StatementPulls | undefined {
  const { statements } = config.reconciliation;
  const sides = (['core', 'hub'] as const).filter((side) => statements[side].url !== undefined);
  if (sides.length === 0) return undefined;
  const { daily, afterDayMs } = statements;
  return { sources: Object.fromEntries(sides.map((side) => [side, sourceOf(config, keys, side)])), daily, afterDayMs };
}

/**
 * Asks the configured address, and no other: of what is put into it, a date, nothing can lead elsewhere, and no redirect is followed. Each pull has a
 * client of its own, with the keys of that moment.
 */
function sourceOf(config: Pick<Config, 'reconciliation' | Side>, keys: Keys, side: Side): StatementSource {
  const { [side]: settings, timeoutMs } = config.reconciliation.statements;
  return async (date) => {
    if (!/^\d{4}-\d\d-\d\d$/.test(date)) return failed('the day is no date.');
    let client: PooledHttpClient | undefined;
    try {
      const headers = { accept: 'text/csv', ...(await authorization(settings, side)) };
      client = await clientOf(config, keys, side);
      const url = (settings.url ?? '').replaceAll('{date}', date);
      const outcome = await client.request({ method: 'GET', url, headers, timeoutMs });
      if (outcome.kind === 'failed') return failed(`${outcome.message} ${outcome.advice}`);
      return judged(outcome.status, outcome.body);
    } catch (error) {
      return failed((error as Error).message);
    } finally {
      await client?.close();
    }
  };
}

function judged(status: number, body: Uint8Array): Asked {
  if (status === 200) return { kind: 'came', bytes: body };
  if (status === 404 || status === 204 || status === 202) return { kind: 'not-there' };
  if (status === 401 || status === 403) return failed(`it answers with status ${status}: our secret is refused.`);
  if (status >= 300 && status < 400) return failed(`it answers with status ${status}, and redirects are not followed.`);
  return failed(`it answers with status ${status}.`);
}

function failed(reason: string): Asked {
  return { kind: 'failed', reason };
}

type SideSettings = Config['reconciliation']['statements'][Side];

/** @throws SecretUnreadable */
async function authorization({ secret: given, secretFile, sentAs, header }: SideSettings, side: Side): Promise<Record<string, string>> {
  const file =
    secretFile === undefined ? {} : await readSecretFiles({ secret: secretFile }, `reconciliation.statements.${side}.secretFile`);
  const secret = given ?? file['secret'];
  if (secret === undefined) return {};
  switch (sentAs) {
    case 'api-key':
      return { [header.toLowerCase()]: secret };
    case 'basic':
      return { authorization: `Basic ${Buffer.from(secret).toString('base64')}` };
    case 'bearer':
      return { authorization: `Bearer ${secret}` };
  }
}

/** @throws CredentialsInvalid */
async function clientOf(config: Pick<Config, 'reconciliation' | Side>, keys: Keys, side: Side): Promise<PooledHttpClient> {
  const { caFile } = config.reconciliation.statements[side];
  const limits = { maxAnswerBytes: STATEMENT_BYTES_MAX };
  if (caFile !== undefined) return clientTrusting(caFile, `reconciliation.statements.${side}.caFile`, limits);
  const tls = keys[side];
  const missing = tls?.missing();
  if (missing !== undefined) throw new Error(`there is no TLS towards the ${side} yet: ${missing}.`);
  return createHttpClient({ ...limits, connectTimeoutMs: config[side].connectTimeoutMs, ...(tls && { credentials: tls.credentials }) });
}
