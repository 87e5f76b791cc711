import type { CompiledConnector } from '../language/compile-connector.ts';

/** What a bank has filled in. */
export interface GivenSettings {
  /** `core.settings`, by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** Values of settings of type `secret`, by name. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** The settings as the connector knows them under `cfg`, defaults included; and what is wrong with them, in words without a value. */
export function settingValues(
  { settings: declared }: CompiledConnector,
  { settings, secrets }: GivenSettings,
): { readonly cfg: Readonly<Record<string, string>>; readonly problems: readonly string[] } {
  const cfg: Record<string, string> = {};
  const problems: string[] = [];
  for (const { name, type, required, defaultValue } of declared) {
    const secret = type === 'secret';
    const given = secret ? secrets[name] : settings[name];
    if (secret && settings[name] !== undefined)
      problems.push(`the setting ${name} is a secret: take it out of core.settings, and name a file with it in core.secretFiles`);
    if (!secret && secrets[name] !== undefined) problems.push(`the setting ${name} is no secret: give it in core.settings`);
    const value = given ?? defaultValue;
    if (value === undefined) {
      if (required) problems.push(`the setting ${name} is missing: give it in ${secret ? 'core.secretFiles' : 'core.settings'}`);
      continue;
    }
    const wrong = FORMS[type]?.(value);
    if (wrong !== undefined) problems.push(`the setting ${name} is not ${wrong}`);
    cfg[name] = value;
  }
  const known = new Set(declared.map(({ name }) => name));
  for (const name of [...Object.keys(settings), ...Object.keys(secrets)])
    if (!known.has(name)) problems.push(`the connector has no setting ${name}; it has: ${[...known].sort().join(', ') || 'none'}`);
  return { cfg, problems };
}

const matching =
  (form: RegExp, what: string) =>
  (value: string): string | undefined =>
    form.test(value) ? undefined : what;

/** What a value of a type has to look like; undefined: it does. */
const FORMS: Readonly<Record<string, ((value: string) => string | undefined) | undefined>> = {
  url: (value) => {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    return url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
      ? undefined
      : 'an http or https URL without a user';
  },
  whole: matching(/^\d{1,15}$/, 'a whole number'),
  currency: matching(/^[A-Z]{3}$/, 'a currency code of three capital letters'),
  country: matching(/^[A-Z]{2}$/, 'a country code of two capital letters'),
  'yes-or-no': matching(/^(true|false)$/, 'true or false'),
  zone: (value) => (isZone(value) ? undefined : 'a time zone like Africa/Nairobi'),
};

function isZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}
