/** `core` takes a core, `disk` writes to the disk without pause; see `test-load.ts`. Until the process that started it is gone. */
import { fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const parent = process.ppid;
const chunk = Buffer.alloc(1_048_576, 1);
/** Written anew from the beginning. */
const CHUNKS_MOST = 64;

function takeCore(): void {
  for (let n = 0; n < 100_000_000; n++) Math.sqrt(n);
}

function diskWriter(): () => void {
  const name = join(tmpdir(), `pm-test-load-${process.pid}`);
  const file = openSync(name, 'wx', 0o600);
  // Nobody has to remove what has no name.
  rmSync(name);
  let chunks = 0;
  return () => {
    writeSync(file, chunk, 0, chunk.length, (chunks++ % CHUNKS_MOST) * chunk.length);
    fsyncSync(file);
  };
}

const work = process.argv[2] === 'disk' ? diskWriter() : takeCore;
while (process.ppid === parent) work();
