import { readFileSync } from 'node:fs';

/**
 * Named places in the product where a crash test may kill the process, e.g. between a commit and the send that it
 * promises. Inert unless armed: `hit` is then an empty function.
 */
export interface Failpoints {
  hit(name: string): void;
}

/** Failpoints that do nothing: the product's default. */
export const noFailpoints: Failpoints = { hit: () => {} };

/**
 * Failpoints as the text `name` or `name:nth` says (the environment variable PM_FAILPOINT in the product): when that
 * name is hit the nth time (default the first), the process dies at once by SIGKILL, as if the plug were pulled.
 * No text gives `noFailpoints`. `@file` arms a process that runs: at each hit the file says what is armed now; while there
 * is none, nothing is. Throws a RangeError when the text is not of that form: a crash test that would test nothing must not
 * pass.
 */
export function failpointsFrom(text: string | undefined, kill: () => void = killThisProcess): Failpoints {
  if (text === undefined || text === '') return noFailpoints;
  if (text.startsWith('@')) return failpointsOfFile(text.slice(1), kill);
  const [armed, nth = '1', ...rest] = text.split(':');
  if (!armed || rest.length > 0 || !/^[1-9]\d{0,8}$/.test(nth)) {
    throw new RangeError(`PM_FAILPOINT must be a name, or name:nth with nth from 1; it is '${text}'`);
  }
  let left = Number(nth);
  return {
    hit(name: string): void {
      if (name === armed && --left === 0) kill();
    },
  };
}

/** It is counted from the first hit after the file was written. */
function failpointsOfFile(file: string, kill: () => void): Failpoints {
  let text = '';
  let armed = noFailpoints;
  return {
    hit(name: string): void {
      const now = textOf(file);
      if (now !== text) armed = failpointsFrom(now, kill);
      text = now;
      armed.hit(name);
    },
  };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function killThisProcess(): void {
  process.kill(process.pid, 'SIGKILL');
}
