import { printable, style } from '../terminal.ts';
import type { TopHour, TopPart, TopService, TopState, TopTrouble } from './top-state.ts';

/** What is shown, and where. */
export interface TopScreen {
  readonly columns: number;
  readonly rows: number;
  /** How often it looks, seconds; undefined: this once. */
  readonly everySeconds: number | undefined;
  /** Since when nothing answers, and why; undefined: it answers. */
  readonly silent?: { readonly since: number; readonly reason: string };
  /** Other DFSPs of the same sandbox. */
  readonly others?: readonly string[];
}

type Tone = 'good' | 'bad' | 'warn' | 'dim' | 'bold';
/** A line in pieces, each in one tone. */
type Line = readonly (readonly [text: string, tone?: Tone])[];

interface Block {
  readonly title: string;
  readonly lines: readonly Line[];
  /** As many lines are shown whatever else there is. */
  readonly least: number;
}

const FEWEST = 40;

/**
 * The screen, line by line: at most `rows` of at most `columns` characters. What is broken stands first, and gets the room; of what does not fit the number is
 * told. Pure.
 */
export function renderTop(state: TopState, screen: TopScreen): readonly string[] {
  const columns = Math.max(FEWEST, screen.columns);
  const head = [headOf(state, columns), ...silentLines(screen, state.at)];
  const foot = footOf(screen);
  const blocks = [
    wrongBlock(state.wrong, state.at, columns),
    partsBlock(state.parts, columns),
    hourBlock(state.hour),
    servicesBlock(state.services),
    replicasBlock(state.replicas),
  ];
  const room = screen.rows - head.length - 1;
  const body = fitted(
    blocks.filter(({ lines }) => lines.length > 0),
    room,
  );
  return [...head, ...body, foot].map((line) => toned(cut(line, columns)));
}

function headOf({ fspId, environment, ready, wrong, at }: TopState, columns: number): Line {
  const critical = wrong.filter(({ severity, muted }) => severity === 'critical' && !muted).length;
  const says: Line[number] = ready ? [' TAKES PAYMENTS', critical > 0 ? 'warn' : 'good'] : [' TAKES NO PAYMENTS', 'bad'];
  const time = `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  const who = `${printable(fspId)}, ${printable(environment)} `;
  const gap = Math.max(1, columns - who.length - says[0].length - time.length);
  return [[who, 'bold'], says, [' '.repeat(gap)], [time, 'dim']];
}

function silentLines({ silent }: TopScreen, at: number): readonly Line[] {
  if (silent === undefined) return [];
  return [[[`NO ANSWER for ${age(at - silent.since)}: ${printable(silent.reason)}. Below is what was last known.`, 'bad']]];
}

function footOf({ everySeconds, others = [] }: TopScreen): Line {
  const also = others.length === 0 ? '' : `   also here: ${others.map((one) => `--fsp ${one}`).join(', ')}`;
  return [
    [
      everySeconds === undefined ? `./pm alerts, ./pm exceptions, ./pm doctor${also}` : `q leaves; looks each ${everySeconds} s${also}`,
      'dim',
    ],
  ];
}

function wrongBlock(wrong: readonly TopTrouble[], at: number, columns: number): Block {
  if (wrong.length === 0) return { title: '', lines: [[['Nothing is broken.', 'good']]], least: 1 };
  const codes = Math.min(28, Math.max(...wrong.map(({ code }) => code.length)));
  const lines = wrong.map(({ code, severity, count, since, reason, looks, muted }): Line => {
    const tone = muted ? 'dim' : severity === 'critical' ? 'bad' : 'warn';
    const who = muted ? 'muted' : looks === undefined ? 'nobody' : printable(looks.replace(/^\w+:/, ''));
    return [
      [(severity === 'critical' ? 'CRIT' : 'warn').padEnd(5), tone],
      [age(at - since).padStart(6)],
      [` ${code.slice(0, codes).padEnd(codes)}`, tone],
      [count > 1 ? ` x${count}`.padEnd(5) : '     '],
      [` ${who.slice(0, 9).padEnd(9)} `, looks === undefined && !muted ? 'bold' : 'dim'],
      [printable(reason).slice(0, columns)],
    ];
  });
  return { title: `WRONG${'for'.padStart(6)} ${'what'.padEnd(codes + 5)} looks`, lines, least: 3 };
}

function partsBlock(parts: readonly TopPart[], columns: number): Block {
  const broken = parts.filter(({ ok }) => !ok);
  const well = parts.filter(({ ok }) => ok);
  const half = Math.floor(columns / 2);
  const shown = ({ part, detail }: TopPart): string => `${part}: ${printable(detail)}`;
  const pairs = Array.from({ length: Math.ceil(well.length / 2) }, (_, at): Line => {
    const [left, right] = [well[2 * at], well[2 * at + 1]];
    const text = (one: TopPart): string => shown(one).slice(0, half - 5);
    return [
      ...(left === undefined ? [] : ([['ok ', 'good'], [text(left).padEnd(half - 3)]] as const)),
      ...(right === undefined ? [] : ([['ok ', 'good'], [text(right)]] as const)),
    ];
  });
  return { title: 'PARTS', lines: [...broken.map((one): Line => [['BROKEN ', 'bad'], [shown(one)]]), ...pairs], least: broken.length + 1 };
}

function hourBlock(hour: TopHour | undefined): Block {
  if (hour === undefined) return { title: '', lines: [], least: 0 };
  const { begun, completed, failed, moved } = hour;
  const ended = completed + failed;
  const share = ended === 0 ? '' : ` (${Math.floor((completed * 100) / ended)} % of what ended)`;
  const sums = moved.map(({ direction, currency, sum }) => `${direction === 'in' ? 'received' : 'sent'} ${sum} ${currency}`).join(', ');
  return {
    title: 'PAYMENTS OF THE LAST HOUR',
    lines: [
      [[`${begun} begun, ${completed} completed${share}, `], [`${failed} failed`, failed > 0 ? 'warn' : 'dim']],
      ...(sums === '' ? [] : [[[sums, 'dim']] as Line]),
    ],
    least: 1,
  };
}

function servicesBlock(services: readonly TopService[] | undefined): Block {
  if (services === undefined || services.length === 0) return { title: '', lines: [], least: 0 };
  const lines = services.map(({ direction, service, perSecond, failedPercent, p50, p95, p99 }): Line => {
    const figures = [perSecond.toFixed(1), `${Math.round(p50)}`, `${Math.round(p95)}`, `${Math.round(p99)}`]
      .map((one) => one.padStart(8))
      .join('');
    return [
      [`${direction} ${service}`.slice(0, 30).padEnd(30)],
      [figures],
      [`${failedPercent.toFixed(1)} %`.padStart(9), failedPercent >= 5 ? 'bad' : 'dim'],
    ];
  });
  const heads = ['/s', 'p50 ms', 'p95', 'p99'].map((one) => one.padStart(8)).join('');
  return { title: `${'SERVICES, LAST MINUTES'.padEnd(30)}${heads}${'failed'.padStart(9)}`, lines, least: 2 };
}

function replicasBlock(replicas: TopState['replicas']): Block {
  if (replicas === undefined || replicas.length < 2) return { title: '', lines: [], least: 0 };
  const tones = { ok: 'good', warn: 'warn', down: 'bad' } as const;
  return {
    title: 'PROCESSES',
    lines: replicas.map(({ replica, state }): Line => [[state.padEnd(5), tones[state]], [printable(replica)]]),
    least: 1,
  };
}

/** The blocks in as much room as there is: each what it has to show, then the first ones more. */
function fitted(blocks: readonly Block[], room: number): readonly Line[] {
  const titles = blocks.filter(({ title }) => title !== '').length;
  const shown = blocks.map(({ lines, least }) => Math.min(lines.length, least));
  let left = room - titles - shown.reduce((sum, one) => sum + one, 0);
  for (const [at, { lines }] of blocks.entries()) {
    const more = Math.max(0, Math.min(left, lines.length - (shown[at] ?? 0)));
    shown[at] = (shown[at] ?? 0) + more;
    left -= more;
  }
  const whole = blocks.flatMap(({ title, lines }, at): readonly Line[] => {
    const count = shown[at] ?? 0;
    const hidden = lines.length - count;
    // one line alone says more than that there are others
    const some =
      hidden === 0 || count < 2 ? lines.slice(0, count) : [...lines.slice(0, count - 1), [[`… and ${hidden + 1} more`, 'dim']] as Line];
    return [...(title === '' ? [] : [[[title, 'bold']] as Line]), ...some];
  });
  return whole.slice(0, Math.max(0, room));
}

/** `45 s`, `12 min`, `3 h`, `2 d` */
function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

function cut(line: Line, columns: number): Line {
  let left = columns;
  return line.map(([text, tone]) => {
    const letters = [...text];
    const kept = letters.length <= left ? text : `${letters.slice(0, Math.max(0, left - 1)).join('')}${left > 0 ? '…' : ''}`;
    left -= Math.min(letters.length, left);
    return tone === undefined ? [kept] : [kept, tone];
  });
}

function toned(line: Line): string {
  return line
    .map(([text, tone]) => (tone === undefined || text === '' ? text : style[tone](text)))
    .join('')
    .trimEnd();
}
