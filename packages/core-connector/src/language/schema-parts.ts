import { type TObject, type TProperties, type TSchema, type TUnsafe, Type } from 'typebox';

/** A text, which may be an expression: then it begins with `=`. */
export const text = (description: string, examples: readonly string[] = []): TSchema =>
  Type.String({ description, ...(examples.length > 0 && { examples: [...examples] }) });

/** An expression that is true or false, or gives a value. */
export const expression = (description: string, example: string): TSchema =>
  Type.String({ pattern: '^=', description, examples: [example] });

/** A name that other places of the connector use. */
export const name = (description: string): TSchema =>
  Type.String({ pattern: '^[A-Za-z][A-Za-z0-9-]{0,62}$', description: `${description}: letters, digits and hyphens, at most 63` });

/** A name that expressions use: no hyphens, for they would subtract. */
export const variableName = (description: string): TSchema =>
  Type.String({ pattern: '^[A-Za-z][A-Za-z0-9]{0,62}$', description: `${description}: letters and digits, at most 63` });

/** A time like `500ms`, `8s`, `5m`, `24h` or `7d`. */
export const duration = (description: string, example: string): TSchema =>
  Type.String({ pattern: '^[1-9][0-9]{0,5}(ms|s|m|h|d)$', description, examples: [example] });

/** A whole number of at most nine digits, as a text. */
export const whole = (description: string, example: string): TSchema =>
  Type.String({ pattern: '^[0-9]{1,9}$', description, examples: [example] });

export const oneOf = (values: readonly string[], description: string): TUnsafe<string> =>
  Type.Unsafe<string>({ type: 'string', enum: [...values], description });

export const yesOrNo = (description: string): TUnsafe<string> => oneOf(['true', 'false'], description);

export const optional = <S extends TSchema>(schema: S) => Type.Optional(schema);

/** An object with these keys and no others. */
export const keys = (properties: TProperties, description: string): TObject =>
  Type.Object(properties, { additionalProperties: false, description });

/** What every kind of back end says of its calls. */
export const callTimeouts = (): TObject =>
  keys({ connect: optional(duration('To connect', '2s')), total: optional(duration('For a whole call', '8s')) }, 'How long calls may take');

/** Any names, each with such a value. */
export const named = (value: TSchema, description: string): TSchema => Type.Record(Type.String(), value, { description });

/** A template: a text or expression, or a list or object of such. */
export const template = (description: string): TUnsafe<unknown> => Type.Unsafe<unknown>({ $ref: '#/$defs/template', description });
