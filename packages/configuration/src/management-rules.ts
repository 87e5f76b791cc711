import { brandChecks } from './brand-rules.ts';
import { otherPortal } from './management-schema.ts';
import type { ConfigProblem } from './problem.ts';
import type { Config } from './schema.ts';

/** The management API is reached by TLS alone, under one name; where no real money moves, by http on this machine. */
export function managementChecks(config: Config): ConfigProblem[] {
  const { management, sandbox } = config;
  if (!management.enabled) return [];
  return [
    ...tlsFiles(config),
    ...singleSignOnProblems(config),
    ...(sandbox ? [] : [...withoutTls(config), ...withoutName(config)]),
    ...wrongName(management),
    ...wrongPortals(config),
    ...brandChecks(config),
  ];
}

function tlsFiles({ management: { tls } }: Config): ConfigProblem[] {
  if (!tls.enabled) return [];
  return (['certificateFile', 'keyFile'] as const)
    .filter((name) => tls[name] === undefined)
    .map((name) => ({
      where: `management.tls.${name}`,
      expected: 'the path of a file, because `management.tls.enabled` is true',
      found: 'nothing',
      advice: `Set \`management.tls.${name}\`.`,
    }));
}

function withoutTls({ management }: Config): ConfigProblem[] {
  if (management.tls.enabled || management.tlsEndedBy !== undefined) return [];
  return [
    {
      where: 'management.tls.enabled',
      expected: 'true outside a sandbox, or the name of who ends TLS before it (`management.tlsEndedBy`)',
      found: 'false: passwords and sessions would cross the network as they are',
      advice:
        'Give certificate and key in `management.tls`. Or, where a proxy or a mesh ends TLS, and alone reaches this address: name it in `management.tlsEndedBy`.',
    },
  ];
}

function withoutName({ management }: Config): ConfigProblem[] {
  if (management.publicUrl?.startsWith('https:') === true) return [];
  return [
    {
      where: 'management.publicUrl',
      expected: 'the https address under which people open the portal',
      found: management.publicUrl === undefined ? 'nothing' : 'an http URL',
      advice: 'Write for example https://payments.greenbank.example.org; requests under other names are refused.',
    },
  ];
}

function wrongName({ publicUrl }: Config['management']): ConfigProblem[] {
  if (publicUrl === undefined || new URL(publicUrl).pathname === '/') return [];
  return [
    {
      where: 'management.publicUrl',
      expected: 'scheme and host alone: the portal is at the root of its address',
      found: 'a URL with a path',
      advice: 'Leave the path out, and give the portal a host name of its own.',
    },
  ];
}

const ROLE_NAMES = ['viewer', 'operator', 'engineer', 'administrator', 'auditor'];

/** Who gives nobody a role, or asks for one factor alone, is told before anybody tries to sign in. */
function singleSignOnProblems({ management: { singleSignOn }, sandbox }: Config): ConfigProblem[] {
  const { issuer, clientId, clientSecret, clientSecretFile, roles, acr, amr, secondFactorAtProvider } = singleSignOn;
  if (issuer === undefined) return [];
  const problem = (key: string, expected: string, found: string, advice: string): ConfigProblem => ({
    ...{ where: `management.singleSignOn.${key}`, expected, found, advice },
  });
  const unknown = Object.keys(roles).filter((role) => !ROLE_NAMES.includes(role));
  return [
    ...(issuer.startsWith('http:') && !sandbox
      ? [
          problem(
            'issuer',
            'an https URL outside a sandbox',
            'an http URL: whoever is on the way could sign in as anybody',
            'Write https; for a CA of your own there is `caFile`.',
          ),
        ]
      : []),
    ...(clientId === undefined
      ? [
          problem(
            'clientId',
            'our client at the provider, because `issuer` is given',
            'nothing',
            'Register one there: docs/operations/single-sign-on.md',
          ),
        ]
      : []),
    ...(clientSecret !== undefined && clientSecretFile !== undefined
      ? [problem('clientSecret', 'this or `clientSecretFile`, not both', 'both', 'Leave one of them out.')]
      : []),
    ...(Object.keys(roles).length === 0
      ? [
          problem(
            'roles',
            'at least one role, because `issuer` is given',
            'none: everybody would be refused',
            'Write for example { operator: pm-operations }, with the value of `rolesClaim`.',
          ),
        ]
      : []),
    ...(unknown.length > 0 ? [problem('roles', `roles of ${ROLE_NAMES.join(', ')}`, `a role '${unknown[0]}'`, 'Correct its name.')] : []),
    ...(sandbox || acr.length > 0 || amr.length > 0 || secondFactorAtProvider
      ? []
      : [
          problem(
            'acr',
            'how a second factor shows in the ID token (`acr` or `amr`), or that the provider asks for one (`secondFactorAtProvider`)',
            'nothing: one factor would be enough',
            'Give the classes or methods of your provider that mean a second factor.',
          ),
        ]),
  ];
}

const PORTALS_MAX = 10;

function wrongPortals({ management: { portals }, sandbox }: Config): ConfigProblem[] {
  const wrong = portals.filter((text) => {
    const portal = otherPortal(text);
    return portal === undefined || (!sandbox && !portal.url.startsWith('https:'));
  });
  if (wrong.length === 0 && portals.length <= PORTALS_MAX) return [];
  return [
    {
      where: 'management.portals',
      expected: `at most ${PORTALS_MAX} of the form NAME=ADDRESS, scheme and host alone, https outside a sandbox`,
      found: wrong.length === 0 ? `${portals.length} of them` : wrong.map((text) => text.slice(0, 100)).join(', '),
      advice: 'Write for example pilot=https://pilot.payments.greenbank.example.org.',
    },
  ];
}
