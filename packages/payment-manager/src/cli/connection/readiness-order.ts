import type { Config } from '@payment-manager/configuration';
import { ownOrigin } from '@payment-manager/configuration/addresses';
import { loadCaBundle } from '@payment-manager/configuration/files';
import { moreHubCas, withMoreCas } from '@payment-manager/credentials';
import type { ManagerDoor } from '@payment-manager/credentials/manager-api';
import type { Authorization } from '@payment-manager/operations/api';
import { hubEndpoints, proxyBefore } from '@payment-manager/operations/doctor';
import { outboundClient, type PartyName, type ReadinessTest, type TestPayment } from '@payment-manager/operations/readiness-test';
import { type Credentials, createHttpClient, type HttpClient, Secret, systemRandom } from '@payment-manager/runtime';
import type { Environment } from '@payment-manager/vault';
import type { CommandOptions } from '../commands.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { authorizationBy, authorizationFor } from '../operations/operations-token.ts';
import { confirmed } from '../operations/person.ts';
import { plainAmount } from '../plain-amount.ts';
import type { Terminal } from '../terminal.ts';
import type { OpenedEnvironment } from './with-environment.ts';

export interface ReadinessDeps {
  readonly options: CommandOptions;
  readonly terminal: Terminal;
  readonly manager: ManagerDoor | undefined;
  /** Whether the product runs. */
  readonly running: boolean;
}

/** For each look. */
const TIMEOUT_MS = 5_000;
const ANSWERING_MS = 5_000;
/** Nobody has it: that this is the answer proves as much as a name. */
const NOBODY: PartyName = { idType: 'MSISDN', idValue: '000000000000000' };

/** What is to be tested, out of configuration and options. @throws CommandFailed */
export async function readinessOf(
  { config, environment }: OpenedEnvironment,
  deps: ReadinessDeps,
): Promise<{ order: ReadinessTest; close(): Promise<void> }> {
  const { options, terminal, manager, running } = deps;
  const payment = await paymentOf(options, terminal);
  const credentials = config.hub.tls.enabled ? await hubCredentials(config, environment) : undefined;
  const http = await clientOf(config);
  return {
    order: {
      fspId: config.fspId,
      environment,
      hub: hubEndpoints(config, credentials),
      own: {
        inbound: config.inbound,
        operations: config.operations,
        authorization: await authorizationFor(config),
        inboundCertificate: config.inbound.tls.enabled ? (await environment.keys.active('tls-server'))?.chain?.[0] : 'plain',
        proxy: await proxyBefore(config, environment),
        environment: config.environment,
        timeoutMs: TIMEOUT_MS,
      },
      api: manager?.api,
      outbound: running
        ? outboundClient(
            ownOrigin(config.outbound.tls.enabled ? 'https' : 'http', config.outbound),
            http,
            config.timeouts.callbackMs + ANSWERING_MS,
            await outboundAuthorization(config),
          )
        : undefined,
      lookUp: typeof options['party'] === 'string' ? partyName('--party', options['party']) : NOBODY,
      payment,
    },
    close: () => http.close(),
  };
}

async function hubCredentials(config: Config, environment: Environment): Promise<Credentials> {
  const own = await environment.credentials('tls-client');
  return { ...own, trustedCas: withMoreCas(own.trustedCas, await moreHubCas(config)) };
}

/** What the API that the DFSP calls wants of it. */
async function outboundAuthorization({ outbound: { tokenFile } }: Config): Promise<Authorization> {
  return tokenFile === undefined ? {} : authorizationBy(tokenFile);
}

/** Our own server is trusted by its own certificate. */
async function clientOf({ outbound: { tls } }: Config): Promise<HttpClient> {
  if (!tls.enabled || tls.certificateFile === undefined) return createHttpClient({});
  const files = [tls.certificateFile, ...(tls.caFile === undefined ? [] : [tls.caFile])];
  const trustedCas = (await Promise.all(files.map((file) => loadCaBundle('outbound', file)))).join('\n');
  return createHttpClient({ credentials: { certificate: '', privateKey: new Secret(''), trustedCas } });
}

async function paymentOf(options: CommandOptions, terminal: Terminal): Promise<TestPayment | undefined> {
  const { pay, party, payer } = options;
  if (pay === undefined) return undefined;
  const [, amount = '', currency = ''] = /^(\S+) ([A-Z]{3})$/.exec(String(pay)) ?? [];
  const plain = plainAmount(amount);
  if (plain === undefined) throw new CommandFailed(EXIT_CODES.usage, "--pay must be like '1.00 USD'.");
  if (typeof party !== 'string' || typeof payer !== 'string')
    throw new CommandFailed(EXIT_CODES.usage, 'A test payment needs --party (who is paid) and --payer (whose account at our core pays).');
  const [to, from] = [partyName('--party', party), partyName('--payer', payer)];
  if (!(await confirmed(options, terminal, `Pay ${plain} ${currency} from ${payer} to ${party}? This moves money.`))) return undefined;
  return { amount: plain, currency, from, to, homeTransactionId: `readiness-${systemRandom.uuid()}` };
}

function partyName(option: string, text: string): PartyName {
  const [, idType, idValue] = /^([A-Z_]{2,32}):([^\s/]{1,128})$/.exec(text) ?? [];
  if (idType === undefined || idValue === undefined)
    throw new CommandFailed(EXIT_CODES.usage, `${option} must be like MSISDN:27713803912; it is '${text}'.`);
  return { idType, idValue };
}
