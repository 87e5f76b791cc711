import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONNECTOR, PARTY, smallConnector } from '../../../test/small-connector.ts';
import { parseXml } from '../../codec/xml.ts';
import type { ValueObject } from '../../expression/value.ts';
import { RenderFailed } from '../../run/fill.ts';
import { asHttp, render } from '../../run/render.ts';
import { compileConnector } from '../compile-connector.ts';
import { problemLine } from '../problem.ts';

const XML = `  - call: account
    post: /soap
    effect: none
    xml: |
      <s:Envelope xmlns:s="urn:soap"><s:Body>
        <find kind="{kind}"><id>{number}</id></find>
      </s:Body></s:Envelope>
    with: { number: "=req.idValue", kind: "=req.idSubValue" }
`;
const CALL = / {2}- call: account\n[\s\S]*?404\n/;
const withXml = (xml: string) => {
  const party = PARTY.replace(CALL, () => xml);
  assert.notEqual(party, PARTY);
  return compileConnector(
    smallConnector({ party, connector: CONNECTOR.replace('    auth:\n', '    namespaces: { soap: "urn:soap" }\n    auth:\n') }),
  );
};
const linesOf = (xml: string): readonly string[] => withXml(xml).problems.map((problem) => `${problem.code} ${problemLine(problem)}`);

function rendered(req: Readonly<Record<string, string>>) {
  const { connector, problems } = withXml(XML);
  assert.deepEqual(problems.map(problemLine), []);
  const step = connector.operations.find(({ name }) => name === 'party.get')?.steps.find(({ kind }) => kind === 'call');
  assert.ok(step?.kind === 'call');
  const root: ValueObject = Object.assign(Object.create(null), { req: Object.assign(Object.create(null), req) });
  return asHttp(render(step.call, root)).body;
}

test('a value is text in its element or attribute, whatever is in it', () => {
  const body = rendered({ idValue: '</id><id>"&\'', idSubValue: '"><x' });
  assert.equal(body?.type, 'text/xml; charset=utf-8');
  const { 'soap:Envelope': envelope } = parseXml(body?.text ?? '', { 'urn:soap': 'soap' }) as {
    'soap:Envelope': { 'soap:Body': { find: object } };
  };
  assert.deepEqual({ ...envelope['soap:Body'].find }, { '@kind': '"><x', id: '</id><id>"&\'' });
});

test('a value that is missing, or that no XML may have, makes no body', () => {
  assert.throws(() => rendered({ idValue: '1' }), RenderFailed);
  assert.throws(
    () => rendered({ idValue: 'canary\u0001', idSubValue: '' }),
    (error: unknown) =>
      error instanceof RenderFailed && /\{number\} cannot stand in XML/.test(error.message) && !error.message.includes('canary'),
  );
});

for (const [what, from, to, told] of [
  ['XML that is not well-formed', '</find>', '</fnd>', /^VALUE_WRONG operations\/party\.get\.yaml:9:10 it is not well-formed XML/],
  ['a value in a name', '<find kind', '<{number} kind', /^VALUE_WRONG .*not well-formed/],
  ['a value for an attribute’s name', 'kind="{kind}"', '{kind}="1"', /^VALUE_WRONG .*not well-formed/],
  ['a document type', '<s:Envelope xm', '<!DOCTYPE x><s:Envelope xm', /^VALUE_WRONG .*no document type/],
  ['a value in a comment', '<id>{number}</id>', '<!-- {number} --><id/>', /^VALUE_WRONG .*a comment stands in YAML/],
  ['a value in CDATA', '{number}</id>', '<![CDATA[{number}]]></id>', /^VALUE_WRONG .*no CDATA/],
  ['a prefix that is not bound', '<find kind', '<q:find kind', /^VALUE_WRONG .*not well-formed/],
  ['a brace', '<id>{number}', '<id>{number}}', /^VALUE_WRONG .*a value is written \{name\}/],
  ['a name without a value', '<id>{number}', '<id>{number}{more}', /^PATH_UNBOUND .*\{more\} has no value/],
  ['a value without a name', '<id>{number}', '<id>', /^PATH_UNBOUND .*the XML has no \{number\}/],
  ['two bodies', '    xml: |', '    body: { a: b }\n    xml: |', /^VALUE_WRONG .*one of body, form and xml/],
] as const)
  test(`lint: ${what}`, () => {
    assert.ok(XML.includes(from), from);
    const lines = linesOf(XML.replace(from, () => to));
    assert.ok(
      lines.some((line) => told.test(line)),
      lines.join('\n') || 'no fault',
    );
  });

test('lint: two prefixes for one namespace', () => {
  const connector = CONNECTOR.replace('    auth:\n', '    namespaces: { soap: "urn:soap", s: "urn:soap" }\n    auth:\n');
  const lines = compileConnector(smallConnector({ connector })).problems.map(problemLine);
  assert.match(lines.join('\n'), /connector\.yaml:9:40 the namespace has the prefix soap already/);
});
