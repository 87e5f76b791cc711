import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { useTexts } from '../../text/catalogue.ts';
import type { OnePayment } from './one-payment.ts';
import styles from './payment.module.css';
import { PAYMENT } from './payment-texts.ts';

interface ActDialogProps {
  readonly allowed: OnePayment['allowed'][number];
  readonly transferId: string;
  readonly flow: 'payer' | 'payee';
  readonly row: string;
  readonly close: () => void;
}

/** A person acts, for a reason that is kept; what decides over money may wait for a second person. */
export function ActDialog({ allowed, transferId, flow, row, close }: ActDialogProps): ReactElement {
  const { actions, reason: reasonText, reasonPlaceholder } = useTexts(PAYMENT);
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [confirmed, setConfirmed] = useState(false);
  const outcomes = allowed.action === 'settle' ? allowed.as : [];
  const [as, setAs] = useState(outcomes[0]);
  const mustConfirm = allowed.action === 'resend-outcome' && allowed.needsConfirmation;
  const acting = useMutation({
    mutationFn: () =>
      ask<{ readonly state: 'done' | 'waiting' }>('POST /exceptions/:id/act', {
        params: { id: transferId },
        body: {
          action: allowed.action === 'settle' ? 'resolve' : allowed.action,
          flow,
          reason,
          ...(allowed.action === 'settle' && { as }),
          ...(mustConfirm && { confirmed }),
        },
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['payment', row] }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    acting.mutate();
  };
  const names = { COMMITTED: actions.committed, ABORTED: actions.aborted };
  return (
    <Dialog title={actions[allowed.action]} close={close}>
      {acting.data === undefined ? (
        <form className={styles['form']} onSubmit={submit}>
          <p className={styles['quiet']}>{actions.help[allowed.action]}</p>
          {allowed.action === 'settle' && (
            <NativeSelect
              label={actions.as}
              value={as}
              data={outcomes.map((value) => ({ value, label: names[value] }))}
              onChange={({ currentTarget }) => setAs(outcomes.find((one) => one === currentTarget.value))}
            />
          )}
          {mustConfirm && (
            <Checkbox label={actions.confirm} checked={confirmed} onChange={({ currentTarget }) => setConfirmed(currentTarget.checked)} />
          )}
          <TextInput
            label={reasonText}
            placeholder={reasonPlaceholder}
            required
            withAsterisk={false}
            maxLength={500}
            value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
          <ProblemNote error={acting.error} />
          <Button type="submit" loading={acting.isPending} disabled={reason.trim() === '' || (mustConfirm && !confirmed)}>
            {actions.do}
          </Button>
        </form>
      ) : (
        <p role="status">{acting.data.state === 'done' ? actions.done : actions.waiting}</p>
      )}
    </Dialog>
  );
}
