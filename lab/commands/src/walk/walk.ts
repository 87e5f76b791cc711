import { type Command, CommandFailed, EXIT_CODES } from '@payment-manager/payment-manager';
import { root, shown } from '../architecture/section.ts';
import { followProcess } from './follower.ts';
import { OCCASIONS, type Occasion, pause, startFollowed } from './occasions.ts';
import { type Walked, walkText } from './walk-text.ts';

/** `./pm walk payer|payee|renewal`: the files of the product in the order in which they act in one payment, or in one renewal. */
export const walk: Command = async ([name], options, terminal) => {
  const occasion = OCCASIONS.find((one) => one === name);
  if (occasion === undefined) throw new CommandFailed(EXIT_CODES.usage, `Say which: ./pm walk ${OCCASIONS.join('|')}`);
  return shown(walkText(await walked(occasion)), `./pm walk ${occasion}`, options, terminal);
};

/** Longer than the pause between two looks at the Connection Manager: what happens meanwhile happens at rest. */
const REST_MS = 12_000;

/**
 * Follows it in a real process of the product. Three times it happens: once so that connections are open and code is compiled; once to learn
 * which functions are entered (V8’s precise coverage); and once to learn in which order, with a breakpoint at the beginning of each. What is entered
 * as well while nothing happens (timers, logs of them) says nothing about it, and is left out.
 */
export async function walked(occasion: Occasion): Promise<Walked> {
  const scheme = await startFollowed(occasion);
  try {
    await scheme.happen();
    const follower = await followProcess(scheme.door, new URL('file:///').href.slice(0, -1) + root);
    const atRest = await follower.entered(() => pause(REST_MS));
    const during = await follower.entered(scheme.happen);
    const own = new Set([...during].filter((key) => !atRest.has(key)));
    const hits = await follower.follow(own, scheme.happen);
    const files = new Set(hits.map((hit) => (hit.kind === 'file' ? hit.file : '')));
    const shared = new Set([...during].map((key) => key.replace(/:\d+-\d+$/, '').slice(`file://${root}`.length)));
    return { hits, atRest: [...shared].filter((file) => !files.has(file)) };
  } finally {
    await scheme.stop();
  }
}
