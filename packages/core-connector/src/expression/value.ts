import { Decimal } from './decimal.ts';

/** What an expression reads and gives. A missing value is `undefined`; numbers are exact decimals. */
export type Value = undefined | null | boolean | string | Decimal | readonly Value[] | ValueObject;

/** An object without prototype, so that no member name means anything but itself. */
export interface ValueObject {
  readonly [member: string]: Value;
}

/** Objects that are made by it have their own members and no others. Unlike those of `Object.create(null)` they are read and copied quickly. */
function OwnMembers(): void {}
OwnMembers.prototype = Object.freeze(Object.create(null));
const Made = OwnMembers as unknown as new () => Record<string, Value>;

/** An object to be filled. `from`: what it begins with. */
export function emptyObject(from?: ValueObject): Record<string, Value> {
  const made = new Made();
  return from === undefined ? made : Object.assign(made, from);
}

/** What went wrong in an evaluation. It names the place and the kind of value, never the value: that may be a secret or a person's. */
export class EvaluationFailed extends Error {
  /** 1-based column in the expression, where it is known. */
  readonly column: number | undefined;

  constructor(message: string, column?: number) {
    super(message);
    this.name = 'EvaluationFailed';
    this.column = column;
  }
}

/** Neither a list nor a number. */
export function isObject(value: Value): value is ValueObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Decimal);
}

/** As `Array.isArray`, for lists that are not changed. */
export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** The kind of a value in words of an error. */
export function kindOf(value: Value): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'true or false';
  if (value instanceof Decimal) return 'a number';
  return isList(value) ? 'a list' : 'an object';
}

/** An own member; `undefined` where there is none. */
export function memberOf(object: ValueObject, name: string): Value {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Equal in content. Numbers are equal by value: 1.0 = 1.00. */
export function equal(left: Value, right: Value): boolean {
  if (left === right) return true;
  if (left instanceof Decimal) return right instanceof Decimal && left.compare(right) === 0;
  if (isList(left)) return isList(right) && left.length === right.length && left.every((item, index) => equal(item, right[index]));
  if (!isObject(left) || !isObject(right)) return false;
  const names = Object.keys(left);
  return names.length === Object.keys(right).length && names.every((name) => Object.hasOwn(right, name) && equal(left[name], right[name]));
}

/** What counts as true in a condition: JSONata's rules. Nothing, null, "", 0, an empty list or object, and a list of only such are false. */
export function truthy(value: Value): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return value.length > 0;
  if (value instanceof Decimal) return !value.isZero;
  return isList(value) ? value.some(truthy) : Object.keys(value).length > 0;
}
