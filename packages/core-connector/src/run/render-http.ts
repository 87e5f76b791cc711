import { writeExactJson } from '../codec/json.ts';
import { escapeXml, XmlInvalid } from '../codec/xml.ts';
import type { ValueObject } from '../expression/value.ts';
import type { HttpCall, TextOrExpression, XmlBody } from '../language/operation.ts';
import { fill, RenderFailed, textIn } from './fill.ts';

/** A request over HTTP as it is sent, but for what says who we are. */
export interface HttpRequest {
  readonly kind: 'http';
  /** The back end. */
  readonly to: string;
  readonly method: HttpCall['method'];
  /** With its query; every value is encoded. */
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: {
    readonly type: 'application/json' | 'application/x-www-form-urlencoded' | 'text/xml; charset=utf-8';
    readonly text: string;
  };
}

/** More than any core's request needs, in characters. It is journalled where it moves money. */
const BODY_MAX = 65_536;

/** Makes the request of a call over HTTP. @throws RenderFailed, EvaluationFailed */
export function renderHttp(call: HttpCall, root: ValueObject): HttpRequest {
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
    kind: 'http',
    to: call.to,
    method: call.method,
    path: query.length === 0 ? path : `${path}${path.includes('?') ? '&' : '?'}${query.join('&')}`,
    headers,
    ...(body !== undefined && { body }),
  };
}

function bodyOf({ body }: HttpCall, root: ValueObject): HttpRequest['body'] | undefined {
  if (body === undefined) return undefined;
  if (body.kind === 'json') return { type: 'application/json', text: writeExactJson(fill(body.template, root)) };
  if (body.kind === 'xml') return { type: 'text/xml; charset=utf-8', text: fillXml(body, root) };
  const fields = body.fields.flatMap(([name, value]): [string, string][] => {
    const text = textIn(value, root, `the field ${name}`);
    return text === undefined ? [] : [[name, text]];
  });
  return { type: 'application/x-www-form-urlencoded', text: new URLSearchParams(fields).toString() };
}

/** A body in XML. A value that is missing would leave an element empty in silence; `""` says that it is. @throws RenderFailed */
export function fillXml({ texts, names, values }: XmlBody, root: ValueObject): string {
  const given = new Map(values.map(([name, value]) => [name, escaped(textIn(value, root, `the value {${name}}`), `the value {${name}}`)]));
  return texts.map((text, index) => (index === 0 ? text : `${given.get(names[index - 1] as string) ?? ''}${text}`)).join('');
}

function escaped(text: string | undefined, what: string): string {
  if (text === undefined) throw new RenderFailed(`${what} is missing; "" says that there is none`);
  try {
    return escapeXml(text);
  } catch (error) {
    if (error instanceof XmlInvalid) throw new RenderFailed(`${what} cannot stand in XML: ${error.message}`);
    throw error;
  }
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
