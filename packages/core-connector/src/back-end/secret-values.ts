import { escapeXml, XmlInvalid } from '../codec/xml.ts';
import type { Expression } from '../expression/compile.ts';
import type { TextOrExpression } from '../language/operation.ts';
import type { RunningConnector } from '../record/settings.ts';
import { callExpressions, stepExpressions } from '../run/reads.ts';

/** What stands where a secret was. */
export const NOT_KEPT = '[not kept]';

/** The secrets of a connector, so that they can be taken out of what is kept. */
export interface SecretValues {
  /** Each in every form in which it may stand in a message, the longest first. */
  readonly needles: readonly string[];
  /**
   * A step makes something of a secret, e.g. a digest or a text with it, by which it cannot be found any more: nothing of what is called can be
   * kept but its times and outcome.
   */
  readonly areMadeInto: boolean;
  /** Whether the value is made of a secret. */
  isIn(value: TextOrExpression): boolean;
}

/** The secrets are the settings of type `secret`, as a bank has filled them in. */
export function secretValues({ connector, cfg }: RunningConnector): SecretValues {
  const names = connector.settings.flatMap(({ name, type }) => (type === 'secret' ? [name] : []));
  const reads = (expression: Expression): boolean =>
    names.length > 0 &&
    (names.some((name) => expression.reads.has(`cfg.${name}`)) || expression.reads.has('cfg') || READS_ALL.test(expression.text));
  const isPlain = ({ text }: Expression): boolean => names.some((name) => text.trim() === `cfg.${name}`);
  const steps = [...connector.operations, ...connector.routes.values()].flatMap((each) => each.steps);
  const inCalls = steps.flatMap(callExpressions).filter(reads);
  const anywhere = steps.flatMap(stepExpressions).filter(reads);
  return {
    needles: formsOf(names.flatMap((name) => cfg[name] ?? [])),
    // one that stands elsewhere, e.g. in a `let`, may reach a call in another form
    areMadeInto: anywhere.length !== inCalls.length || !inCalls.every(isPlain),
    isIn: (value) => value.kind === 'expression' && reads(value.expression),
  };
}

/** The root as a whole, perhaps: a `$` or `$$` that is not followed by a name (`$$.op` is). What such an expression reads cannot be seen. */
const READS_ALL = /\$(?!\$?\.[a-zA-Z]|\$?[a-zA-Z]|\$)|\$\$(?!\.[a-zA-Z])/;

/** Texts in every form in which they may stand in a message, the longest first. */
export function formsOf(secrets: readonly string[]): readonly string[] {
  const forms = new Set(secrets.flatMap((secret) => [secret, secret.trim()]).flatMap((text) => WAYS.map((way) => way(text))));
  forms.delete('');
  return [...forms].sort((one, other) => other.length - one.length);
}

const WAYS: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => JSON.stringify(text).slice(1, -1),
  (text) => (text.isWellFormed() ? encodeURIComponent(text) : ''),
  (text) => new URLSearchParams([['', text]]).toString().slice(1),
  (text) => Buffer.from(text, 'utf8').toString('base64'),
  inXml,
];

function inXml(text: string): string {
  try {
    return escapeXml(text);
  } catch (error) {
    if (error instanceof XmlInvalid) return '';
    throw error;
  }
}

/** The text without any of them. */
export function without(needles: readonly string[], text: string): string {
  let rest = text;
  for (const needle of needles) if (rest.includes(needle)) rest = rest.replaceAll(needle, NOT_KEPT);
  return rest;
}

/** The bytes without any of them; the very same where there is none. */
export function bytesWithout(needles: readonly string[], bytes: Uint8Array): Uint8Array {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!needles.some((needle) => all.includes(needle))) return bytes;
  const asBytes = needles.map((needle) => Buffer.from(needle, 'utf8').toString('latin1'));
  return Buffer.from(without(asBytes, all.toString('latin1')), 'latin1');
}
