import type { ShownException, ShownExceptionDetail } from '@payment-manager/management-api/types';
import { Link } from '@tanstack/react-router';
import { type ReactElement, useEffect, useRef } from 'react';
import { problemOf } from '../../api/problem.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Asked } from '../../components/states.tsx';
import { useTexts } from '../../text/catalogue.ts';
import { useExceptionWords } from '../../text/exceptions/exception-words.ts';
import { useFormats } from '../../text/formats.ts';
import { ActPanel } from './act-panel.tsx';
import { CarePanel } from './care-panel.tsx';
import { isDecision } from './effects.ts';
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
        <button type="button" className={styles['plain']} onClick={close}>
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
        <p className={styles['quiet']}>{texts.unknownPayment}</p>
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
      <ActPanel detail={detail} fourEyes={needsTwo} />
      <CarePanel id={detail.payment.id} care={detail.care} />
    </>
  );
}

/** Each reason for which it needs a person. */
function Why({ rows }: { readonly rows: readonly ShownException[] }): ReactElement {
  const texts = useTexts(EXCEPTIONS);
  const explained = useExceptionWords();
  const { exactly } = useFormats();
  if (rows.length === 0)
    return (
      <section className={styles['why']} data-over="true">
        <h2>{texts.over}</h2>
        <p>{texts.overHelp}</p>
      </section>
    );
  return (
    <>
      {rows.map(({ code, reason, since }) => {
        const { title, meaning, advice } = explained(code);
        return (
          <section key={code} className={styles['why']}>
            <h2>{title}</h2>
            <p>{meaning}</p>
            <p className={styles['advice']}>
              <Icon name="right" size={15} />
              <span>{advice}</span>
            </p>
            <p className={styles['small']}>
              {texts.waitsSince} {exactly(since)}
            </p>
            <p className={styles['small']}>
              {texts.reason}: <span lang="en">{reason}</span> <code>{code}</code>
            </p>
          </section>
        );
      })}
    </>
  );
}
