import { faultInWords, type SchemaFault, validatorOf } from '@payment-manager/runtime/schema-check';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';

/** What a request’s parts are compared with. A body is taken as it is; query and path are text, from which numbers and truth values are made. */
export function compileSchema({ schema, httpPart }: { readonly schema: unknown; readonly httpPart?: string }) {
  const wanted = schema as TSchema;
  return (value: unknown) => {
    // compiled with the first request that needs it: all of them at once would be a good part of a start
    const validator = validatorOf(wanted);
    const given = httpPart === 'body' ? value : Value.Convert(wanted, value);
    return validator.Check(given)
      ? { value: given }
      : { error: validator.Errors(given) as unknown as readonly { readonly message: string }[] };
  };
}

const FORMS: Readonly<Record<string, string>> = {
  '^[0-9A-Za-z-]{1,64}$': '1 to 64 letters, digits or dashes',
  '^[a-z0-9][a-z0-9._@-]{0,63}$': '1 to 64 small letters, digits and . _ @ -',
};

/** `reason is missing`, without the value. */
export function faultText(fault: unknown): string {
  return faultInWords(fault as SchemaFault, (pattern) => FORMS[pattern]);
}
