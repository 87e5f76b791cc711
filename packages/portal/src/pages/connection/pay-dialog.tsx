import { TextInput } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { ActDialog } from '../../components/act-dialog.tsx';
import { useTexts } from '../../text/catalogue.ts';
import styles from './connection.module.css';
import { CONNECTION } from './connection-texts.ts';

const PARTY = /^[A-Z_]{2,32}:[^\s/]{1,128}$/;
const AMOUNT = /^[1-9]?\d{0,17}(\.\d{1,4})?$/;
const EMPTY = { payer: '', party: '', amount: '', currency: '' };

/** A readiness test with a payment at its end: it moves money, so that everything of it is given by hand. */
export function PayDialog({ close }: { readonly close: () => void }): ReactElement {
  const { pay: texts } = useTexts(CONNECTION);
  const [given, setGiven] = useState(EMPTY);
  const { payer, party, amount, currency } = given;
  const ready = PARTY.test(payer) && PARTY.test(party) && /[1-9]/.test(amount) && AMOUNT.test(amount) && /^[A-Z]{3}$/.test(currency);
  const field = (name: keyof typeof EMPTY, maxLength: number): ReactElement => (
    <TextInput
      label={texts[name]}
      {...(name in texts.hints && { description: texts.hints[name as keyof typeof texts.hints] })}
      maxLength={maxLength}
      value={given[name]}
      onChange={({ currentTarget }) => setGiven({ ...given, [name]: currentTarget.value.trim() })}
    />
  );
  return (
    <ActDialog
      title={texts.begin}
      confirm={texts.confirm}
      danger
      ready={ready}
      changes={[
        ['connection', 'test'],
        ['connection', 'progress'],
      ]}
      act={(reason) => ask('POST /connection/test/payment', { body: { reason, payer, party, amount, currency } })}
      close={close}
    >
      <p className={styles['next']}>{texts.warning}</p>
      {field('payer', 160)}
      {field('party', 160)}
      {field('amount', 24)}
      {field('currency', 3)}
    </ActDialog>
  );
}
