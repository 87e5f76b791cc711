import type { ConfigProblem } from './problem.ts';
import type { Config } from './schema.ts';

/** The management API is reached by TLS alone, under one name; where no real money moves, by http on this machine. */
export function managementChecks(config: Config): ConfigProblem[] {
  const { management, sandbox } = config;
  if (!management.enabled) return [];
  return [...tlsFiles(config), ...(sandbox ? [] : [...withoutTls(config), ...withoutName(config)]), ...wrongName(management)];
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
