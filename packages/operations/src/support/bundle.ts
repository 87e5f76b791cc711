import { configSchema, effective, isSecretName, type LoadedConfig, listKeys, lookUp, secretParts } from '@payment-manager/configuration';
import { recentTrouble } from './log-lines.ts';
import { scrub, scrubValue, withoutKnown } from './scrub.ts';

/** What a bundle is made of. Answers are those of the operations API, as they came; undefined: it did not answer. */
export interface BundleParts {
  /** ISO 8601 */
  readonly at: string;
  /** What runs, and on what: `Payment Manager 0.1.0 (17641c3), Node 24.22.3`. */
  readonly versions: readonly string[];
  readonly loaded: LoadedConfig;
  /** What stands in files that the configuration calls secret. */
  readonly secrets: readonly string[];
  readonly answers: Readonly<Record<'ready' | 'connection' | 'alarms' | 'exceptions', unknown>>;
  readonly metrics: string | undefined;
  /** Undefined: nobody said where it is. */
  readonly log: string | undefined;
}

/** Texts of a core connector are whatever its author wanted: only their names are told. */
const NAMES_ALONE = /^core\.(?:settings|secretFiles)$/;

/**
 * What somebody who helps must know, as one text that can be read through before it is given away: configuration with secrets masked, versions,
 * conditions, alarms, what needs a person, the last warnings and errors, metrics. No secret, and nothing about persons.
 */
export function supportBundle({ at, versions, loaded, secrets, answers, metrics, log }: BundleParts): string {
  // the first line tells the FSP’s id: gaps in its place would only tell that a secret is the same
  const known = [...secrets, ...configuredSecrets(loaded)].filter((secret) => secret !== loaded.config.fspId);
  const json = (value: unknown): string => (value === undefined ? 'no answer' : JSON.stringify(scrubValue(value, known), undefined, 2));
  const lines = log === undefined ? undefined : recentTrouble(log, known);
  const sections: readonly (readonly [title: string, text: string])[] = [
    ['versions', versions.join('\n')],
    ['configuration, secrets masked', configurationText(loaded, known)],
    ['health', json(answers.ready)],
    ['connection to the scheme', json(answers.connection)],
    ['alarms', json(answers.alarms)],
    ['what needs a person', json(answers.exceptions)],
    ['recent warnings and errors', lines === undefined ? 'the log was not named: --log FILE' : lines.join('\n') || 'none'],
    // numbers and words of ours alone
    ['metrics', metrics === undefined ? 'no answer' : withoutKnown(metrics, known)],
  ];
  const head = `Payment Manager support bundle of ${loaded.config.fspId}, ${loaded.config.environment}, ${at}`;
  return `${[head, ...sections.map(([title, text]) => `==== ${title}\n${text.trimEnd()}`)].join('\n\n')}\n`;
}

function configurationText(loaded: LoadedConfig, known: readonly string[]): string {
  // a limit of bytes or milliseconds has many digits, and is of no person
  const figures = new Set(listKeys(configSchema).flatMap((key) => (typeof lookUp(loaded.config, key) === 'number' ? [key.path] : [])));
  const said = (path: string, value: string): string => {
    if (NAMES_ALONE.test(path)) return namesIn(value);
    return figures.has(path) ? value : scrub(value, known);
  };
  return effective(loaded)
    .filter(({ origin }) => origin !== 'default' && origin !== 'unset')
    .map(({ path, value, origin }) => `${path}: ${said(path, value)}  (${origin})`)
    .join('\n');
}

function namesIn(json: string): string {
  try {
    return Object.keys(JSON.parse(json) as object).join(', ');
  } catch {
    return '[not shown]';
  }
}

/** Values of secret keys, and of addresses what is one, so that they are taken out wherever they stand. */
function configuredSecrets({ config }: LoadedConfig): readonly string[] {
  return listKeys(configSchema).flatMap((key) => {
    const value = lookUp(config, key);
    if (typeof value !== 'string') return [];
    if (isSecretName(key.path)) return [value, ...(URL.canParse(value) ? [decodeURIComponent(new URL(value).password)] : [])];
    return secretParts(key.path, value);
  });
}
