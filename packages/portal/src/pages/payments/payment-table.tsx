import { Button } from '@mantine/core';
import type { ShownPayment } from '@payment-manager/management-api/types';
import { Link } from '@tanstack/react-router';
import { type ReactElement, useEffect, useRef } from 'react';
import { now } from '../../browser/page-clock.ts';
import { useIsNarrow } from '../../browser/use-is-narrow.ts';
import { Icon } from '../../components/icon.tsx';
import { PaymentState } from '../../components/payment-state.tsx';
import { useRowWindow } from '../../components/row-window.ts';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { usePaymentWords } from '../../text/payment/payment-words.ts';
import { type Column, Person, tracksOf, useColumns } from './columns.tsx';
import styles from './payment-table.module.css';
import { PAYMENTS } from './payments-texts.ts';
import type { PaymentList } from './use-payment-list.ts';

const ROW_PX = 40;
const CARD_PX = 62;
/** Before the last row that is drawn, so much that the next page is there in time. */
const AHEAD = 15;

interface PaymentTableProps {
  readonly list: PaymentList;
  /** Somebody looks at rows that must not move. */
  readonly hold: (held: boolean) => void;
}

/** Rows of any number: those in sight are drawn, and no more. */
export function PaymentTable({ list, hold }: PaymentTableProps): ReactElement {
  const texts = useTexts(PAYMENTS);
  const { count: written } = useFormats();
  const narrow = useIsNarrow();
  const columns = useColumns();
  const scroll = useRef<HTMLElement>(null);
  const pointed = useRef(false);
  const { rows, waiting, more } = list;
  const { indexes, startOf, heightPx } = useRowWindow(scroll, rows.length, narrow ? CARD_PX : ROW_PX);
  const lastDrawn = indexes.at(-1) ?? 0;
  const wantsMore = lastDrawn >= rows.length - AHEAD && list.searchedBackTo === undefined;
  useEffect(() => {
    if (wantsMore) more?.();
  }, [wantsMore, more]);
  const look = (): void => hold(pointed.current || (scroll.current?.scrollTop ?? 0) > ROW_PX);
  const point = (inside: boolean): void => {
    pointed.current = inside;
    look();
  };
  const { tracks, least } = tracksOf(columns);
  return (
    <div className={`${shapes['surface']} ${styles['frame']}`} onPointerEnter={() => point(true)} onPointerLeave={() => point(false)}>
      {waiting !== 0 && (
        <button
          type="button"
          className={`${shapes['fresh']} ${styles['waiting']}`}
          onClick={() => {
            list.showWaiting();
            scroll.current?.scrollTo({ top: 0 });
          }}
        >
          {waiting === 'many' ? texts.manyFresh : texts.fresh(written(waiting))}
        </button>
      )}
      <section
        ref={scroll}
        className={shapes['rows']}
        aria-label={texts.table}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the keyboard
        tabIndex={0}
        style={{ '--columns': tracks, '--least': narrow ? '0' : least } as React.CSSProperties}
        onScroll={look}
      >
        <div role="table" aria-label={texts.table} aria-rowcount={list.more === undefined ? rows.length + 1 : -1}>
          {!narrow && <Head columns={columns} />}
          <div role="rowgroup" className={styles['body']} style={{ height: heightPx }}>
            {indexes.map((index) => {
              const payment = rows[index];
              if (payment === undefined) return null;
              const placed = { payment, index, start: startOf(index) };
              return narrow ? <Card key={payment.id} {...placed} /> : <Row key={payment.id} {...placed} columns={columns} />;
            })}
          </div>
        </div>
        <Foot list={list} />
      </section>
    </div>
  );
}

function Head({ columns }: { readonly columns: readonly Column[] }): ReactElement {
  const texts = useTexts(PAYMENTS);
  return (
    <div role="rowgroup">
      <div role="row" aria-rowindex={1} className={styles['head']}>
        <span role="columnheader">
          <span className="visually-hidden">{texts.direction}</span>
        </span>
        {columns.map(({ name, number }) => (
          <span key={name} role="columnheader" data-number={number}>
            {texts.column[name]}
          </span>
        ))}
      </div>
    </div>
  );
}

interface RowProps {
  readonly payment: ShownPayment;
  readonly start: number;
  readonly index: number;
}

function Row({ payment, start, index, columns }: RowProps & { readonly columns: readonly Column[] }): ReactElement {
  const formats = useFormats();
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={`${shapes['row']} ${styles['row']}`}
      data-attention={payment.attention[0]?.level}
      style={{ transform: `translateY(${start}px)` }}
    >
      <span role="cell">
        <OpenLink payment={payment} />
      </span>
      {columns.map(({ name, number, cell }) => (
        <span key={name} role="cell" data-number={number}>
          {cell(payment, formats, now())}
        </span>
      ))}
    </div>
  );
}

function Card({ payment, start, index }: RowProps): ReactElement {
  const { amount, moment } = useFormats();
  const { direction, payer, payee, startedAt, peer } = payment;
  return (
    <div
      role="row"
      aria-rowindex={index + 1}
      className={`${shapes['row']} ${styles['row']} ${styles['card']}`}
      data-attention={payment.attention[0]?.level}
      style={{ transform: `translateY(${start}px)` }}
    >
      <span role="cell" data-part="who">
        <OpenLink payment={payment} /> <Person party={direction === 'out' ? payee : payer} />
      </span>
      <span role="cell" data-part="amount">
        {payment.amount === undefined ? '' : amount(payment.amount, payment.currency)}
      </span>
      <span role="cell" data-part="when">
        {moment(startedAt, now())} · {peer}
      </span>
      <span role="cell" data-part="state">
        <PaymentState payment={payment} />
      </span>
    </div>
  );
}

function OpenLink({ payment: { id, direction, transferId } }: { readonly payment: ShownPayment }): ReactElement {
  const texts = useTexts(PAYMENTS);
  const { directions } = usePaymentWords();
  return (
    <Link
      to="/payments/$row"
      params={{ row: String(id) }}
      preload={false}
      className={styles['direction']}
      data-direction={direction}
      aria-label={`${directions[direction]}. ${texts.open(transferId ?? String(id))}`}
    >
      <Icon name={direction} size={15} />
    </Link>
  );
}

function Foot({ list }: { readonly list: PaymentList }): ReactElement {
  const texts = useTexts(PAYMENTS);
  const { instant, count } = useFormats();
  const { searchedBackTo, more, loadingMore, rows } = list;
  return (
    <div className={styles['foot']} role="status">
      {loadingMore && texts.more}
      {!loadingMore && searchedBackTo !== undefined && (
        <>
          {texts.searchedBackTo(instant(searchedBackTo))}
          <Button variant="default" onClick={more}>
            {texts.goOn}
          </Button>
        </>
      )}
      {!loadingMore && searchedBackTo === undefined && more === undefined && texts.end(count(rows.length))}
    </div>
  );
}
