import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Other work on this machine. */
export interface OtherWork {
  readonly children: readonly ChildProcess[];
  stop(): void;
}

/** Starts a program that takes a core, and one that writes to the disk without pause. They end with this process, too, however it ends. */
export function startLoad(say: (line: string) => void): OtherWork {
  const children = (['core', 'disk'] as const).map((what) =>
    spawn(process.execPath, [fileURLToPath(new URL('./test-load.main.ts', import.meta.url)), what], {
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
  );
  say('Meanwhile one program takes a core, and another writes to the disk without pause.');
  return {
    children,
    stop: () => {
      for (const child of children) child.kill('SIGKILL');
    },
  };
}
