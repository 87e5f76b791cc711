import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeExactJson } from './json.ts';
import { escapeXml, parseXml, XmlInvalid } from './xml.ts';

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const T24 = 'http://temenos.com/PAYMENTS';
const ANSWER = `<?xml version="1.0" encoding="UTF-8"?>
<S:Envelope xmlns:S="${SOAP}" xmlns:x="http://www.w3.org/2001/XMLSchema-instance">
  <S:Body>
    <ns2:TransferResponse xmlns:ns2="${T24}" xmlns:o="http://other">
      <status x:type="x:string">SUCCESS</status>
      <amount currency="KES">000123.40</amount>
      <note><![CDATA[5 < 6]]> &amp; more &#x41;</note>
      <empty/><gone x:nil="true"/>
      <item>1</item><item>2</item>
      <o:status>FAKE</o:status>
    </ns2:TransferResponse>
  </S:Body>
</S:Envelope>`;
const read = (text: string): string => writeExactJson(parseXml(text, { [SOAP]: 'soap', [T24]: 't24' }));

test('an answer becomes values: names by the connector’s prefixes, texts as they are, lists where there are several', () => {
  assert.equal(
    read(ANSWER),
    '{"soap:Envelope":{"soap:Body":{"t24:TransferResponse":{"status":"SUCCESS","amount":{"@currency":"KES","#text":"000123.40"},"note":"5 < 6 & more A","empty":"","gone":null,"item":["1","2"],"{http://other}status":"FAKE"}}}}',
  );
});

test('whatever the core calls a namespace, and wherever it says so, it is the same; another is another', () => {
  const expected = read(`<a:Envelope xmlns:a="${SOAP}"><a:Body/></a:Envelope>`);
  assert.equal(read(`<Envelope xmlns="${SOAP}"><Body/></Envelope>`), expected);
  assert.notEqual(read('<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope"><Body/></Envelope>'), expected);
  assert.notEqual(read('<Envelope><Body/></Envelope>'), expected);
});

test('every answer that ends early is refused', () => {
  for (let end = 0; end < ANSWER.length; end++) assert.throws(() => read(ANSWER.slice(0, end)), XmlInvalid, String(end));
});

const DEEP = 65;
for (const [what, text] of [
  ['two roots', '<a/><b/>'],
  ['text behind the root', '<a/>x'],
  ['elements that cross', '<a><b></a></b>'],
  ['an attribute twice', '<a x="1" x="2"/>'],
  ['a prefix that is not bound', '<p:a/>'],
  ['a document type', '<!DOCTYPE a><a/>'],
  ['an entity of its own', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
  ['an entity that is not known', '<a>&x;</a>'],
  ['a bare ampersand', '<a>R & D</a>'],
  ['a control character', '<a>\u0001</a>'],
  ['one as a reference', '<a>&#1;</a>'],
  ['another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?><a/>'],
  ['a page of a gateway', '<html><br><p>Bad gateway</html>'],
  ['too many levels', '<a>'.repeat(DEEP) + '</a>'.repeat(DEEP)],
  ['too many elements', `<a>${'<b/>'.repeat(50_001)}</a>`],
  ['nothing', ''],
] as const)
  test(`no XML: ${what}`, () => assert.throws(() => parseXml(text), XmlInvalid));

test('a list as long as a document may have takes time by its length, not by its square', () => {
  const used = (elements: number): number => {
    const before = process.cpuUsage();
    parseXml(`<a>${'<b/>'.repeat(elements)}</a>`);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  used(5_000);
  const [few, many] = [used(5_000), used(49_000)];
  assert.ok(many < 40 * few + 100_000, `5,000 elements take ${few} µs, 49,000 take ${many}`);
});

test('names that mean something to objects mean nothing here, and no fault quotes what it found', () => {
  const value = parseXml('<__proto__><constructor>1</constructor></__proto__>');
  assert.equal(writeExactJson(value), '{"__proto__":{"constructor":"1"}}');
  assert.equal(({} as Record<string, unknown>)['constructor'], Object);
  assert.throws(
    () => parseXml('<a>canary-secret</b>'),
    (error: unknown) => error instanceof XmlInvalid && !error.message.includes('canary'),
  );
});

test('a value stands in XML as it is, and comes back as it was', () => {
  for (const text of ['a<b>&"\'', '</status><status>SUCCESS', 'line\r\nline\ttab', ']]>', 'é漢😀', '  '])
    assert.equal(
      writeExactJson(parseXml(`<a x="${escapeXml(text)}">${escapeXml(text)}</a>`)),
      writeExactJson({ a: text.trim() === '' ? { '@x': text } : { '@x': text, '#text': text } }),
    );
  for (const text of ['\u0000', '\u001b', '\ud800', '\uffff']) assert.throws(() => escapeXml(text), XmlInvalid);
});
