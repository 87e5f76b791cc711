import { isAmount } from '@payment-manager/fspiop';

/** A request that the core cannot read: 400 with FSPIOP code 3101 or 3102. */
export class RequestInvalid extends Error {
  readonly statusCode: '3101' | '3102';
  constructor(statusCode: '3101' | '3102', message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

/** Parsed JSON of which nothing is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Reads a JSON object. @throws RequestInvalid */
export function readObject(body: Uint8Array): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    throw new RequestInvalid('3101', 'the body is not JSON');
  }
  return asObject(value, 'the body');
}

/** @throws RequestInvalid when `value` is missing or no object */
export function asObject(value: unknown, name: string): JsonObject {
  if (value === undefined) throw new RequestInvalid('3102', `${name} is missing`);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new RequestInvalid('3101', `${name} is not an object`);
  return value as JsonObject;
}

/** A member that must be a text of 1 to `most` characters. @throws RequestInvalid */
export function readText(json: JsonObject, name: string, most = 128): string {
  const value = json[name];
  if (value === undefined) throw new RequestInvalid('3102', `${name} is missing`);
  if (typeof value !== 'string' || value.length === 0 || value.length > most)
    throw new RequestInvalid('3101', `${name} has the wrong format`);
  return value;
}

/** A member that may be absent. @throws RequestInvalid */
export function readOptionalText(json: JsonObject, name: string, most = 128): string | undefined {
  return json[name] === undefined ? undefined : readText(json, name, most);
}

/** An FSPIOP amount. @throws RequestInvalid */
export function readAmount(json: JsonObject, name: string): string {
  const value = readText(json, name);
  if (!isAmount(value)) throw new RequestInvalid('3101', `${name} is not an amount`);
  return value;
}

/** One of a few words. @throws RequestInvalid */
export function readChoice<T extends string>(json: JsonObject, name: string, choices: readonly T[]): T {
  const value = readText(json, name);
  const choice = choices.find((one) => one === value);
  if (choice === undefined) throw new RequestInvalid('3101', `${name} must be one of ${choices.join(', ')}`);
  return choice;
}
