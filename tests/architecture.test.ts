import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import { sectionOf } from '../lab/commands/src/architecture/section.ts';
import { linesOf, treeOf } from '../lab/commands/src/architecture/tree.ts';
import {
  apiShapesBehind,
  bannedCalls,
  bannedWords,
  circlesOfFolders,
  importsOfLab,
  isTest,
  roomOf,
  shape,
  undocumentedExports,
  wrongFolders,
  wrongImports,
  wronglyNamedConstants,
} from './architecture/checks.ts';
import { circlesOfFiles } from './architecture/circles.ts';
import { arrows, builtRoom, longFiles } from './architecture/rooms.ts';
import { folderOf, read, rooms, root, type SourceFile, sources } from './architecture/tree.ts';

const files = sources();
/** The checks themselves spell out what they look for. */
const rest = files.filter(({ path }) => !path.startsWith('tests/architecture'));
const all = (check: (file: SourceFile) => string[]): string[] => rest.flatMap(check);

describe('architecture', () => {
  test('rooms import each other only along the arrows', () => {
    assert.deepEqual(all(wrongImports), []);
  });

  test('nothing that a DFSP runs imports what proves it; its tests may use the sandbox', () => {
    assert.deepEqual(all(importsOfLab), []);
    const lab = rooms().filter((room) => folderOf(room).startsWith('lab/'));
    assert.ok(lab.length >= 5);
    const wished = rooms()
      .filter((room) => !lab.includes(room))
      .flatMap((room) => lab.filter((one) => arrows[room]?.includes(one)).map((one) => `${room} -> ${one}`));
    assert.deepEqual(wished, []);
  });

  test('folders of large rooms import each other only along the arrows, which lead in no circle', () => {
    assert.deepEqual(all(wrongFolders), []);
    assert.deepEqual(circlesOfFolders(), []);
  });

  test('no files import each other in a circle, not even for types', () => {
    assert.deepEqual(circlesOfFiles(files), []);
  });

  test('stored events of the payer and the payee are typed by the flows themselves: no shape of an API is behind them', () => {
    const flows = ['payer', 'payee'].map((flow) => `packages/mojaloop-connector/src/${flow}/events.ts`);
    assert.deepEqual(
      flows.flatMap((events) => apiShapesBehind(events, read)),
      [],
    );
  });

  test('every room is in the table of arrows, and every room of the table exists', () => {
    assert.deepEqual(rooms(), Object.keys(arrows).sort());
  });

  test('what a room imports is in its package.json', () => {
    const wrong = rooms().flatMap((room) => {
      type Packages = Record<string, string>;
      const description = JSON.parse(read(`${folderOf(room)}/package.json`)) as { dependencies?: Packages; devDependencies?: Packages };
      const { devDependencies = {} } = description;
      const dependencies = room === builtRoom ? devDependencies : (description.dependencies ?? {});
      const texts = rest.filter((file) => roomOf(file.path) === room && !isTest(file.path)).map((file) => file.text);
      // types alone are not there when it runs
      const run = texts.map((text) => text.replaceAll(/^import type .*$/gm, '')).flatMap(packagesOf);
      const typed = texts.flatMap(packagesOf).filter((name) => devDependencies[name] === undefined);
      return [...new Set([...run, ...typed])].filter((name) => dependencies[name] === undefined).map((name) => `${room} imports ${name}`);
    });
    assert.deepEqual(wrong, []);
  });

  test('every door that a package.json opens (`exports`) leads to a file', () => {
    const wrong = rooms().flatMap((room) =>
      missingDoors(read(`${folderOf(room)}/package.json`), (path) => existsSync(`${root}${folderOf(room)}/${path}`)),
    );
    assert.deepEqual(wrong, []);
  });

  test('clocks, timers, randomness and sockets are only in runtime', () => {
    assert.deepEqual(all(bannedCalls), []);
  });

  test('nothing unfinished, no any, no silenced checks', () => {
    assert.deepEqual(all(bannedWords), []);
  });

  test('no file is too long, and names say what is in the file', () => {
    assert.deepEqual(all(shape), []);
  });

  test('the list of long files names only files that are long', () => {
    const stale = Object.keys(longFiles).filter((path) => (rest.find((file) => file.path === path)?.text.split('\n').length ?? 0) <= 351);
    assert.deepEqual(stale, []);
  });

  test('exported functions and classes are documented', () => {
    assert.deepEqual(all(undocumentedExports), []);
  });

  test('ARCHITECTURE.md shows the tree as it is (write it anew with ./pm tree --write)', () => {
    assert.equal(sectionOf(read('ARCHITECTURE.md'), './pm tree'), `\`\`\`\n${treeOf(root)}\`\`\`\n`);
  });

  test('constants are in UPPER_CASE', () => {
    assert.deepEqual(all(wronglyNamedConstants), []);
  });

  test('every room has a page that says what it is for', () => {
    assert.deepEqual(
      rooms().filter((room) => !existsSync(`${root}${folderOf(room)}/README.md`)),
      [],
    );
  });
});

/** The files that `exports` of a package.json names and that are not there. */
function missingDoors(packageJson: string, has: (path: string) => boolean): string[] {
  const { name = '', exports: doors = {} } = JSON.parse(packageJson) as { name?: string; exports?: Record<string, string> };
  return Object.entries(doors)
    .filter(([, path]) => !has(path))
    .map(([door, path]) => `${name}: ${door} leads to ${path}, which is missing`);
}

function packagesOf(text: string): string[] {
  return [...text.matchAll(/^(?:import|export)[^;]*?from '((?:@[^/']+\/)?[^./'][^/']*)[^']*'/gm)]
    .map(([, name = '']) => name)
    .filter((name) => !name.startsWith('node:'));
}

describe('the architecture test can fail', () => {
  test('it sees what a page says of folders, and nothing else', () => {
    const page = '| `a`, `b` | Both. More |\n| `c.ts` | a file |\n- `d/`: last\n- `d/`: again\nthe `e` | text |';
    assert.deepEqual(
      [...linesOf(page)],
      [
        ['a', 'Both. More'],
        ['b', 'Both. More'],
        ['d', 'last'],
      ],
    );
  });

  const file = (path: string, text: string): SourceFile => ({ path, text });

  test('it sees an import against the arrows, static or dynamic', () => {
    assert.equal(wrongImports(file('packages/fspiop/src/a.ts', "import { x } from '@payment-manager/runtime';")).length, 1);
    assert.equal(wrongImports(file('packages/journal/src/a.ts', "await import('@payment-manager/sandbox');")).length, 1);
    assert.equal(wrongImports(file('packages/journal/src/a.ts', "import '../../runtime/src/time.ts';")).length, 1);
    assert.equal(wrongImports(file('packages/journal/src/a.ts', "import { x } from '@payment-manager/runtime/src/time.ts';")).length, 1);
    assert.equal(wrongImports(file('packages/new-room/src/a.ts', '')).length, 1);
    assert.deepEqual(wrongImports(file('packages/journal/src/a.ts', "import { x } from '@payment-manager/runtime';")), []);
    assert.deepEqual(wrongImports(file('packages/journal/src/b/a.ts', "import { x } from '../c.ts';")), []);
  });

  test('it sees what leads from the product into the lab, by name or by path', () => {
    const lead = (path: string, text: string) => importsOfLab(file(path, text)).length;
    assert.equal(lead('packages/journal/src/a.ts', "await import('@payment-manager/simulator');"), 1);
    assert.equal(lead('packages/journal/src/a.test.ts', "import { x } from '@payment-manager/local-scheme';"), 1);
    assert.equal(lead('packages/journal/test/a.ts', "import { x } from '../../../lab/sandbox/src/a.ts';"), 1);
    assert.equal(lead('packages/journal/src/a.ts', "import type { X } from '@payment-manager/sandbox';"), 1);
    assert.equal(lead('packages/journal/src/a.test.ts', "import { x } from '@payment-manager/sandbox';"), 0);
    assert.equal(lead('lab/commands/src/a.ts', "import { x } from '@payment-manager/sandbox';"), 0);
  });

  test('it sees an import against the arrows between folders, and arrows that lead in a circle', () => {
    const payer = (text: string) => wrongFolders(file('packages/mojaloop-connector/src/payer/a.ts', text)).length;
    assert.equal(payer("import { x } from '../hub-api/b.ts';"), 1);
    assert.equal(payer("import { x } from '../connector.ts';"), 1);
    assert.equal(payer("import { x } from '../transfer/b.ts';"), 0);
    assert.equal(wrongFolders(file('packages/mojaloop-connector/src/new-folder/a.ts', '')).length, 1);
    assert.deepEqual(circlesOfFolders({ room: { a: ['b'], b: ['c'], c: ['a'], d: ['a'] } }), ['room: a', 'room: b', 'room: c']);
  });

  test('it sees a circle of files: of two, of more, of types, over a folder, and of one with itself', () => {
    const a = (text: string) => file('packages/journal/src/a.ts', text);
    const b = (text: string) => file('packages/journal/src/c/b.ts', text);
    const circle = ['packages/journal/src/a.ts <-> packages/journal/src/c/b.ts'];
    assert.deepEqual(circlesOfFiles([a("import { x } from './c/b.ts';"), b("import type { X } from '../a.ts';")]), circle);
    assert.deepEqual(circlesOfFiles([a("export type * from './c/b.ts';"), b("const x = await import('../a.ts');")]), circle);
    assert.deepEqual(circlesOfFiles([a("import { x } from './c/b.ts';"), b("// import { x } from '../a.ts';")]), []);
    const [d, e] = [file('lab/bench/src/d.ts', "export * from './e.ts';"), file('lab/bench/src/e.ts', "import './f.ts';")];
    const f = file('lab/bench/src/f.ts', "import type {\n  D,\n} from './d.ts';");
    assert.deepEqual(circlesOfFiles([d, e, f]), ['lab/bench/src/d.ts <-> lab/bench/src/e.ts <-> lab/bench/src/f.ts']);
    assert.deepEqual(circlesOfFiles([d, e]), []);
    assert.equal(circlesOfFiles([a("import { x } from './a.ts';")]).length, 1);
  });

  test('it sees what leads from events to the shape of an API, types included', () => {
    const room = 'packages/mojaloop-connector/src';
    const texts: Readonly<Record<string, string>> = {
      [`${room}/payer/events.ts`]: "import type { A } from '../transfer/a.ts';\nimport type { S } from './state.ts';",
      [`${room}/payer/state.ts`]: "import type { E } from './events.ts';\nimport type { M } from '@payment-manager/fspiop';",
      [`${room}/transfer/a.ts`]: "import type { P } from './payer-door.ts';",
    };
    assert.deepEqual(
      apiShapesBehind(`${room}/payer/events.ts`, (path) => texts[path] ?? ''),
      [`${room}/transfer/a.ts imports ${room}/transfer/payer-door.ts`, `${room}/payer/state.ts imports @payment-manager/fspiop`],
    );
  });

  test('it sees banned calls, but not in comments, tests or runtime', () => {
    for (const call of [
      'Date.now()',
      'new Date()',
      'Math.random()',
      'setTimeout(f, 1)',
      'fetch(url)',
      'crypto.randomUUID()',
      'performance.now()',
    ]) {
      assert.equal(bannedCalls(file('packages/journal/src/a.ts', `const x = ${call};`)).length, 1, call);
      assert.deepEqual(bannedCalls(file('packages/journal/src/a.ts', `// ${call}\n/* ${call} */`)), [], call);
      assert.deepEqual(bannedCalls(file('packages/runtime/src/a.ts', `const x = ${call};`)), [], call);
      assert.deepEqual(bannedCalls(file('packages/journal/src/a.test.ts', `const x = ${call};`)), [], call);
    }
    assert.deepEqual(bannedCalls(file('packages/journal/src/a.ts', 'new Date(row.since).toISOString(); store.fetch(1)')), []);
  });

  test('it sees what nobody may write', () => {
    const written = [
      '// @ts-ignore',
      '// TODO later',
      'const x: any = 1;',
      'f(x as any)',
      '// biome-ignore lint/x/y',
      "import { createServer } from 'node:http';",
    ];
    for (const text of written) {
      assert.equal(bannedWords(file('packages/journal/src/a.ts', text)).length, 1, text);
    }
    assert.deepEqual(
      bannedWords(
        file(
          'packages/journal/src/a.ts',
          "import type { Server } from 'node:http';\n" + '/** takes any port; any of them */ // biome-ignore lint/x/y: measured',
        ),
      ),
      [],
    );
  });

  test('it sees a door that leads nowhere', () => {
    const text = '{"name": "a", "exports": {".": "./src/index.ts", "./b": "./src/b.ts"}}';
    assert.deepEqual(
      missingDoors(text, (path) => path === './src/b.ts'),
      ['a: . leads to ./src/index.ts, which is missing'],
    );
  });

  test('it sees long files, empty names and missing doc comments', () => {
    assert.equal(shape(file('packages/journal/src/a.ts', '\n'.repeat(351))).length, 1);
    assert.equal(shape(file('packages/journal/src/string-utils.ts', '')).length, 1);
    const constants =
      "const everyMs = 5_000;\nconst names = new Set(['a', 'b']);\nconst form = /a[/]b/;\nconst table = {\n  a: 1,\n  b: ['c'],\n} as const;\n";
    assert.equal(wronglyNamedConstants(file('packages/journal/src/a.ts', constants)).length, 4);
    const others =
      'const EVERY_MS = 5_000;\nconst schema = Type.Object({});\nconst twice = (x: number) => 2 * x;\nconst doors = { open: twice };\n';
    assert.deepEqual(wronglyNamedConstants(file('packages/journal/src/a.ts', others)), []);
    assert.equal(undocumentedExports(file('packages/journal/src/a.ts', '\nexport function f() {}')).length, 1);
    assert.deepEqual(undocumentedExports(file('packages/journal/src/a.ts', '/** What it does. */\nexport function f() {}')), []);
  });
});
