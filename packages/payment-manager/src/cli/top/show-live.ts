import { stdin, stdout } from 'node:process';
import type { Timer, Timers } from '@payment-manager/runtime';

export interface LiveScreen {
  readonly everyMs: number;
  readonly timers: Pick<Timers, 'after'>;
  /** The screen as it is now, in a terminal of this size. */
  draw(size: { readonly columns: number; readonly rows: number }): readonly string[];
  /** Looks anew. Never rejects. */
  refresh(): Promise<void>;
}

const OTHER_SCREEN = '\u001b[?1049h\u001b[?25l';
const OWN_SCREEN = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const REST_OF_LINE = '\u001b[K';
const REST_OF_SCREEN = '\u001b[J';
/** `q`, Ctrl-C, Ctrl-D, and the escape key. */
const LEAVES = new Set(['q', 'Q', '\u0003', '\u0004', '\u001b']);

/** Shows a screen on a terminal until somebody leaves; the terminal is as before then, whatever happens. */
export async function showLive({ everyMs, timers, draw, refresh }: LiveScreen): Promise<void> {
  const left = Promise.withResolvers<void>();
  let timer: Timer | undefined;
  let isOver = false;
  const show = (): void => {
    const lines = draw({ columns: stdout.columns, rows: stdout.rows });
    stdout.write(`${HOME}${lines.map((line) => line + REST_OF_LINE).join('\r\n')}${REST_OF_SCREEN}`);
  };
  const later = (): void => {
    timer = timers.after(everyMs, () => {
      void refresh().then(() => {
        if (isOver) return;
        show();
        later();
      });
    });
  };
  const pressed = (key: Buffer): void => {
    if (LEAVES.has(key.toString('utf8'))) left.resolve();
  };
  const leave = (): void => left.resolve();
  stdin.setRawMode(true);
  stdin.resume().on('data', pressed);
  stdout.on('resize', show);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, leave);
  stdout.write(OTHER_SCREEN);
  try {
    show();
    later();
    await left.promise;
  } finally {
    isOver = true;
    timer?.cancel();
    stdin.off('data', pressed).pause();
    stdin.setRawMode(false);
    stdout.off('resize', show);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, leave);
    stdout.write(OWN_SCREEN);
  }
}
