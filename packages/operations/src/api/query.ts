import { RequestRefused } from './route.ts';

/** Rows in one answer. */
export const LIMIT_MAX = 1_000;

/** `limit` of a list: a whole number from 1 to 1,000. @throws RequestRefused with the code of `refusal` */
export function limitIn(query: URLSearchParams, otherwise: number, refusal?: { readonly code: string }): number {
  const limit = Number(query.get('limit') ?? otherwise);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX)
    throw new RequestRefused(`limit must be a whole number from 1 to ${LIMIT_MAX}.`, refusal);
  return limit;
}

/** `id`, of 1 to `longest` characters; undefined where it is not there. @throws RequestRefused with the code of `refusal` */
export function idIn(query: URLSearchParams, longest: number, refusal?: { readonly code: string }): string | undefined {
  const id = query.get('id') ?? undefined;
  if (id !== undefined && (id === '' || id.length > longest)) throw new RequestRefused(`id must have 1 to ${longest} characters.`, refusal);
  return id;
}

/** Milliseconds since the epoch. @throws RequestRefused */
export function instantIn(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? '';
  const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(instant)) throw new RequestRefused(`${name} must be an instant like 2026-11-24T00:00:00.000Z.`);
  return instant;
}

/** One of some words; undefined where it is not there. @throws RequestRefused */
export function wordIn<W extends string>(query: URLSearchParams, name: string, allowed: readonly W[]): W | undefined {
  const word = query.get(name) ?? undefined;
  if (word === undefined) return undefined;
  const found = allowed.find((one) => one === word);
  if (found === undefined) throw new RequestRefused(`${name} must be ${allowed.join(' or ')}.`);
  return found;
}
