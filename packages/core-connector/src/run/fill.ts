import { Decimal } from '../expression/decimal.ts';
import { emptyObject, type Value, type ValueObject } from '../expression/value.ts';
import type { Template, TextOrExpression } from '../language/operation.ts';

/** A request that cannot be written: a value is missing, or cannot stand in its place. It names the place, never the value. */
export class RenderFailed extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RenderFailed';
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
      const made = emptyObject();
      for (const [name, member] of template.members) {
        const value = fill(member, root);
        if (value !== undefined) made[name] = value;
      }
      return made;
    }
  }
}
