import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import type { ShownExceptionDetail } from '@payment-manager/management-api/types';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactElement, useState } from 'react';
import { ask } from '../api/ask.ts';
import { isUnanswered } from '../api/problem.ts';
import shapes from '../design/shapes.module.css';
import { useActTexts } from '../text/acts/act-texts.ts';
import { useFormats } from '../text/formats.ts';
import { Dialog } from './dialog.tsx';
import { type Allowed, type End, effectOf, isDecision } from './effects.ts';
import styles from './payment-acts.module.css';
import { ProblemNote } from './problem-note.tsx';

interface ActDialogProps {
  readonly allowed: Allowed;
  readonly payment: ShownExceptionDetail['payment'];
  readonly fourEyes: boolean;
  /** What is asked anew afterwards, by the beginning of its key. */
  readonly changes: readonly string[];
  readonly close: () => void;
}

/** A person acts, for a reason that is kept; what decides over money may wait for a second person. */
export function PaymentActDialog({ allowed, payment, fourEyes, changes, close }: ActDialogProps): ReactElement {
  const { actions, effects } = useActTexts();
  const { amount } = useFormats();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [facts, setFacts] = useState('');
  const [confirmed, setConfirmed] = useState(false);
  const ends: readonly End[] = allowed.action === 'settle' ? allowed.as : [];
  // which of two ends it is, nobody has chosen beforehand
  const [as, setAs] = useState<End | undefined>(ends.length === 1 ? ends[0] : undefined);
  const mustConfirm = allowed.action === 'resend-outcome' && allowed.needsConfirmation;
  const waits = fourEyes && isDecision(allowed.action);
  const acting = useMutation({
    mutationFn: () =>
      ask<{ readonly state: 'done' | 'waiting' }>('POST /exceptions/:id/act', {
        params: { id: payment.id },
        body: {
          action: allowed.action === 'settle' ? 'resolve' : allowed.action,
          flow: payment.flow,
          reason: reason.trim(),
          ...(as !== undefined && { as }),
          ...('seen' in allowed && { seen: allowed.seen }),
          ...(mustConfirm && { confirmed }),
          ...(facts.trim() !== '' && { facts: facts.trim() }),
        },
      }),
    onSettled: () => client.invalidateQueries({ queryKey: [...changes] }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    acting.mutate();
  };
  const missing = reason.trim() === '' || (mustConfirm && !confirmed) || (allowed.action === 'settle' && as === undefined);
  const effect = effectOf(allowed.action, payment.flow, 'outcome' in allowed ? allowed.outcome : as);
  return (
    <Dialog title={actions[allowed.action]} close={close}>
      {acting.data !== undefined ? (
        <p role="status">{acting.data.state === 'done' ? actions.done : actions.asked}</p>
      ) : (
        <form className={`${shapes['stack']} ${styles['form']}`} onSubmit={submit}>
          {payment.amount !== undefined && <p className={shapes['figure']}>{amount(payment.amount, payment.currency)}</p>}
          {allowed.action === 'settle' && (
            <NativeSelect
              label={actions.as}
              value={as ?? ''}
              data={[
                ...(ends.length === 1 ? [] : [{ value: '', label: '…' }]),
                ...ends.map((end) => ({ value: end, label: actions.ends[end] })),
              ]}
              onChange={({ currentTarget }) => setAs(ends.find((end) => end === currentTarget.value))}
            />
          )}
          <p className={shapes['notice']} aria-live="polite">
            {effects[effect]}
          </p>
          {allowed.action === 'core-executed' && (
            <TextInput
              label={actions.facts}
              maxLength={2_000}
              value={facts}
              onChange={({ currentTarget }) => setFacts(currentTarget.value)}
            />
          )}
          {mustConfirm && (
            <Checkbox label={actions.confirm} checked={confirmed} onChange={({ currentTarget }) => setConfirmed(currentTarget.checked)} />
          )}
          <TextInput
            label={actions.reason}
            placeholder={actions.reasonPlaceholder}
            required
            withAsterisk={false}
            maxLength={500}
            value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
          {waits && <p className={shapes['quiet']}>{actions.fourEyes}</p>}
          <ProblemNote error={acting.error} />
          {acting.isError && isUnanswered(acting.error) && <p className={shapes['notice']}>{actions.unanswered}</p>}
          <Button type="submit" loading={acting.isPending} disabled={missing}>
            {waits ? actions.ask : actions.do}
          </Button>
        </form>
      )}
    </Dialog>
  );
}
