import type { ConfigProblem } from './problem.ts';
import type { Config } from './schema.ts';

/** Where the value of each key came from, by path. */
type Origins = ReadonlyMap<string, string>;

/** What a core can do is declared of one behind HTTP, and follows from a connector. */
const DECLARED = [
  'atPrepare',
  'transferRepeatable',
  'notificationRepeatable',
  'transferAskable',
  'notificationReadsState',
  'repeatKeepsRefusals',
  'emptyAnswerIsOk',
  'quietMs',
  'minimumMs',
] as const;

/** The core is reached over HTTP, or by a connector, and by one of them only. Asked even where keys are wrong by themselves. */
export function coreChecks({ core }: Pick<Config, 'core'>, origins: Origins): ConfigProblem[] {
  const given = (key: string): boolean => !['default', 'unset', undefined].includes(origins.get(`core.${key}`));
  if (core.connector === undefined) {
    const missing: ConfigProblem = {
      where: 'core.baseUrl',
      expected: 'an http or https URL without user, query and fragment: where the core is reached',
      found: 'nothing, and no `core.connector`',
      advice: 'Add `baseUrl: http://127.0.0.1:4100` below `core`, or the folder of a core connector as `connector`.',
    };
    return [
      ...(given('baseUrl') ? [] : [missing]),
      ...(['settings', 'secretFiles', 'allowedHosts'] as const).filter(given).map(withoutConnector),
    ];
  }
  return [...(core.baseUrl === undefined ? [] : [besideConnector('baseUrl')]), ...DECLARED.filter(given).map(besideConnector)];
}

function besideConnector(key: string): ConfigProblem {
  return {
    where: `core.${key}`,
    expected: 'nothing, because `core.connector` is given: where the core is and what it can do follows from the connector',
    found: 'a value',
    advice: `Leave \`core.${key}\` out. ${key === 'baseUrl' ? 'The address of the core is a setting of the connector: `core.settings`.' : 'The connector says it by its steps.'}`,
  };
}

function withoutConnector(key: string): ConfigProblem {
  return {
    where: `core.${key}`,
    expected: 'nothing, because there is no `core.connector` whose settings these would be',
    found: 'a value',
    advice: `Add \`core.connector\`, or leave \`core.${key}\` out.`,
  };
}
