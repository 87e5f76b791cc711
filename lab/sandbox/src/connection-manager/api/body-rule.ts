import type { RequestFault } from './problem.ts';

/** The part of JSON Schema that the server's contract needs. */
export interface BodyRule {
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean';
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, BodyRule>>;
  /** False: nothing but `properties`. */
  readonly additionalProperties?: false;
  readonly minProperties?: number;
  readonly items?: BodyRule;
  readonly minItems?: number;
  readonly uniqueItems?: true;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly format?: 'date-time';
  readonly oneOf?: readonly BodyRule[];
}

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;

/** What is wrong with a body, in the validator's words (`request.body should have required property 'clientCSR'`). */
export function faultsOf(value: unknown, rule: BodyRule, path = '.body'): RequestFault[] {
  const fault = (message: string, code: string, at = path): RequestFault[] => [
    { path: at, message: `request${path} ${message}`, errorCode: `${code}.openapi.validation` },
  ];
  if (rule.oneOf) {
    return rule.oneOf.some((one) => faultsOf(value, one, path).length === 0)
      ? []
      : fault('should match exactly one schema in oneOf', 'oneOf');
  }
  if (rule.type !== undefined && !isOf(value, rule.type)) return fault(`should be ${rule.type}`, 'type');
  if (Array.isArray(value)) return listFaults(value, rule, path, fault);
  if (typeof value === 'object' && value !== null) return objectFaults(value as Record<string, unknown>, rule, path, fault);
  if (typeof value !== 'string') return [];
  if (rule.pattern !== undefined && !new RegExp(rule.pattern).test(value))
    return fault(`should match pattern "${rule.pattern}"`, 'pattern');
  if (rule.format !== undefined && !(DATE_TIME.test(value) && !Number.isNaN(Date.parse(value))))
    return fault('should match format "date-time"', 'format');
  if (rule.enum && !rule.enum.includes(value))
    return fault(`should be equal to one of the allowed values: ${rule.enum.join(', ')}`, 'enum');
  return [];
}

type Fault = (message: string, code: string, at?: string) => RequestFault[];

function listFaults(list: readonly unknown[], rule: BodyRule, path: string, fault: Fault): RequestFault[] {
  const few = list.length < (rule.minItems ?? 0) ? fault(`should NOT have fewer than ${rule.minItems} items`, 'minItems') : [];
  const isTwice = rule.uniqueItems === true && new Set(list.map((one) => JSON.stringify(one))).size < list.length;
  const twice = isTwice ? fault('should NOT have duplicate items', 'uniqueItems') : [];
  const { items } = rule;
  return [...few, ...twice, ...(items ? list.flatMap((one, index) => faultsOf(one, items, `${path}[${index}]`)) : [])];
}

function objectFaults(given: Readonly<Record<string, unknown>>, rule: BodyRule, path: string, fault: Fault): RequestFault[] {
  const names = Object.keys(given);
  const properties = rule.properties ?? {};
  const extra = rule.additionalProperties === false ? names.filter((name) => !Object.hasOwn(properties, name)) : [];
  return [
    ...(names.length < (rule.minProperties ?? 0)
      ? fault(`should NOT have fewer than ${rule.minProperties} properties`, 'minProperties')
      : []),
    ...(rule.required ?? [])
      .filter((name) => given[name] === undefined)
      .flatMap((name) => fault(`should have required property '${name}'`, 'required', `${path}.${name}`)),
    ...extra.flatMap((name) => fault('should NOT have additional properties', 'additionalProperties', `${path}.${name}`)),
    ...Object.entries(properties).flatMap(([name, one]) =>
      given[name] === undefined ? [] : faultsOf(given[name], one, `${path}.${name}`),
    ),
  ];
}

function isOf(value: unknown, type: NonNullable<BodyRule['type']>): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}
