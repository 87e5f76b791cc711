import { shown } from '@payment-manager/configuration';

/** What is put where something was taken out. */
export const REMOVED = '[removed]';

/** Shorter texts stand in too many words to be taken out of everything. */
const SHORTEST_SECRET_CHARS = 6;

/**
 * Forms of what belongs to somebody or opens something. The product writes none of them; a core, a hub or a person may have written them into a
 * text that is passed on, and nobody reads every line of a bundle.
 */
const FORMS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g,
  /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g,
  /\b(?:Bearer|Basic)\s+[\w.~+/=-]{8,}/gi,
  /(?<=:\/\/)[^/\s"'@]+@/g,
  // e-mail addresses
  /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g,
  // IBANs
  /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b/g,
  // numbers of telephones, accounts and cards: seven digits and more, and no part of an id or of an instant
  /(?<![\w.:-])\+?\d(?:[ -]?\d){6,18}(?![\w.:-])/g,
];

/** A text without the secrets that are known, and without what looks like a secret or a person. */
export function scrub(text: string, secrets: readonly string[]): string {
  const known = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET_CHARS)
    .reduce((rest, secret) => rest.replaceAll(secret, REMOVED), text);
  return FORMS.reduce((rest, form) => rest.replace(form, REMOVED), known);
}

/** The same for whatever a JSON answer holds: texts are scrubbed, numbers and names of members are ours. */
export function scrubValue(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') return scrub(value, secrets);
  if (Array.isArray(value)) return value.map((one) => scrubValue(one, secrets));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, shown(name, one).endsWith('[secret]') ? '[secret]' : scrubValue(one, secrets)]),
    );
  return value;
}
