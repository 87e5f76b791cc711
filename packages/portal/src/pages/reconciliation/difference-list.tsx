import { Button } from '@mantine/core';
import type { KeptDifference, ResolvedDifference, ShownDay } from '@payment-manager/management-api/types';
import { Link } from '@tanstack/react-router';
import { type ReactElement, useState } from 'react';
import { Mark } from '../../components/mark.tsx';
import { Panel } from '../../components/panel.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { usePaymentWords } from '../../text/payment/payment-words.ts';
import { kindOf, refKey, resolvedOf } from './kinds.ts';
import styles from './reconciliation.module.css';
import { RECONCILIATION } from './reconciliation-texts.ts';
import { ResolveDialog } from './resolve-dialog.tsx';
import type { ReconciliationTexts } from './texts/en.ts';
import { useChoose } from './use-reconciliation.ts';

const SHOWN = 100;
/** As many as are recorded at once. */
const PICKED_MAX = 100;
/** What nobody here knows has no page of its own. */
const STRANGERS: ReadonlySet<string> = new Set(['UNKNOWN_TO_US', 'HUB_UNKNOWN_TO_US']);

interface DifferenceListProps {
  readonly day: ShownDay;
  readonly kind: string | undefined;
  readonly all: boolean;
  readonly mayRun: boolean;
}

/** Each difference: what every side says, what to do, and whether somebody has put it right. */
export function DifferenceList({ day, kind, all, mayRun }: DifferenceListProps): ReactElement {
  const texts = useTexts(RECONCILIATION);
  const { count } = useFormats();
  const choose = useChoose();
  const [picked, pick] = useState<ReadonlySet<string>>(new Set());
  const [putRight, setPutRight] = useState<readonly KeptDifference[]>();
  const resolved = resolvedOf(day);
  const found = day.differences.filter((one) => kind === undefined || kindOf(one) === kind);
  const shown = all ? found : found.slice(0, SHOWN);
  const left = shown.filter((one) => !resolved.has(refKey(one)));
  const chosen = left.filter((one) => picked.has(refKey(one)));
  const mayPick = mayRun && day.closed === undefined && left.length > 0;
  const toggle = (key: string): void => {
    const next = new Set(picked);
    if (!next.delete(key) && next.size < PICKED_MAX) next.add(key);
    pick(next);
  };
  const rest = kind === undefined ? day.differencesInAll : found.length;
  return (
    <Panel
      title={texts.differences}
      flush
      {...(chosen.length > 0 && {
        aside: (
          <Button size="xs" onClick={() => setPutRight(chosen)}>
            {texts.resolve.button(count(chosen.length))}
          </Button>
        ),
      })}
    >
      {found.length === 0 && <p className={styles['padded']}>{day.differencesInAll === 0 ? texts.allAgree : texts.noneOfKind}</p>}
      {mayPick && (
        <label className={`${shapes['listHead']} ${styles['pickAll']}`}>
          <input
            type="checkbox"
            className={shapes['tick']}
            checked={chosen.length > 0 && chosen.length === Math.min(left.length, PICKED_MAX)}
            onChange={() => pick(chosen.length > 0 ? new Set() : new Set(left.slice(0, PICKED_MAX).map(refKey)))}
          />
          {texts.chooseAll}
        </label>
      )}
      <ul className={`${shapes['list']} ${styles['differences']}`}>
        {shown.map((one) => {
          const key = refKey(one);
          const done = resolved.get(key);
          return (
            <li key={key} data-done={done !== undefined}>
              {mayPick && (
                <input
                  type="checkbox"
                  className={shapes['tick']}
                  aria-label={texts.choose(one.transferId)}
                  disabled={done !== undefined}
                  checked={picked.has(key) && done === undefined}
                  onChange={() => toggle(key)}
                />
              )}
              <OneDifference one={one} done={done} />
            </li>
          );
        })}
      </ul>
      {shown.length < rest && (
        <p className={styles['padded']}>
          {texts.shown(count(shown.length), count(rest))}{' '}
          {shown.length < found.length && (
            <Button variant="default" size="compact-sm" onClick={() => choose({ all: 'yes' })}>
              {texts.showAll}
            </Button>
          )}
        </p>
      )}
      {putRight !== undefined && (
        <ResolveDialog
          date={day.date}
          some={putRight}
          close={(isDone) => {
            setPutRight(undefined);
            if (isDone) pick(new Set());
          }}
        />
      )}
    </Panel>
  );
}

/** `COMMITTED + RESERVED`, `UNKNOWN, resolved as ABORTED`, in words. */
function inWords(said: string, { words, settledAs }: ReconciliationTexts): string {
  return said
    .replace(/, resolved as ([A-Z]+)/, (_all, as: string) => settledAs(as))
    .replace(/[A-Z_]{4,}/g, (word) => words[word] ?? word)
    .replace(/^-$/, '–');
}

interface OneDifferenceProps {
  readonly one: KeptDifference;
  readonly done: ResolvedDifference | undefined;
}

function OneDifference({ one, done }: OneDifferenceProps): ReactElement {
  const texts = useTexts(RECONCILIATION);
  const { directions } = usePaymentWords();
  const { amount, moment } = useFormats();
  const { transferId, direction, code, hub, journal, core, amount: money, currency } = one;
  const { title, advice } = texts.codes[code];
  const { sides } = texts;
  return (
    <div className={styles['difference']}>
      <div>
        <strong>{title}</strong>
        <p>{advice}</p>
        <p className={`${shapes['small']} ${styles['small']}`}>
          {directions[direction]} ·{' '}
          {STRANGERS.has(code) ? (
            <code>{transferId}</code>
          ) : (
            <Link
              to="/exceptions"
              search={{ open: transferId, flow: direction === 'out' ? 'payer' : 'payee' }}
              preload={false}
              aria-label={texts.open(transferId)}
            >
              <code>{transferId}</code>
            </Link>
          )}
        </p>
        {done !== undefined && (
          <p className={styles['done']}>
            <Mark tone="good">{texts.resolved(done.by.replace(/^\w+:/, ''), moment(done.at, done.at))}</Mark> {done.reason}
          </p>
        )}
      </div>
      <div className={styles['said']}>
        {money !== undefined && <strong>{amount(money, currency)}</strong>}
        <dl>
          {(
            [
              ['hub', hub],
              ['journal', journal],
              ['core', core],
            ] as const
          ).map(([side, word]) => (
            <div key={side}>
              <dt>{sides[side]}</dt>
              <dd>{inWords(word, texts)}</dd>
            </div>
          ))}
        </dl>
      </div>
    </div>
  );
}
