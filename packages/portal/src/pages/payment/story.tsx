import type { ReactElement } from 'react';
import { now } from '../../browser/page-clock.ts';
import { Icon, type IconName } from '../../components/icon.tsx';
import { shownState } from '../../components/shown-state.ts';
import { useTexts } from '../../text/catalogue.ts';
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
  const { amount, moment } = useFormats();
  const { payment } = one;
  const hops = hopsOf(payment, one);
  const stop = hops.find(({ state }) => state !== 'done' && state !== 'untouched');
  const meaning = payment.error && errorMeaning(texts.errors, payment.error.code);
  return (
    <section className={styles['story']} aria-label={texts.hops.label}>
      <div className={styles['sum']}>
        <strong>{payment.amount === undefined ? '–' : amount(payment.amount, payment.currency)}</strong>
        <span>
          {payment.payer?.name ?? payment.payer?.id} <Icon name="out" size={14} /> {payment.payee?.name ?? payment.payee?.id}
        </span>
      </div>
      <ol className={styles['hops']}>
        {hops.map((hop) => (
          <HopMark key={hop.name} hop={hop} name={hopName(hop, payment.peer, texts)} state={texts.hops.states[hop.state]} />
        ))}
      </ol>
      <div className={styles['meaning']} data-tone={stop?.state ?? 'done'}>
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
          <p className={styles['quiet']}>
            {texts.errorTitle(payment.error.code)}: <span lang="en">{payment.error.description}</span>
          </p>
        )}
        {payment.attention.map(({ code, reason, since }) => (
          <p key={code}>
            <strong>{texts.attention}</strong> <code>{code}</code>, {texts.since(moment(since, now()))}: <span lang="en">{reason}</span>
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
