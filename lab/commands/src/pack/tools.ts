import { execFile } from 'node:child_process';
import { CommandFailed, EXIT_CODES } from '@payment-manager/payment-manager';

/** What a program prints. @throws CommandFailed with what it complained about */
export function runTool(program: string, args: readonly string[], folder: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, [...args], { cwd: folder, maxBuffer: 16_777_216 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new CommandFailed(EXIT_CODES.unavailable, `${program} ${args[0]} failed: ${stderr.trim() || error.message}`));
    });
  });
}

/** The commit that is packed, with `-dirty` where files differ from it; undefined outside a git checkout. */
export async function commitOf(root: string): Promise<string | undefined> {
  try {
    return (await runTool('git', ['describe', '--always', '--dirty', '--exclude', '*'], root)).trim();
  } catch {
    return undefined;
  }
}
