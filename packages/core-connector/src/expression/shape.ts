/**
 * What is known about a value before there is one, so that a misspelt member is an error of the file and not a body without an amount.
 * `any` is a value about which nothing is known, e.g. a core's answer.
 */
export type Shape =
  | { readonly kind: 'any' | 'text' | 'number' | 'boolean' | 'nothing' }
  | { readonly kind: 'list'; readonly of: Shape }
  | { readonly kind: 'object'; readonly members: Readonly<Record<string, Shape>>; readonly open?: boolean };

export const ANY: Shape = { kind: 'any' };
export const TEXT: Shape = { kind: 'text' };
export const NUMBER: Shape = { kind: 'number' };
export const BOOLEAN: Shape = { kind: 'boolean' };

/** A list whose items all look alike. */
export function listOf(of: Shape): Shape {
  return { kind: 'list', of };
}

/** An object of which all members are known; with `open`, others may be there as well. */
export function objectOf(members: Readonly<Record<string, Shape>>, open = false): Shape {
  return open ? { kind: 'object', members, open } : { kind: 'object', members };
}

/** What an item of it looks like: of a list its items, of anything else itself. */
export function itemOf(shape: Shape): Shape {
  return shape.kind === 'list' ? itemOf(shape.of) : shape;
}

/** What is common to both: the same shape, or nothing is known. */
export function either(left: Shape, right: Shape): Shape {
  return left.kind === right.kind && left.kind !== 'list' && left.kind !== 'object' ? left : left === right ? left : ANY;
}

/** The known name that is most like a misspelt one, if any is near enough. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.ceil(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...left].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...right].entries())
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    row = next;
  }
  return row[right.length] ?? 0;
}

/** As `either`, and of two objects the members of both, as far as both say the same of them. */
export function eitherOf(left: Shape, right: Shape): Shape {
  if (left.kind !== 'object' || right.kind !== 'object') return either(left, right);
  const members: Record<string, Shape> = { ...left.members };
  for (const [name, shape] of Object.entries(right.members)) {
    const before = members[name];
    members[name] = before === undefined ? shape : eitherOf(before, shape);
  }
  return objectOf(members, left.open === true || right.open === true);
}
