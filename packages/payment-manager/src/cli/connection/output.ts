import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CommandOptions } from '../commands.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { style, type Terminal } from '../terminal.ts';

/** Writes what may be given away to `--out FILE`, or prints it. Nothing that is there is overwritten. `mode`: who may read the file. */
export async function writeOut(text: string, options: CommandOptions, terminal: Terminal, mode = 0o666): Promise<number> {
  const { out } = options;
  if (typeof out !== 'string') {
    terminal.out(text.trimEnd());
    return EXIT_CODES.ok;
  }
  const file = resolve(terminal.workingFolder, out);
  try {
    await writeFile(file, `${text.trimEnd()}\n`, { flag: 'wx', mode });
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new CommandFailed(
      EXIT_CODES.failed,
      code === 'EEXIST' ? `${file} exists already. Choose another name.` : `${file} cannot be written (${code}).`,
    );
  }
  terminal.out(style.good(`Written: ${file}`));
  return EXIT_CODES.ok;
}
