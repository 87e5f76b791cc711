import type { ConfigKey } from './keys.ts';
import { shown } from './mask.ts';
import type { ConfigProblem } from './problem.ts';
import { expectation } from './value.ts';

/** A key that must be given and is not. */
export function missingValue(key: ConfigKey): ConfigProblem {
  return {
    where: key.path,
    expected: expectation(key.schema),
    found: 'nothing: this key has no default',
    advice: `Add \`${key.path}\` to the file or set ${key.environmentName}, for example ${key.schema.example}.`,
  };
}

/** A value that its key does not take. `where`: default the key's path; `variable`: the value came from the key's variable. */
export function invalidValue(
  key: ConfigKey,
  value: unknown,
  { where = key.path, variable = false }: { readonly where?: string; readonly variable?: boolean } = {},
): ConfigProblem {
  const source = variable ? ` in the environment variable ${key.environmentName}` : '';
  const quoted =
    typeof value === 'number' && (key.schema.type === 'string' || typeof key.schema.enum?.[0] === 'string')
      ? ' Put the value into quotes.'
      : '';
  return {
    where,
    expected: expectation(key.schema),
    found: `${shown(key.path, value)}${source}`,
    advice: `Write for example ${key.schema.example}.${quoted}`,
  };
}
