import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FspiopError } from './errors.ts';
import { answerVersion, contentVersion, versionFamily } from './versions.ts';

const { types } = JSON.parse(readFileSync(new URL('../fixtures/datatypes.json', import.meta.url), 'utf8'));
const SUPPORTED = { quotes: ['2.0', '1.0', '1.1'], transfers: ['1.0'], none: [] };
const item = (version?: string, resource = 'quotes') =>
  `application/vnd.interoperability.${resource}+json${version === undefined ? '' : `;version=${version}`}`;
const refused = (httpStatus: number, code: string) => (error: unknown) =>
  error instanceof FspiopError && error.httpStatus === httpStatus && error.errorCode === code;

test('versions: Accept chooses: exact, any minor, any; in order of preference', () => {
  const choices: [string, string, string][] = [
    [item('1.0'), '1.1', '1.0'],
    [item('1.1'), '1.0', '1.1'],
    [item('1'), '1.0', '1.0'],
    [item('1'), '1.1', '1.1'],
    [item('1'), '2.0', '1.1'],
    [item('2'), '1.0', '2.0'],
    [item(), '1.0', '1.0'],
    [`${item('15')},${item('1')}`, '1.0', '1.0'],
    [`${item('15')}, ${item('2')},\t${item('1')}`, '1.0', '2.0'],
    [`${item('1.0', 'transfers')},${item('1.1')}`, '1.0', '1.1'],
    [`,${item('1.1')},`, '1.0', '1.1'],
    [item('1.0').replace(';', '; '), '1.1', '1.0'],
    [`application/vnd.interoperability.iso20022.quotes+json;version=2.0,${item('1.0')}`, '1.1', '1.0'],
  ];
  for (const [accept, own, expected] of choices) assert.equal(answerVersion(accept, 'quotes', SUPPORTED, own), expected, accept);
  assert.equal(answerVersion(item(), 'quotes', { quotes: ['1.0', '1.10', '1.9'] }, '0.9'), '1.10');
});

test('versions: an unsupported version is 406 and 3001, with the supported ones as major and minor', () => {
  for (const call of [
    () => answerVersion(item('15'), 'quotes', SUPPORTED, '1.0'),
    () => answerVersion(item('1.2'), 'quotes', SUPPORTED, '1.0'),
    () => contentVersion(item('15.0'), 'quotes', SUPPORTED),
    () => answerVersion('application/vnd.interoperability.iso20022.quotes+json;version=2.0', 'quotes', SUPPORTED, '1.0'),
  ]) {
    assert.throws(call, (error: unknown) => {
      assert.ok(refused(406, '3001')(error));
      assert.deepEqual((error as FspiopError).extensionList?.extension, [
        { key: '1', value: '0' },
        { key: '1', value: '1' },
        { key: '2', value: '0' },
      ]);
      return true;
    });
  }
});

test('versions: missing headers are 3102, malformed ones and those of other resources 3101', () => {
  assert.throws(() => contentVersion(undefined, 'quotes', SUPPORTED), refused(400, '3102'));
  assert.throws(() => answerVersion('', 'quotes', SUPPORTED, '1.0'), refused(400, '3102'));
  for (const header of [
    item('1'),
    item(),
    item('a'),
    item('1.0', 'transfers'),
    'application/json',
    item('1.0').replace('+json', '+xml'),
    'application/vnd.interoperability.iso20022.quotes+json;version=2.0',
  ]) {
    assert.throws(() => contentVersion(header, 'quotes', SUPPORTED), refused(400, '3101'), header);
  }
  for (const header of ['application/json', '*/*', item('a'), item('1.0', 'transfers'), `${item('1.0')},x`, ' , ', 'x'.repeat(5000)]) {
    assert.throws(() => answerVersion(header, 'quotes', SUPPORTED, '1.0'), refused(400, '3101'), header);
  }
});

test('versions: a resource without versions is not offered', () => {
  for (const resource of ['none', 'parties', 'constructor'])
    assert.throws(() => contentVersion(item('1.0', resource), resource, SUPPORTED), refused(501, '2002'));
});

test('versions: Content-Type and Accept samples of the reference; utf-8 as charset is ignored', () => {
  for (const header of types.ContentType_fspiop.accept) assert.ok(contentVersion(header, 'quotes', SUPPORTED));
  for (const header of types.ContentType_fspiop.reject.filter((text: string) => !text.includes('charset')))
    assert.throws(() => contentVersion(header, 'quotes', SUPPORTED), FspiopError);
  for (const header of types.AcceptItem.accept) assert.ok(answerVersion(header, 'quotes', SUPPORTED, '1.0'));
  for (const header of types.AcceptItem.reject)
    assert.throws(() => answerVersion(header, 'quotes', SUPPORTED, '1.0'), refused(400, '3101'));
  assert.equal(contentVersion(`${item('1.1')};charset=utf-8`, 'quotes', SUPPORTED), '1.1');
  assert.throws(() => contentVersion(`${item('1.1')};charset=latin1`, 'quotes', SUPPORTED), refused(400, '3101'));
});

test('versions: the message set of a version', () => {
  assert.deepEqual(['1.0', '1.1', '1.2', '2.0', '3.1'].map(versionFamily), ['1.0', '1.1', '1.1', '2.0', '2.0']);
});
