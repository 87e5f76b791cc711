import type { ShownException } from '@payment-manager/management-api/types';
import { Link } from '@tanstack/react-router';
import { type KeyboardEvent, type ReactElement, useRef } from 'react';
import { useIsNarrow } from '../../browser/use-is-narrow.ts';
import type { HeldRow } from '../../components/held-rows.ts';
import { Icon } from '../../components/icon.tsx';
import { useRowWindow } from '../../components/row-window.ts';
import { useNow } from '../../components/use-now.ts';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useExceptionWords } from '../../text/exceptions/exception-words.ts';
import { useFormats } from '../../text/formats.ts';
import { usePaymentWords } from '../../text/payment/payment-words.ts';
import { keyOf, nameOf } from './exception-filter.ts';
import styles from './exceptions.module.css';
import { EXCEPTIONS } from './exceptions-texts.ts';

const ROW_PX = 64;
const CARD_PX = 104;
/** As many as one action takes. */
const PICKED_MAX = 100;

interface ExceptionListProps {
  readonly rows: readonly HeldRow<ShownException>[];
  readonly fresh: number;
  readonly showFresh: () => void;
  readonly picked: ReadonlySet<string>;
  readonly pick: (picked: ReadonlySet<string>) => void;
  /** Flow and id of the one that is open. */
  readonly open: string | undefined;
  /** Somebody's hand is on the rows. */
  readonly hold: (held: boolean) => void;
}

/** Rows of any number, the oldest first; those in sight are drawn. */
export function ExceptionList({ rows, fresh, showFresh, picked, pick, open, hold }: ExceptionListProps): ReactElement {
  const texts = useTexts(EXCEPTIONS);
  const { count } = useFormats();
  const narrow = useIsNarrow();
  const at = useNow();
  const scroll = useRef<HTMLDivElement>(null);
  const hand = useRef({ points: false, focused: false });
  const look = (changed: { readonly points?: boolean; readonly focused?: boolean }): void => {
    hand.current = { ...hand.current, ...changed };
    hold(hand.current.points || hand.current.focused);
  };
  const { indexes, startOf, heightPx } = useRowWindow(scroll, rows.length, narrow ? CARD_PX : ROW_PX);
  const can = rows.filter(({ gone }) => !gone).slice(0, PICKED_MAX);
  const all = can.length > 0 && can.every(({ row }) => picked.has(keyOf(row)));
  const toggle = (key: string): void => {
    const next = new Set(picked);
    if (!next.delete(key) && next.size < PICKED_MAX) next.add(key);
    pick(next);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it watches where the pointer and the focus are
    <div
      className={styles['frame']}
      onPointerEnter={() => look({ points: true })}
      onPointerLeave={() => look({ points: false })}
      onFocus={({ target }) => look({ focused: target.matches(':focus-visible') })}
      onBlur={() => look({ focused: false })}
      onKeyDown={move}
    >
      <div className={`${shapes['listHead']} ${styles['head']}`}>
        <label className={styles['check']}>
          <input
            type="checkbox"
            className={shapes['tick']}
            aria-label={texts.chooseAll}
            checked={all}
            onChange={() => pick(all ? new Set() : new Set(can.map(({ row }) => keyOf(row))))}
          />
        </label>
        <span>{texts.list}</span>
        {fresh > 0 && (
          <button type="button" className={`${shapes['fresh']} ${styles['fresh']}`} onClick={showFresh}>
            {texts.fresh(count(fresh))}
          </button>
        )}
      </div>
      <div ref={scroll} className={shapes['rows']}>
        <ul className={`${shapes['list']} ${styles['rows']}`} style={{ height: heightPx }} aria-label={texts.list}>
          {indexes.map((index) => {
            const held = rows[index];
            if (held === undefined) return null;
            return (
              <li
                key={keyOf(held.row)}
                className={`${shapes['row']} ${styles['row']}`}
                aria-setsize={rows.length}
                aria-posinset={index + 1}
                data-gone={held.gone}
                data-open={open === `${held.row.flow ?? ''} ${held.row.id}`}
                style={{ transform: `translateY(${startOf(index)}px)` }}
              >
                <Row held={held} at={at} picked={picked.has(keyOf(held.row))} toggle={() => toggle(keyOf(held.row))} />
              </li>
            );
          })}
        </ul>
      </div>
    </div>
  );
}

/** Arrows go from row to row. */
function move(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('li a')];
  const at = links.indexOf(event.target as HTMLElement);
  if (at < 0) return;
  event.preventDefault();
  links[at + (event.key === 'ArrowDown' ? 1 : -1)]?.focus();
}

const MINUTE_MS = 60_000;
const wholeMinutes = (ms: number): number => Math.max(1, Math.round(ms / MINUTE_MS)) * MINUTE_MS;

interface RowProps {
  readonly held: HeldRow<ShownException>;
  /** Now. */
  readonly at: number;
  readonly picked: boolean;
  readonly toggle: () => void;
}

function Row({ held: { row, gone }, at, picked, toggle }: RowProps): ReactElement {
  const texts = useTexts(EXCEPTIONS);
  const explained = useExceptionWords();
  const { directions } = usePaymentWords();
  const { amount, duration, exactly, count } = useFormats();
  const { id, flow, code, since, owner, notes, waiting, payment } = row;
  const { title } = explained(code);
  const direction = flow === 'payer' ? 'out' : flow === 'payee' ? 'in' : undefined;
  return (
    <>
      <label className={styles['check']}>
        <input
          type="checkbox"
          className={shapes['tick']}
          aria-label={texts.choose(id)}
          checked={picked}
          disabled={gone}
          onChange={toggle}
        />
      </label>
      <div className={styles['what']}>
        <Link
          to="/exceptions"
          search={(before) => ({ ...before, open: id, ...(flow !== undefined && { flow }) })}
          resetScroll={false}
          preload={false}
          aria-label={texts.open(title, id)}
        >
          {title}
        </Link>
        <p>
          {direction !== undefined && (
            <span className={styles['direction']} data-direction={direction}>
              <Icon name={direction} size={14} /> {directions[direction]}
            </span>
          )}
          {payment !== undefined && <span>{payment.peer}</span>}
          <code>{id}</code>
        </p>
      </div>
      <div className={styles['money']}>
        <strong>{payment?.amount === undefined ? '' : amount(payment.amount, payment.currency)}</strong>
        <small title={exactly(since)}>{gone ? texts.gone : texts.since(duration(wholeMinutes(at - since)))}</small>
      </div>
      <div className={styles['who']}>
        <span data-nobody={owner === undefined}>{owner === undefined ? texts.unowned : texts.ownedBy(nameOf(owner))}</span>
        <small>
          {waiting !== undefined ? texts.waits : notes === 0 ? '' : notes === 1 ? texts.noteOne : texts.notesCount(count(notes))}
        </small>
      </div>
    </>
  );
}
