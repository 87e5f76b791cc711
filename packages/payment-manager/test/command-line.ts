import { runCommandLine } from '../src/cli/command-line.ts';
import { productCommands } from '../src/cli/command-list.ts';

/** `./pm ARGS` in this process, from a folder, where nobody can be asked: how it ended, and everything that it printed. */
export async function pmIn(
  workingFolder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  commands = productCommands,
): Promise<{ exitCode: number; text: string }> {
  const lines: string[] = [];
  const print = (line: string): void => void lines.push(line);
  const exitCode = await runCommandLine(args, { out: print, err: print, workingFolder, environment, interactive: false }, commands);
  return { exitCode, text: lines.join('\n') };
}
