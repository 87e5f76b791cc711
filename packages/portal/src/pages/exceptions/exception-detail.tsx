import type { ShownException, ShownExceptionDetail } from '@payment-manager/management-api/types';
import { Link } from '@tanstack/react-router';
import { type ReactElement, useEffect, useRef } from 'react';
import { problemOf } from '../../api/problem.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { isDecision } from '../../components/effects.ts';
import { Icon } from '../../components/icon.tsx';
import { PaymentActs } from '../../components/payment-acts.tsx';
import { Asked } from '../../components/states.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useExceptionWords } from '../../text/exceptions/exception-words.ts';
import { useFormats } from '../../text/formats.ts';
import { CarePanel } from './care-panel.tsx';
import styles from './exceptions.module.css';
import { EXCEPTIONS } from './exceptions-texts.ts';
import { FactsPanel } from './facts-panel.tsx';
import { useChoose, useException } from './use-exceptions.ts';
import { WishPanel } from './wish-panel.tsx';

interface ExceptionDetailProps {
  readonly id: string;
  readonly flow: string | undefined;
  /** Why it is in the list; none: it is there no more. */
  readonly rows: readonly ShownException[];
  readonly fourEyes: boolean;
}

/** One of them, beside the list: why it needs a person, the money, and what may be done. */
export function ExceptionDetail({ id, flow, rows, fourEyes }: ExceptionDetailProps): ReactElement {
  const texts = useTexts(EXCEPTIONS);
  const choose = useChoose();
  const query = useException(id, flow === 'payer' || flow === 'payee' ? flow : undefined);
  const place = useRef<HTMLElement>(null);
  useEffect(() => place.current?.focus({ preventScroll: true }), []);
  const isNoPayment = query.isError && problemOf(query.error).status === 404;
  const close = (): void => choose({ open: undefined, flow: undefined });
  return (
    <aside ref={place} tabIndex={-1} className={styles['detail']} aria-label={texts.facts}>
      <header className={styles['detailHead']}>
        <button type="button" className={`${shapes['bare']} ${styles['plain']}`} onClick={close}>
          <Icon name="cross" size={15} /> <span data-wide>{texts.closeDetail}</span>
          <span data-narrow>{texts.backToList}</span>
        </button>
        <code>{id}</code>
        <CopyButton text={id} what={id} />
        {rows[0]?.payment !== undefined && (
          <Link to="/payments/$row" params={{ row: String(rows[0].payment.id) }} preload={false}>
            {texts.wholePayment}
          </Link>
        )}
      </header>
      <Why rows={rows} />
      {isNoPayment ? (
        <p className={shapes['quiet']}>{texts.unknownPayment}</p>
      ) : (
        <Asked query={query} permission="exceptions:read">
          {(detail) => <Parts detail={detail} row={rows[0]} fourEyes={fourEyes} />}
        </Asked>
      )}
    </aside>
  );
}

interface PartsProps {
  readonly detail: ShownExceptionDetail;
  readonly row: ShownException | undefined;
  readonly fourEyes: boolean;
}

function Parts({ detail, row, fourEyes }: PartsProps): ReactElement {
  const needsTwo = fourEyes && detail.allowed.some(({ action }) => isDecision(action));
  return (
    <>
      <FactsPanel detail={detail} row={row} />
      {detail.waiting !== undefined && <WishPanel wish={detail.waiting} />}
      <PaymentActs payment={detail.payment} allowed={detail.allowed} fourEyes={needsTwo} changes={['exceptions']} />
      <CarePanel id={detail.payment.id} care={detail.care} />
    </>
  );
}

/** Each reason for which it needs a person. */
function Why({ rows }: { readonly rows: readonly ShownException[] }): ReactElement {
  const texts = useTexts(EXCEPTIONS);
  const explained = useExceptionWords();
  const { instant } = useFormats();
  if (rows.length === 0)
    return (
      <section className={`${shapes['surface']} ${styles['why']}`} data-over="true">
        <h2>{texts.over}</h2>
        <p>{texts.overHelp}</p>
      </section>
    );
  return (
    <>
      {rows.map(({ code, reason, since }) => {
        const { title, meaning, advice } = explained(code);
        return (
          <section key={code} className={`${shapes['surface']} ${styles['why']}`}>
            <h2>{title}</h2>
            <p>{meaning}</p>
            <p className={`${shapes['notice']} ${styles['advice']}`}>
              <Icon name="right" size={15} />
              <span>{advice}</span>
            </p>
            <p className={shapes['small']}>
              {texts.waitsSince} {instant(since)}
            </p>
            <p className={shapes['small']}>
              {texts.reason}: <span lang="en">{reason}</span> <code>{code}</code>
            </p>
          </section>
        );
      })}
    </>
  );
}
