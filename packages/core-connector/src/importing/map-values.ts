import type { ApiCall, Property } from './openapi.ts';

/** A value of a YAML file. */
export type Yaml = string | readonly Yaml[] | { readonly [key: string]: Yaml };

/** What stands for a member or parameter by its name; `number`: where JSON has a number. */
interface Mapped {
  readonly name: RegExp;
  readonly value: string;
  readonly number?: string;
}

const IN_MONEY: readonly Mapped[] = [
  { name: /idempot|request-?id|correlation/i, value: '=key' },
  {
    name: /^(ref(erence)?(id|no|number)?|external(id|ref|reference)?|client(ref|reference)|transactionid|receiptnumber|.*reference)$/i,
    value: '=key',
  },
  { name: /^transfer_?id$/i, value: '=op.transferId' },
  { name: /amount|value$/i, value: '=$string(amount)', number: '=amount' },
  { name: /currency/i, value: '=quote.payeeReceiveAmountCurrency' },
  { name: /account|wallet|msisdn|beneficiary|creditor/i, value: '=quote.facts.accountId' },
  { name: /note|narra|descri|remark|memo|message/i, value: '=quote.note' },
  { name: /payer|sender|debtor/i, value: '=quote.from.displayName' },
  { name: /^(hold|reservation|authori[sz]ation|lien)(_?id)?$|^id$/i, value: '=of.facts.id' },
];

const IN_LOOKUP: readonly Mapped[] = [
  { name: /^(id)?type$/i, value: '=IDENTIFIER.idType' },
  { name: /sub/i, value: '=IDENTIFIER.idSubValue' },
  { name: /value|phone|msisdn|mobile|identifier|account|customer|client|wallet|^id$|number|user/i, value: '=IDENTIFIER.idValue' },
  { name: /currency/i, value: '=req.currency' },
  { name: /amounttype/i, value: '=req.amountType' },
  { name: /amount/i, value: '=req.amount', number: '=$number(req.amount)' },
];

const IN_ENQUIRY: readonly Mapped[] = [{ name: /ref|external|key|id$/i, value: '=key' }];

export const TABLES = { money: IN_MONEY, lookup: IN_LOOKUP, enquiry: IN_ENQUIRY } as const;

function valueFor(name: string, type: string, table: readonly Mapped[]): string | undefined {
  const found = table.find((each) => each.name.test(name));
  return type === 'number' || type === 'integer' ? (found?.number ?? found?.value) : found?.value;
}

/** The body of a call: what its names tell, and a FILL-IN for what must be there and nobody knows. */
export function bodyFor(properties: readonly Property[], table: readonly Mapped[]): Yaml | undefined {
  const members = properties.flatMap(({ name, required, type, properties: inner, values }): [string, Yaml][] => {
    if (inner.length > 0) {
      const value = bodyFor(inner, table);
      return value === undefined || (!required && !inner.some((each) => valueFor(each.name, each.type, table) !== undefined))
        ? []
        : [[name, value]];
    }
    const value = values.length > 0 ? undefined : valueFor(name, type, table);
    if (value !== undefined) return [[name, value]];
    const choice = values.length > 0 ? `, one of ${values.slice(0, 8).join(', ')}` : '';
    return required ? [[name, `=FILL-IN ${words(name)}${choice}`]] : [];
  });
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

/** The part of a call that says where it goes: method and path, parameters, query and headers. */
export function targetOf(call: ApiCall, table: readonly Mapped[]): Record<string, Yaml> {
  const path = call.path.replaceAll(/\{([^}]*)\}/g, (_, name: string) => `{${letters(name)}}`);
  const of = (where: string): [string, Yaml][] =>
    call.parameters
      .filter(({ in: place }) => place === where)
      .flatMap(({ name, required }): [string, Yaml][] => {
        const value = valueFor(name, 'string', table);
        if (value === undefined && !required) return [];
        return [[where === 'path' ? letters(name) : name, value ?? `=FILL-IN ${words(name)}`]];
      });
  const [inPath, inQuery, inHeader] = [
    of('path'),
    of('query'),
    of('header').filter(([name]) => !/^(accept|content-type|authorization)$/i.test(name)),
  ];
  return {
    [call.method]: path,
    ...(inPath.length > 0 && { path: Object.fromEntries(inPath) }),
    ...(inQuery.length > 0 && { query: Object.fromEntries(inQuery) }),
    ...(inHeader.length > 0 && { headers: Object.fromEntries(inHeader) }),
  };
}

/** Does the call bear a key of ours in a header? */
export function bearsKey({ parameters }: ApiCall): boolean {
  return parameters.some(({ in: where, name }) => where === 'header' && /idempot|request-?id/i.test(name));
}

function letters(name: string): string {
  const kept = name.replaceAll(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => (next ?? '').toUpperCase());
  return /^[A-Za-z]/.test(kept) ? kept : `p${kept}`;
}

/** Words that can stand in a plain scalar of YAML and in a message. */
export function words(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_.,/ -]+/g, ' ').slice(0, 100);
}
