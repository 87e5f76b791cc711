import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { CommandOptions } from '../commands.ts';
import { connector } from './connector.ts';

const TUTORIAL = join(import.meta.dirname, '../../../../../docs/connectors/tutorial.md');

/** What a reader does, in the order of the page: files are written, changed and deleted, commands are run. */
type Deed =
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'change'; readonly path: string; readonly from: string; readonly to: string }
  | { readonly kind: 'empty'; readonly path: string }
  | { readonly kind: 'command'; readonly command: string; readonly output: string };

function deedsOf(page: string): readonly Deed[] {
  const pattern =
    /<!-- file: (\S+) -->\n```\w+\n([\s\S]*?)```|<!-- change: (\S+): (.+?) -> (.+?) -->|<!-- empty: (\S+) -->|```console\n\$ (.+)\n([\s\S]*?)```/g;
  return [...page.matchAll(pattern)].map(([, file, text = '', changed, from = '', to = '', empty, command = '', output = '']): Deed => {
    if (file !== undefined) return { kind: 'file', path: file, text };
    if (changed !== undefined) return { kind: 'change', path: changed, from, to };
    return empty !== undefined ? { kind: 'empty', path: empty } : { kind: 'command', command, output };
  });
}

/** `--name value` of a command, and its arguments. */
function read(command: string): { readonly args: readonly string[]; readonly options: CommandOptions } {
  const [, , ...words] = command.split(' ');
  const args: string[] = [];
  const options: Record<string, string> = {};
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (word.startsWith('--')) options[word.slice(2)] = words[++at] ?? '';
    else args.push(word);
  }
  return { args, options };
}

/** Whatever was said, with the page's lines in their order; `...` stands for any lines, and times are never the same. */
function assertSaid(said: string, shown: string, command: string): void {
  const timeless = (text: string): string => text.replaceAll(/\d+\.\d s\./g, '# s.').trim();
  const parts = timeless(shown)
    .split(/^\.\.\.\n/m)
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  assert.match(timeless(said), new RegExp(`^${parts.join('(?:.*\\n)*')}$`), command);
}

test('docs/connectors/tutorial.md: every file and every command, with its output', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tutorial-'));
  const deeds = deedsOf(await readFile(TUTORIAL, 'utf8'));
  assert.ok(deeds.filter(({ kind }) => kind === 'command').length >= 6);
  for (const deed of deeds) {
    if (deed.kind === 'command') {
      const { args, options } = read(deed.command);
      const lines: string[] = [];
      const terminal = {
        out: (line: string) => lines.push(line),
        err: () => {},
        workingFolder: folder,
        environment: {},
        interactive: false,
      };
      await connector(args, options, terminal);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a terminal
      assertSaid(lines.join('\n').replaceAll(/\u001b\[\d+m/g, ''), deed.output, deed.command);
      continue;
    }
    const path = join(folder, deed.path);
    if (deed.kind === 'empty') await rm(path, { recursive: true });
    await mkdir(deed.kind === 'empty' ? path : dirname(path), { recursive: true });
    if (deed.kind === 'file') await writeFile(path, deed.text);
    if (deed.kind !== 'change') continue;
    const before = await readFile(path, 'utf8');
    assert.ok(before.includes(deed.from), deed.from);
    await writeFile(path, before.replace(deed.from, deed.to));
  }
  await rm(folder, { recursive: true });
});
