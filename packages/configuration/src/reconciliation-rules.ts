import type { ConfigProblem } from './problem.ts';
import type { Config } from './schema.ts';

const SIDES = ['core', 'hub'] as const;

/** What must hold of statements that are pulled: one secret, in a form that can be sent, and a host that the core's allow-list has. */
export function reconciliationChecks(config: Config): ConfigProblem[] {
  return [...SIDES.flatMap((side) => secretProblems(config, side)), ...hostProblems(config)];
}

function secretProblems({ reconciliation: { statements } }: Config, side: (typeof SIDES)[number]): ConfigProblem[] {
  const { secret, secretFile, sentAs, header } = statements[side];
  const where = `reconciliation.statements.${side}`;
  return [
    ...(secret !== undefined && secretFile !== undefined
      ? [
          {
            where: `${where}.secret`,
            expected: 'this or `secretFile`, not both',
            found: 'both',
            advice: 'Leave one of them out.',
          },
        ]
      : []),
    ...(secret !== undefined && sentAs === 'basic' && !secret.includes(':')
      ? [
          {
            where: `${where}.secret`,
            expected: 'USER:PASSWORD, because `sentAs` is basic',
            found: 'a text without a colon',
            advice: 'Write both, with a colon between.',
          },
        ]
      : []),
    ...(sentAs === 'api-key' && !/^[A-Za-z][A-Za-z0-9-]{0,63}$/.test(header)
      ? [
          {
            where: `${where}.header`,
            expected: 'the name of a header: letters, digits and dashes',
            found: 'another text',
            advice: 'Write for example x-api-key.',
          },
        ]
      : []),
  ];
}

/** `core.allowedHosts` holds for whatever is called of the core. */
function hostProblems({ core: { allowedHosts }, reconciliation: { statements } }: Config): ConfigProblem[] {
  const { url } = statements.core;
  if (url === undefined || allowedHosts.length === 0) return [];
  const { host, hostname } = URL.canParse(url) ? new URL(url) : { host: 'nowhere', hostname: 'nowhere' };
  if (allowedHosts.includes(host) || allowedHosts.includes(hostname)) return [];
  return [
    {
      where: 'reconciliation.statements.core.url',
      expected: 'a host of `core.allowedHosts`, beside which none of the core’s is called',
      found: `the host ${host}`,
      advice: 'Add it there, or correct the address.',
    },
  ];
}
