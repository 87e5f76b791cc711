import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { parse } from 'yaml';
import { body, type Family, WITH_BODY } from '../test/arbitrary-messages.ts';
import { FspiopError } from './errors.ts';
import type { Operation } from './resources.ts';
import { onlyKnownMembers, validateMessage } from './validation.ts';

/** The schemas that the Mojaloop project publishes, as an independent judge of ours. */
const NAMES: Partial<Record<Operation, string>> = {
  'PUT /parties': 'PartiesTypeIDPutResponse',
  'PUT /participants': 'ParticipantsTypeIDPutResponse',
  'POST /quotes': 'QuotesPostRequest',
  'PUT /quotes': 'QuotesIDPutResponse',
  'POST /transfers': 'TransfersPostRequest',
  'PUT /transfers': 'TransfersIDPutResponse',
  'PATCH /transfers': 'TransfersIDPatchResponse',
};

function officialSchemas(family: Family): (operation: Operation) => ((value: unknown) => boolean) | undefined {
  const folder = createRequire(import.meta.url)
    .resolve('@mojaloop/api-snippets/package.json')
    .replace('package.json', 'docs');
  const text = readFileSync(`${folder}/fspiop-rest-v${family}-openapi3-snippets.yaml`, 'utf8');
  // `\p{digit}` is no property of JavaScript's expressions, and `0-9-_` in a class is not allowed in its Unicode mode
  const document = parse(text.replaceAll('\\p{digit}', '\\p{Nd}').replaceAll('0-9-_', '0-9_-'));
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: false });
  ajv.addSchema({ $id: 'api', components: document.components });
  return (operation) => {
    const name = NAMES[operation] ?? 'ErrorInformationObject';
    return document.components.schemas[name] === undefined ? undefined : ajv.getSchema(`api#/components/schemas/${name}`);
  };
}

function isOurs(operation: Operation, family: Family, value: unknown): boolean {
  try {
    validateMessage(operation, family, value);
    return true;
  } catch (error) {
    assert.ok(error instanceof FspiopError);
    return false;
  }
}

/** All places in a value: lists of names and indices. */
function places(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [[]];
  return [[], ...Object.entries(value).flatMap(([name, member]) => places(member).map((path) => [name, ...path]))];
}

/** A copy with what is at the place changed; `undefined` removes it. */
function mutated(value: unknown, path: readonly string[], change: (old: unknown) => unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return change(value);
  const copy = structuredClone(value) as Record<string, unknown>;
  const member = mutated(copy[name], rest, change);
  if (member !== undefined) copy[name] = member;
  else if (Array.isArray(copy)) copy.splice(Number(name), 1);
  else delete copy[name];
  return copy;
}

const CHANGES: ((old: unknown) => unknown)[] = [
  () => undefined,
  () => null,
  () => 5,
  () => '',
  () => ' ',
  () => [],
  () => ({}),
  () => 'x'.repeat(129),
  () => 'ZZZ',
  (old) => (typeof old === 'string' ? `${old}=` : old),
  (old) => (typeof old === 'string' ? old.toLowerCase() : old),
  (old) => (typeof old === 'string' ? old.slice(1) : old),
  (old) => (typeof old === 'string' ? `0${old}` : old),
  (old) => (Array.isArray(old) ? Array.from({ length: 17 }, () => old[0]) : old),
];

for (const family of ['1.0', '1.1', '2.0'] as const) {
  const official = officialSchemas(family);
  test(`official schemas ${family}: every message that is ours is theirs`, () => {
    for (const operation of WITH_BODY) {
      const check = official(operation);
      if (check === undefined) continue;
      fc.assert(
        fc.property(body(operation, family), (value) => assert.equal(check(value), true, JSON.stringify(value))),
        { numRuns: 25 },
      );
    }
  });

  test(`official schemas ${family}: what we send is theirs even if it was made of a message of the latest version with more in it`, () => {
    for (const operation of WITH_BODY) {
      const check = official(operation);
      if (check === undefined) continue;
      fc.assert(
        fc.property(body(operation, '2.0'), (value) => {
          const sent = onlyKnownMembers(operation, family, { ...(value as object), futureMember: { a: 1 }, extensionList: null });
          assert.equal(check(sent), true, JSON.stringify(sent));
        }),
        { numRuns: 10 },
      );
    }
  });
}

test('official schemas: a message with one fault is refused by ours exactly when it is refused by theirs', () => {
  for (const family of ['1.1', '2.0'] as const) {
    const official = officialSchemas(family);
    for (const operation of WITH_BODY) {
      const check = official(operation);
      const faults = body(operation, family).chain((value) =>
        fc.tuple(fc.constant(value), fc.constantFrom(...places(value)), fc.constantFrom(...CHANGES)),
      );
      fc.assert(
        fc.property(faults, ([value, path, change]) => {
          const faulty = mutated(value, path, change);
          if (faulty === undefined) return;
          assert.equal(
            isOurs(operation, family, faulty),
            check?.(faulty),
            `${operation} ${family} ${path.join('.')}: ${JSON.stringify(faulty)}`,
          );
        }),
        { numRuns: 300 },
      );
    }
  }
});
