import type { ReactElement } from 'react';
import { now } from '../../browser/page-clock.ts';
import { Icon, type IconName } from '../../components/icon.tsx';
import { shownState } from '../../components/shown-state.ts';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useExceptionWords } from '../../text/exceptions/exception-words.ts';
import { useFormats } from '../../text/formats.ts';
import { usePaymentWords } from '../../text/payment/payment-words.ts';
import { errorMeaning } from './error-meaning.ts';
import { type Hop, type HopState, hopsOf } from './hops.ts';
import type { OnePayment } from './one-payment.ts';
import styles from './payment.module.css';
import { PAYMENT } from './payment-texts.ts';

const ICONS: Readonly<Record<HopState, IconName | undefined>> = {
  done: 'check',
  failed: 'cross',
  unknown: 'clock',
  waiting: 'clock',
  untouched: undefined,
};

/** The payment in one look: how much, from whom to whom, how far it came, and what that means. */
export function Story({ one }: { readonly one: OnePayment }): ReactElement {
  const texts = useTexts(PAYMENT);
  const words = usePaymentWords();
  const explained = useExceptionWords();
  const { amount, moment } = useFormats();
  const { payment } = one;
  const hops = hopsOf(payment, one);
  const stop = hops.find(({ state }) => state !== 'done' && state !== 'untouched');
  const meaning = payment.error && errorMeaning(texts.errors, payment.error.code);
  return (
    <section className={`${shapes['surface']} ${styles['story']}`} aria-label={texts.hops.label}>
      <div className={styles['sum']}>
        <strong className={shapes['figure']}>{payment.amount === undefined ? '–' : amount(payment.amount, payment.currency)}</strong>
        <span>
          <bdi>{payment.payer?.name ?? payment.payer?.id}</bdi> <Icon name="out" size={14} />{' '}
          <bdi>{payment.payee?.name ?? payment.payee?.id}</bdi>
        </span>
      </div>
      <ol className={`${shapes['list']} ${styles['hops']}`}>
        {hops.map((hop) => (
          <HopMark key={hop.name} hop={hop} name={hopName(hop, payment.peer, texts)} state={texts.hops.states[hop.state]} />
        ))}
      </ol>
      <div className={styles['meaning']} data-tone={stop?.state ?? (payment.attention.length > 0 ? 'unknown' : 'done')}>
        <p>
          {meaning ?? words.stateHelp[shownState(payment)]}
          {stop !== undefined && stop.state !== 'waiting' && (
            <>
              {' '}
              {texts.whose.label}: <strong>{whose(stop, payment.peer, texts)}</strong>.
            </>
          )}
        </p>
        {payment.error && (
          <p>
            {texts.errorTitle(payment.error.code)}: <span lang="en">{payment.error.description}</span>
          </p>
        )}
        {payment.attention.map(({ code, reason, since }) => (
          <p key={code}>
            <strong>{texts.attention}</strong>, {texts.since(moment(since, now()))}: {explained(code).title}. {explained(code).advice}{' '}
            <small>
              <code title={reason}>{code}</code>
            </small>
          </p>
        ))}
      </div>
    </section>
  );
}

type Texts = ReturnType<typeof useTexts<import('./texts/en.ts').PaymentTexts>>;

function hopName({ name }: Hop, peer: string, texts: Texts): string {
  return name === 'peer' ? peer || texts.hops.unknownPeer : texts.hops.names[name];
}

function whose({ name }: Hop, peer: string, texts: Texts): string {
  if (name !== 'peer') return texts.whose[name];
  return peer === '' ? texts.whose.unknownPeer : texts.whose.peer(peer);
}

function HopMark({ hop, name, state }: { readonly hop: Hop; readonly name: string; readonly state: string }): ReactElement {
  const icon = ICONS[hop.state];
  return (
    <li className={styles['hop']} data-state={hop.state}>
      <span className={styles['dot']}>{icon && <Icon name={icon} size={14} />}</span>
      <strong>{name}</strong>
      <small>{state}</small>
    </li>
  );
}
