import { alertsChecks } from './alerts-rules.ts';
import { journalChecks } from './journal-rules.ts';
import { managementChecks } from './management-rules.ts';
import type { ConfigProblem } from './problem.ts';
import { productionChecks } from './production-rules.ts';
import { reconciliationChecks } from './reconciliation-rules.ts';
import { roleChecks } from './role-rules.ts';
import type { Config } from './schema.ts';
import { vaultChecks } from './vault-rules.ts';

interface TlsGroup {
  readonly enabled: boolean;
  readonly certificateFile?: string;
  readonly keyFile?: string;
  readonly caFile?: string;
  readonly requireClientCertificate?: boolean;
}

/** What must hold between keys. Called when each key by itself is right. */
export function crossChecks(config: Config): ConfigProblem[] {
  return [
    ...(fromVault(config) ? [] : serverTls('inbound', config.inbound.tls)),
    ...serverTls('outbound', config.outbound.tls),
    ...hubTls(config),
    ...hubTokens(config),
    ...coreTls(config),
    ...signatures(config),
    ...hubIdentity(config),
    ...productionChecks(config),
    ...supportedVersions(config),
    ...acceptedQuotes(config),
    ...waits(config),
    ...ports(config),
    ...journalChecks(config),
    ...roleChecks(config),
    ...managementChecks(config),
    ...alertsChecks(config),
    ...reconciliationChecks(config),
    ...vaultChecks(config),
  ];
}

/** Keys towards the scheme are no files then; see `vaultChecks`. */
function fromVault({ vault }: Config): boolean {
  return vault.store !== 'none';
}

function needed(where: string, because: string): ConfigProblem {
  return { where, expected: `the path of a file, because ${because}`, found: 'nothing', advice: `Set \`${where}\`.` };
}

function serverTls(side: 'inbound' | 'outbound', tls: TlsGroup): ConfigProblem[] {
  if (!tls.enabled) return [];
  const because = `\`${side}.tls.enabled\` is true`;
  return [
    ...(tls.certificateFile === undefined ? [needed(`${side}.tls.certificateFile`, because)] : []),
    ...(tls.keyFile === undefined ? [needed(`${side}.tls.keyFile`, because)] : []),
    ...(tls.requireClientCertificate && tls.caFile === undefined
      ? [needed(`${side}.tls.caFile`, `\`${side}.tls.requireClientCertificate\` is true`)]
      : []),
  ];
}

function hubTls(config: Config): ConfigProblem[] {
  const { tls } = config.hub;
  if (!tls.enabled) return [];
  const because = '`hub.tls.enabled` is true';
  const names = ['baseUrl', 'partiesUrl', 'participantsUrl', 'quotesUrl', 'transfersUrl'] as const;
  const files = (['certificateFile', 'keyFile', 'caFile'] as const).filter((name) => !fromVault(config) && tls[name] === undefined);
  return [
    ...files.map((name) => needed(`hub.tls.${name}`, because)),
    ...names.flatMap((name) => (config.hub[name]?.startsWith('http:') ? [plainUrl(`hub.${name}`, because)] : [])),
  ];
}

function hubTokens(config: Config): ConfigProblem[] {
  const { tokenUrl, clientSecret } = config.hub.oauth;
  if (tokenUrl === undefined && clientSecret !== undefined)
    return [
      {
        where: 'hub.oauth.tokenUrl',
        expected: 'the token endpoint, because `hub.oauth.clientSecret` is given',
        found: 'nothing',
        advice: 'Set `hub.oauth.tokenUrl`, or leave the secret out.',
      },
    ];
  if (tokenUrl === undefined || clientSecret !== undefined || fromVault(config)) return [];
  return [
    {
      where: 'hub.oauth.clientSecret',
      expected: 'the client secret, because `hub.oauth.tokenUrl` is given and there is no vault that may have it',
      found: 'nothing',
      advice: 'Give it in the environment as PM_HUB_OAUTH_CLIENT_SECRET.',
    },
  ];
}

function coreTls(config: Config): ConfigProblem[] {
  const { tls, baseUrl } = config.core;
  if (!tls.enabled) return [];
  const because = '`core.tls.enabled` is true';
  return [
    ...(tls.caFile === undefined ? [needed('core.tls.caFile', because)] : []),
    ...(tls.certificateFile !== undefined && tls.keyFile === undefined
      ? [needed('core.tls.keyFile', '`core.tls.certificateFile` is given')]
      : []),
    ...(baseUrl?.startsWith('http:') ? [plainUrl('core.baseUrl', because)] : []),
  ];
}

function plainUrl(where: string, because: string): ConfigProblem {
  return {
    where,
    expected: `an https URL, because ${because}`,
    found: 'an http URL',
    advice: 'Write https, or switch TLS off for this side.',
  };
}

function signatures(config: Config): ConfigProblem[] {
  if (fromVault(config)) return [];
  return [
    ...(config.jws.sign && config.jws.signingKeyFile === undefined ? [needed('jws.signingKeyFile', '`jws.sign` is true')] : []),
    ...(config.jws.verify && config.jws.peerKeysFolder === undefined
      ? [{ ...needed('jws.peerKeysFolder', '`jws.verify` is true'), expected: 'the path of a folder, because `jws.verify` is true' }]
      : []),
  ];
}

function hubIdentity(config: Config): ConfigProblem[] {
  if (config.fspId !== config.hub.id) return [];
  return [
    {
      where: 'hub.id',
      expected: 'an id that no FSP bears (docs/money-rules.md, 5)',
      found: 'the FSP id of this DFSP',
      advice: 'Ask the scheme for the id under which the hub itself sends; it is mostly `switch`.',
    },
  ];
}

function supportedVersions(config: Config): ConfigProblem[] {
  const { supported, ...used } = config.versions;
  return Object.entries(used)
    .filter(([, version]) => !supported.includes(version))
    .map(([resource, version]) => ({
      where: `versions.${resource}`,
      expected: 'a version that `versions.supported` lists',
      found: `the text '${version}'`,
      advice: 'Add it to `versions.supported`, or choose another.',
    }));
}

/** docs/money-rules.md, 4: nobody accepts for the customer what may cost anything. */
function acceptedQuotes({ acceptance }: Config): ConfigProblem[] {
  if (!acceptance.quote || Object.keys(acceptance.maxFee).length > 0) return [];
  return [
    {
      where: 'acceptance.maxFee',
      expected: 'a limit for at least one currency, because `acceptance.quote` is true',
      found: 'nothing: quotes would be accepted in the name of customers, whatever they cost',
      advice: "Add for each currency, below `acceptance`, a limit of your own: `maxFee: { USD: '1.5 and 2%' }`. Or leave `quote` out.",
    },
  ];
}

function waits(config: Config): ConfigProblem[] {
  const { lifetimes, ladder, core } = config;
  const tooShort = (name: 'quoteMs' | 'prepareMs'): ConfigProblem[] =>
    lifetimes[name] > lifetimes.clockSkewMs + core.minimumMs
      ? []
      : [
          {
            where: `lifetimes.${name}`,
            expected: 'more than `lifetimes.clockSkewMs` and `core.minimumMs` together, else every payment would expire at once',
            found: `the number ${lifetimes[name]}`,
            advice: 'Make it longer, or those shorter.',
          },
        ];
  return [
    ...tooShort('quoteMs'),
    ...tooShort('prepareMs'),
    ...(ladder.maxMs < ladder.firstMs
      ? [
          {
            where: 'ladder.maxMs',
            expected: 'at least `ladder.firstMs`',
            found: `the number ${ladder.maxMs}`,
            advice: 'Make it longer, or `ladder.firstMs` shorter.',
          },
        ]
      : []),
  ];
}

function ports(config: Config): ConfigProblem[] {
  const taken = new Map<number, string>();
  const problems: ConfigProblem[] = [];
  for (const side of ['inbound', 'outbound', 'operations', ...(config.management.enabled ? (['management'] as const) : [])] as const) {
    const { port } = config[side];
    const other = taken.get(port);
    if (port !== 0 && other !== undefined) {
      problems.push({
        where: `${side}.port`,
        expected: 'a port of its own',
        found: `${port}, as at \`${other}.port\``,
        advice: 'Choose another port.',
      });
    }
    taken.set(port, side);
  }
  return problems;
}
