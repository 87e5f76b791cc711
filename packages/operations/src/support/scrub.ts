import { isSecretName } from '@payment-manager/configuration';

/** What is put where something was taken out. */
export const REMOVED = '[removed]';

/** From this length on a known secret is taken out of the middle of words, too. */
const IN_WORDS_CHARS = 6;
/**
 * A shorter one is taken out where it stands alone. One of three characters or fewer stays: it is a word or a number of every second line (`USD`,
 * `503`, `pm`), a bundle without it would say nothing, its gaps would tell the secret, and whoever wants it has guessed it in a second.
 */
const ALONE_CHARS = 4;

const MASKED = '[secret]';

/** Forms of what opens something, and addresses of persons. */
const FORMS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g,
  /\beyJ[\w-]{1,4096}\.[\w-]+\.[\w-]*/g,
  /\b(?:Bearer|Basic)\s+[\w.~+/=-]{8,}/gi,
  /(?<=:\/\/)[^/\s"'@]+@/g,
  // what is called a secret: password=…, "client_secret":"…", apiKey: …
  /(?<=(?:passw(?:or)?d|passphrase|secret|token|api[-_]?key)\\?["']?\s?[=:]\s?\\?["']?)[^\s"'\\,;&]+/gi,
  // e-mail addresses, in a query as well
  /[^\s"'<>()[\]{},;:=/?&@]{1,64}(?:@|%40)[\p{L}\p{Nd}][\p{L}\p{Nd}.-]*/gu,
];

/** Of an address; groups of a telephone’s number mostly begin with 0, or are above 255. */
const OCTET = '(?:0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])';

/**
 * Texts with many digits that are of no person, by their exact form, standing alone: UUIDs and ULIDs (payments), instants and days since 2020
 * (nobody who pays was born then), fingerprints and ids of keys (32 or 64 hexadecimal digits with a letter), addresses of machines.
 */
const OURS = [
  '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}',
  '(?=[0-9]*[A-Z])[0-7][0-9A-HJKMNP-TV-Z]{25}',
  '20[2-9][0-9]-[01][0-9]-[0-3][0-9](?:[T ][0-2][0-9]:[0-5][0-9](?::[0-5][0-9](?:\\.[0-9]{1,9})?)?)?Z?',
  '(?=[0-9]*[a-fA-F])[0-9a-fA-F]{32}(?:[0-9a-fA-F]{32})?',
  `${OCTET}(?:\\.${OCTET}){3}`,
];
const KEPT = new RegExp(`(?<![\\p{L}\\p{Nd}_.+]|\\p{Nd}-)(${OURS.join('|')})(?![\\p{L}\\p{Nd}_]|[.-]\\p{Nd})`, 'gu');

/** Forms of numbers of persons, wherever they stand: only what is ours is set aside first. */
const NUMBERS: readonly RegExp[] = [
  // IBANs, in one piece in any case, or in groups
  /(?<![\p{L}\p{Nd}])[A-Z]{2}\d{2}[A-Z0-9]{11,30}(?![\p{L}\p{Nd}])/giu,
  /(?<![\p{L}\p{Nd}])[A-Z]{2}\d{2}(?:[ -][A-Z0-9]{4}){2,7}(?:[ -][A-Z0-9]{1,4})?(?![\p{L}\p{Nd}])/gu,
  // of telephones, accounts, cards and papers: seven digits and more of any script, with single spaces or hyphens between them
  /\+?\p{Nd}(?:[ \u00a0-]?\p{Nd}){6,}/gu,
  // the same in groups with dots
  /\+?\p{Nd}{2,4}(?:\.\p{Nd}{2,4}){2,}/gu,
];

/** A text without the secrets that are known, and without what looks like a secret or a person. */
export function scrub(text: string, secrets: readonly string[]): string {
  const open = FORMS.reduce((rest, form) => rest.replace(form, REMOVED), withoutKnown(text, secrets));
  // every second part is what was set aside
  return open
    .split(KEPT)
    .map((part, nth) => (nth % 2 === 1 ? part : NUMBERS.reduce((rest, form) => rest.replace(form, REMOVED), part)))
    .join('');
}

/** A text without the secrets that are known, also as they stand in addresses and in JSON; the longest first, for one may be the beginning of another. */
export function withoutKnown(text: string, secrets: readonly string[]): string {
  const written = secrets.flatMap((secret) => [secret, encodeURIComponent(secret.toWellFormed()), JSON.stringify(secret).slice(1, -1)]);
  return [...new Set(written)]
    .sort((one, other) => other.length - one.length)
    .reduce((rest, secret) => {
      if (secret.length >= IN_WORDS_CHARS) return rest.replaceAll(secret, REMOVED);
      return secret.length >= ALONE_CHARS ? rest.replace(alone(secret), REMOVED) : rest;
    }, text);
}

function alone(secret: string): RegExp {
  const literal = secret.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{Nd}])${literal}(?![\\p{L}\\p{Nd}])`, 'gu');
}

/** The same for whatever a JSON answer holds: texts are scrubbed, numbers and names of members are ours. Of a member that is called a secret only truth values stay. */
export function scrubValue(value: unknown, secrets: readonly string[]): unknown {
  return mapped(value, (text) => scrub(text, secrets));
}

function mapped(value: unknown, text: (one: string) => string, number: (one: number) => unknown = (one) => one): unknown {
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number') return number(value);
  if (Array.isArray(value)) return value.map((one) => mapped(one, text, number));
  if (typeof value !== 'object' || value === null) return value;
  const mask = () => MASKED;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, isSecretName(name) ? mapped(one, mask, mask) : mapped(one, text, number)]),
  );
}
