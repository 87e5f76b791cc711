/** A JSON object whose members may be anything. */
export type Fields = Readonly<Record<string, unknown>>;

const LONGEST_TEXT = 65_536;
const LONGEST_MESSAGE = 500;
/** Of one list within an answer, such as what a check found; the lists of DFSPs, keys and requests have limits of their own. */
const LONGEST_LIST = 50;

/** An object; anything else counts as one without members. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** A text that says something; undefined for anything else, and for what is too long to be meant. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST_TEXT ? value : undefined;
}

/** A number that can be counted with. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A list; anything else is an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, LONGEST_LIST) : [];
}

/** Words of another side, fit for a log and a screen: one line, bounded, nothing that moves a cursor. */
export function spoken(value: unknown): string {
  if (typeof value !== 'string') return '';
  const line = value
    .slice(0, 4 * LONGEST_MESSAGE)
    .replace(/[^\P{C}]+/gu, ' ')
    .trim();
  return line.length > LONGEST_MESSAGE ? `${line.slice(0, LONGEST_MESSAGE)}…` : line;
}
