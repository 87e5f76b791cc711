import assert from 'node:assert/strict';
import { existsSync, globSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { type LoadedConfig, loadConfig } from '../packages/configuration/src/load.ts';
import { CORE_EXCEPTION_CODES } from '../packages/core-connector/src/record/events.ts';
import { SEND_EXCEPTION_CODES } from '../packages/core-connector/src/send/events.ts';
import { ALARM_ENTRIES, ALARMS_PAGE } from '../packages/deployment/src/alarms/alarms-page.ts';
import { ALERTS_PAGE } from '../packages/deployment/src/prometheus/rules-files.ts';
import { EXCEPTION_CODES } from '../packages/mojaloop-connector/src/transfer/exception-codes.ts';
import { productCommands } from '../packages/payment-manager/src/cli/command-list.ts';
import { ALARM_KINDS } from '../packages/runtime/src/alarms.ts';
import { isTest, withoutComments } from './architecture/checks.ts';
import { brokenCitations, type Library, promisesOf, sectionsOf } from './architecture/citations.ts';
import { read, root, sources } from './architecture/tree.ts';

/** What the product is made of: no tests, and no lab, which nobody operates. */
const product = sources().filter(({ path }) => path.startsWith('packages/') && !isTest(path));
const code = product.map(({ text }) => withoutComments(text)).join('\n');

const unique = (words: Iterable<string>): string[] => [...new Set(words)].sort();

/** Words in backquotes at the beginning of a table's row: `| \`NAME\` | …`. */
const documented = (file: string): string[] => unique([...read(file).matchAll(/^\| `([A-Za-z0-9_]+)` \|/gm)].map(([, name = '']) => name));

/** Metrics are made with their name as the first argument, or with a member `name`. */
const metricsIn = (text: string): string[] =>
  unique([...text.matchAll(/'((?:pm|process|nodejs)_[a-z0-9_]+)'/g)].map(([, name = '']) => name));

/** Codes are members `code` in capitals, the members of unions named `…Code`, and in the flows every word in capitals with an underscore. */
const codesIn = (text: string, flows = ''): string[] =>
  unique([
    ...[...text.matchAll(/\bcode(?: =|:) '([A-Z][A-Z_]+)'/g)].map(([, name = '']) => name),
    ...[...text.matchAll(/export type \w*Code =([^;]+);/g)].flatMap(([, members = '']) => members.match(/(?<=')[A-Z][A-Z_]+(?=')/g) ?? []),
    ...[...flows.matchAll(/'([A-Z]{3,}(?:_[A-Z]+)+)'/g)].map(([, name = '']) => name),
  ]);

/** Where exceptions and alarms come from; the words of stored messages are the scheme's. */
const flows = product
  .filter(({ path }) =>
    /^packages\/(?:engine\/src\/|mojaloop-connector\/src\/(?:(?:transfer(?!\/stored-messages)|payer|payee|hub-api|hub-client|core-client)\/|exceptions\/alarms))/.test(
      path,
    ),
  )
  .map(({ text }) => withoutComments(text))
  .join('\n');

/** The tests that a page cites, as `` `path`: “title”; “title” ``, and that are not there: titles with a parameter are cited by a part without it. */
function citedTestsMissing(page: string, fileOf: (path: string) => string | undefined): string[] {
  return [...page.matchAll(/`([\w./-]+\.ts)`: ((?:“[^”]+”(?:; )?)+)/g)].flatMap(([, path = '', titles = '']) => {
    const text = fileOf(path)?.replaceAll("\\'", "'");
    if (text === undefined) return [`${path} is not there`];
    return [...titles.matchAll(/“([^”]+)”/g)].filter(([, title = '']) => !text.includes(title)).map(([, title]) => `${path}: “${title}”`);
  });
}

/** Rows that a table has twice, by the names in their first cell: `` | `a`, `b` | … ``. */
function rowsTwice(text: string): string[] {
  return text.split(/\n(?!\|)/).flatMap((table) => {
    const names = [...table.matchAll(/^\|((?: ?`[^`|]+`,?)+) ?\|/gm)].flatMap(([, cell = '']) =>
      (cell.match(/`[^`]+`/g) ?? []).map((name) => name.slice(1, -1)),
    );
    return unique(names.filter((name, at) => /[a-z]/.test(name) && names.indexOf(name) !== at));
  });
}

/** What stands between two texts; '' where one of them is not there. */
const between = (text: string, begin: string, end: string): string => text.split(begin)[1]?.split(end)[0] ?? '';

/** The configurations that a page shows, loaded. */
async function examplesLoaded(page: string, variables: Readonly<Record<string, string>> = {}): Promise<readonly LoadedConfig[]> {
  const folder = await mkdtemp(join(tmpdir(), 'pm-documents-'));
  const loaded: LoadedConfig[] = [];
  for (const [, yaml = ''] of read(page).matchAll(/^```yaml\n([\s\S]+?)^```/gm)) {
    await writeFile(join(folder, 'payment-manager.yaml'), yaml);
    loaded.push(await loadConfig('payment-manager.yaml', variables, folder));
  }
  await rm(folder, { recursive: true });
  return loaded;
}

/** Every text of ours that may cite a page. */
const cited = (): string[] =>
  globSync(['*.md', 'docs/**/*.md', 'conformance/*', '{packages,lab,tests}/**/*.{md,ts,mjs,json}'], {
    cwd: root,
    exclude: (path) => /(?:^|\/)node_modules(?:\/|$)/.test(String(path)),
  })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !/^tests\/(?:architecture|documents)/.test(path));

/** Sections as links name them. */
const anchorsOf = (page: string): readonly string[] =>
  [...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );

/** A key, or a group of them. */
const isKey = (keys: ReadonlySet<string>, name: string): boolean => [...keys].some((key) => key === name || key.startsWith(`${name}.`));

const library: Library = {
  has: (path) => existsSync(join(root, path)),
  sections: (page) => new Set((page === 'ARCHITECTURE.md' ? promisesOf : sectionsOf)(read(page))),
};

describe('documents', () => {
  test('each alarm that a rule of Prometheus names is one of the product, and stands', async () => {
    const rules = await read('deploy/prometheus/payment-manager.rules.yaml');
    const named = [...rules.matchAll(/_alarms\{code!?[=~]+"([^"]+)"/g)].flatMap(([, codes = '']) => codes.split('|'));
    const standing = Object.entries(ALARM_KINDS).flatMap(([code, kind]) => (kind === 'stands' ? [code] : []));
    assert.ok(named.length > 15);
    for (const code of named.filter((one) => !one.endsWith('.*'))) assert.ok(standing.includes(code), code);
  });

  test('every metric is in docs/metrics.md, and only those', () => {
    assert.deepEqual(documented('docs/metrics.md'), metricsIn(code));
  });

  test('every error code is in docs/errors.md, and only those', () => {
    assert.deepEqual(documented('docs/errors.md'), codesIn(code, flows));
  });

  test('docs/alarms.md lists every exception as such, and every alarm of docs/errors.md', () => {
    const listed = read('docs/alarms.md').matchAll(/^\| `([A-Z_]+)` \| (exception|stands|once) \|/gm);
    const kinds = new Map([...listed].map(([, name = '', kind = '']) => [name, kind]));
    const exceptions = [...kinds].filter(([, kind]) => kind === 'exception').map(([name]) => name);
    assert.deepEqual(unique(exceptions), unique([...EXCEPTION_CODES, ...CORE_EXCEPTION_CODES, ...SEND_EXCEPTION_CODES]));
    assert.deepEqual(new Map([...kinds].filter(([, kind]) => kind !== 'exception').sort()), new Map(Object.entries(ALARM_KINDS).sort()));
    const errors = read('docs/errors.md');
    const tables = [
      between(errors, '## What needs a person', '\nHow to look'),
      between(errors, 'What it raises alarms for', '\nStarting the control'),
    ];
    const alarms = tables.flatMap((table) => [...table.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name = '']) => name));
    assert.deepEqual(unique(kinds.keys()), unique([...alarms, 'VAULT_ELSEWHERE']));
  });

  test('docs/operations/alarms.md says of every alarm what it means, how to look, and what to do', () => {
    const kinds = Object.fromEntries(Object.entries(ALARM_ENTRIES).map(([code, { kind }]) => [code, kind]));
    assert.deepEqual(new Map(Object.entries(kinds).sort()), new Map(Object.entries(ALARM_KINDS).sort()));
    const page = read(ALARMS_PAGE);
    for (const code of Object.keys(ALARM_KINDS)) {
      const section = between(page, `\n## ${code}\n`, '\n## ');
      assert.match(section, /\n\*(?:stands|once)\*: .{40,}\n\nLook: .{10,}\n\nDo: .{10,}/, code);
    }
  });

  test('commands, keys and metrics that the pages of alarms and alerts name are there', () => {
    const commands = new Set(productCommands.map(({ name }) => name));
    const keys = new Set([...read('docs/configuration.md').matchAll(/^### `([\w.]+)`/gm)].map(([, key = '']) => key));
    const metrics = new Set(documented('docs/metrics.md'));
    const groups = new Set([...keys].map((key) => key.split('.')[0]));
    for (const page of [ALARMS_PAGE, ALERTS_PAGE]) {
      const text = read(page);
      const named = [...text.matchAll(/\.\/pm ([a-z][a-z-]*)/g)].map(([, name = '']) => name);
      const quoted = [...text.matchAll(/`([\w.]+)`/g)].map(([, name = '']) => name);
      const ofKeys = quoted.filter((name) => name.includes('.') && groups.has(name.split('.')[0]));
      const ofMetrics = quoted.filter((name) => name.startsWith('pm_'));
      assert.ok(named.length > 20 && ofKeys.length > 1 && ofMetrics.length > 1, page);
      assert.deepEqual([named.filter((one) => !commands.has(one)), page], [[], page]);
      assert.deepEqual([ofKeys.filter((one) => !isKey(keys, one)), page], [[], page]);
      assert.deepEqual([ofMetrics.filter((one) => !metrics.has(one)), page], [[], page]);
    }
  });

  test('sections to which these pages lead, and to which alerts lead, are there', () => {
    const links = [ALARMS_PAGE, ALERTS_PAGE].flatMap((page) =>
      [...read(page).matchAll(/\]\(([\w./-]*)#([^)]+)\)/g)].map(([, path = '', section = '']) => ({
        page: path === '' ? page : join(dirname(page), path),
        section,
      })),
    );
    const told = [...read('deploy/prometheus/payment-manager.rules.test.yaml').matchAll(/runbook: (\S+)#(\S+)/g)];
    const runbooks = told.map(([, page = '', section = '']) => ({ page, section }));
    assert.ok(links.length > 50 && runbooks.some(({ page }) => page === ALARMS_PAGE) && runbooks.some(({ page }) => page === ALERTS_PAGE));
    assert.deepEqual(
      [...links, ...runbooks].filter(({ page, section }) => !anchorsOf(read(page)).includes(section)),
      [],
    );
  });

  test('the examples of docs/connect-to-a-hub.md are configurations that are right', async () => {
    assert.equal((await examplesLoaded('docs/connect-to-a-hub.md')).length, 2);
  });

  test('so is that of docs/replicas.md', async () => {
    const [loaded] = await examplesLoaded('docs/replicas.md', { PM_JOURNAL_POSTGRES_URL: 'postgres://pm@db.example.org/payments' });
    assert.equal(loaded?.config.journal.store, 'postgres');
  });

  test('links between documents lead somewhere', () => {
    const pages = globSync(['*.md', 'docs/**/*.md', '{packages,lab}/*/**/README.md'], {
      cwd: root,
      exclude: (path) => String(path).includes('node_modules'),
    });
    const broken = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)]
        .filter(([, link = '']) => !existsSync(join(root, dirname(page), link)))
        .map(([, link]) => `${page}: ${link}`),
    );
    assert.deepEqual(broken, []);
  });

  test('no page of a room lists a folder twice', () => {
    const pages = globSync(['ARCHITECTURE.md', '{packages,lab}/*/**/README.md'], {
      cwd: root,
      exclude: (path) => String(path).includes('node_modules'),
    });
    assert.deepEqual(
      pages.flatMap((page) => rowsTwice(read(page)).map((name) => `${page}: ${name}`)),
      [],
    );
  });

  test('each test that a document cites is there', () => {
    const pages = globSync('docs/**/*.md', { cwd: root }).filter((page) => /`: “/.test(read(page)));
    assert.ok(pages.includes('docs/money-rules.md'));
    const fileOf = (path: string) => (existsSync(join(root, path)) ? read(path) : undefined);
    assert.deepEqual(
      pages.flatMap((page) => citedTestsMissing(read(page), fileOf).map((missing) => `${page}: ${missing}`)),
      [],
    );
  });

  test('each rule and page that code, tests and documents cite is there', () => {
    assert.deepEqual(
      cited().flatMap((path) => brokenCitations({ path, text: read(path) }, library)),
      [],
    );
  });

  test('a page whose sections are cited gives each number once, with its anchor', () => {
    for (const page of ['docs/money-rules.md', 'docs/protocol.md']) {
      const headings = [...read(page).matchAll(/^##+ (\d+(?:\.\d+)?)/gm)].map(([, of = '']) => of);
      assert.ok(headings.length >= 10, page);
      assert.deepEqual(sectionsOf(read(page)), headings, page);
      assert.equal(new Set(headings).size, headings.length, page);
    }
    assert.equal(promisesOf(read('ARCHITECTURE.md')).length, 10);
  });

  test('a citation that leads nowhere is seen (the test can fail)', () => {
    const pages: Readonly<Record<string, string>> = {
      'docs/money-rules.md':
        '## 1. Calls <a id="1"></a>\n### 1.2 More <a id="1.2"></a>\n## 3. No anchor\n## 4. Other anchor <a id="5"></a>',
      'docs/protocol.md': '## 12. Signature <a id="12"></a>',
      'ARCHITECTURE.md': '\n## Promises\n1. One.\n',
      'packages/a/src/b/README.md': '',
    };
    const small: Library = {
      has: (path) => pages[path] !== undefined,
      sections: (page) => new Set((page === 'ARCHITECTURE.md' ? promisesOf : sectionsOf)(pages[page] ?? '')),
    };
    const found = (text: string) => brokenCitations({ path: 'packages/a/src/c.ts', text }, small).map((line) => line.split(': ')[1]);
    assert.deepEqual(found('/** (docs/money-rules.md, 1 and 1.2; docs/protocol.md, 12; promise 1); b/README.md, src/b/README.md */'), []);
    assert.deepEqual(found('// as docs/money-rules.md,\n // 3 says; docs/money-rules.md, 1, 4'), [
      'docs/money-rules.md has no section 3',
      'docs/money-rules.md has no section 4',
    ]);
    assert.deepEqual(found('/** fspiop.md 4; promise 2 */'), ['fspiop.md is not in the repository', 'ARCHITECTURE.md has no promise 2']);
    assert.deepEqual(found('/** money-rules 1 */'), ['"money-rules 1" names no page; cite docs/money-rules.md or docs/protocol.md']);
    assert.deepEqual(found('see https://example.org/a.md'), []);
  });

  test('what it looks for can be found (the test can fail)', () => {
    const cited = '`a.test.ts`: “one”; “two”; `b.test.ts`: “three” and `c.test.ts`: “four”';
    const files: Readonly<Record<string, string>> = { 'a.test.ts': "test('one', …)", 'b.test.ts': "test('three', …)" };
    assert.deepEqual(
      citedTestsMissing(cited, (path) => files[path]),
      ['a.test.ts: “two”', 'c.test.ts is not there'],
    );
    assert.deepEqual(rowsTwice('| `a`, `b` | x |\n| `b` | y |\n\n| `a` | z |'), ['b']);
    assert.deepEqual(metricsIn("m.counter('pm_x_total', 'help')"), ['pm_x_total']);
    const text = "readonly code = 'A_B'; f({ code: 'C_D' }); export type TransportCode = 'G_H' | 'I_J';";
    assert.deepEqual(codesIn(text, "raise(late ? 'KKK_L' : 'MMM_N')"), ['A_B', 'C_D', 'G_H', 'I_J', 'KKK_L', 'MMM_N']);
  });
});
