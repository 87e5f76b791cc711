import { writeExactJson } from '../codec/json.ts';
import { Decimal } from '../expression/decimal.ts';
import type { Value, ValueObject } from '../expression/value.ts';
import type { HttpCall, Template, TextOrExpression } from '../language/operation.ts';

/** A request as it is sent, but for what says who we are. A repeat is this, byte for byte. */
export interface RenderedRequest {
  /** The back end. */
  readonly to: string;
  readonly method: HttpCall['method'];
  /** With its query; every value is encoded. */
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: { readonly type: 'application/json' | 'application/x-www-form-urlencoded'; readonly text: string };
}

/** A request that cannot be written: a value is missing, or cannot stand in its place. It names the place, never the value. */
export class RenderFailed extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RenderFailed';
  }
}

/** More than any core's request needs, in characters. It is journalled where it moves money. */
const BODY_MAX = 65_536;

/** Makes the request of a call. @throws RenderFailed, EvaluationFailed */
export function render(call: HttpCall, root: ValueObject): RenderedRequest {
  const query = call.query.flatMap(([name, value]) => {
    const text = textIn(value, root, `the query ${name}`);
    return text === undefined ? [] : [`${encodeURIComponent(name)}=${encode(text, `the query ${name}`)}`];
  });
  const path = call.path.map((piece) => (typeof piece === 'string' ? piece : segment(piece.parameter, root))).join('');
  const headers = call.headers.flatMap(([name, value]): (readonly [string, string])[] => {
    const text = textIn(value, root, `the header ${name}`);
    if (text !== undefined && !/^[\t\x20-\x7e]*$/.test(text))
      throw new RenderFailed(`the header ${name} has a character that no header may have`);
    return text === undefined ? [] : [[name, text]];
  });
  const body = bodyOf(call, root);
  if (body !== undefined && body.text.length > BODY_MAX) throw new RenderFailed(`the body has more than ${BODY_MAX} characters`);
  return {
    to: call.to,
    method: call.method,
    path: query.length === 0 ? path : `${path}${path.includes('?') ? '&' : '?'}${query.join('&')}`,
    headers,
    ...(body !== undefined && { body }),
  };
}

function bodyOf({ body }: HttpCall, root: ValueObject): RenderedRequest['body'] | undefined {
  if (body === undefined) return undefined;
  if (body.kind === 'json') return { type: 'application/json', text: writeExactJson(fill(body.template, root)) };
  const fields = body.fields.flatMap(([name, value]): [string, string][] => {
    const text = textIn(value, root, `the field ${name}`);
    return text === undefined ? [] : [[name, text]];
  });
  return { type: 'application/x-www-form-urlencoded', text: new URLSearchParams(fields).toString() };
}

/** A part of a path: there must be one, and it stays in its place. */
function segment(value: TextOrExpression, root: ValueObject): string {
  const text = textIn(value, root, 'a part of the path');
  if (text === undefined || text === '') throw new RenderFailed('a part of the path has no value');
  // `..` cannot be kept in a URL: it would lead to another resource
  if (/^\.{1,2}$/.test(text)) throw new RenderFailed('a part of the path would lead elsewhere');
  return encode(text, 'a part of the path');
}

function encode(text: string, what: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    throw new RenderFailed(`${what} has a character that is none`);
  }
}

/** A value as a text. @returns undefined where there is none. @throws RenderFailed for lists and objects. */
export function textIn(value: TextOrExpression, root: ValueObject, what: string): string | undefined {
  if (value.kind === 'text') return value.text;
  const given = value.expression.evaluate(root);
  if (given === undefined || given === null) return undefined;
  if (typeof given === 'string') return given;
  if (typeof given === 'boolean') return String(given);
  if (given instanceof Decimal) return given.toString();
  throw new RenderFailed(`${what} is no text`);
}

/** Fills a template: what is missing is left out of objects and lists. */
export function fill(template: Template, root: ValueObject): Value {
  switch (template.kind) {
    case 'text':
      return template.text;
    case 'expression':
      return template.expression.evaluate(root);
    case 'list':
      return template.items.flatMap((item) => {
        const value = fill(item, root);
        return value === undefined ? [] : [value];
      });
    case 'object': {
      const made: Record<string, Value> = Object.create(null);
      for (const [name, member] of template.members) {
        const value = fill(member, root);
        if (value !== undefined) made[name] = value;
      }
      return made;
    }
  }
}
