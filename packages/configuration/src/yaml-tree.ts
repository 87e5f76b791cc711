import { readFile } from 'node:fs/promises';
import { shown } from './mask.ts';
import { ConfigInvalid, type ConfigProblem } from './problem.ts';

/** The parser's usual codes in words. Its own messages are not shown: a text of the file could be in one. */
const YAML_FAULTS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab at the beginning of a line: indent with spaces',
  DUPLICATE_KEY: 'a key that stands there twice',
  MISSING_CHAR: 'a quotation mark or bracket that is not closed, or a missing colon',
  BAD_INDENT: 'a line that is indented too little, or a bracket that is not closed',
  BLOCK_AS_IMPLICIT_KEY: 'a second colon, or a line that is indented too far: put text with a colon into quotes',
  MULTILINE_IMPLICIT_KEY: 'a key without a colon and a space behind it, like `fspId: greenbank`',
  UNEXPECTED_TOKEN: 'a line that is not indented like its neighbours',
  BAD_SCALAR_START: 'text that begins with a special character: put it into quotes',
};

/** What a file says before any of it is checked. */
export type Tree = Readonly<Record<string, unknown>>;

const MAX_FILE_BYTES = 1_048_576;

/** Reads a file of keys with values. @throws ConfigInvalid when it cannot be read, is too large, or is no such YAML. */
export async function readTree(file: string): Promise<Tree> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ConfigInvalid([
      {
        where: file,
        expected: 'a configuration file that can be read',
        found: error.code === 'ENOENT' ? 'no such file' : `an error when reading it (${error.code ?? error.message})`,
        advice: 'Give the path of a file with --config; docs/connect-to-a-hub.md has a complete example.',
      },
    ]);
  });
  if (text.length > MAX_FILE_BYTES) throw new ConfigInvalid([fileProblem(file, 'at most 1 MiB', `${text.length} characters`)]);
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { prettyErrors: true, uniqueKeys: true });
  const first = document.errors[0];
  if (first !== undefined) {
    const at = first.linePos?.[0];
    throw new ConfigInvalid([
      fileProblem(file, 'valid YAML', `${YAML_FAULTS[first.code] ?? first.code}, at line ${at?.line ?? '?'}, column ${at?.col ?? '?'}`),
    ]);
  }
  const tree = resolved(document, file);
  if (tree === null || tree === undefined) return {};
  if (!isTree(tree)) throw new ConfigInvalid([fileProblem(file, 'keys with values, like `fspId: greenbank`', shown('', tree))]);
  return tree;
}

/** Aliases are resolved here: one without an anchor and a few that stand for millions show only now. */
function resolved(document: { toJS(options: { maxAliasCount: number }): unknown }, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 20 });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new ConfigInvalid([fileProblem(file, 'aliases (`*name`) that name an anchor before them, at most 20 of them', error.message)]);
  }
}

/** Whether a value is keys with values, and no list. */
export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What stands in a tree at a path; undefined when nothing does. */
export function valueAt(tree: Tree, segments: readonly string[]): unknown {
  let node: unknown = tree;
  for (const segment of segments) node = isTree(node) && Object.hasOwn(node, segment) ? node[segment] : undefined;
  return node;
}

function fileProblem(file: string, expected: string, found: string): ConfigProblem {
  return { where: file, expected, found, advice: 'Correct the file; docs/configuration.md lists every key.' };
}
