import { Button, TextInput } from '@mantine/core';
import type { ShownPayment } from '@payment-manager/management-api/types';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { PAYMENT } from './payment-texts.ts';

interface RevealDialogProps {
  readonly row: string;
  readonly close: () => void;
  readonly shown: (payment: ShownPayment) => void;
}

/** Names and numbers, for a reason that is kept. */
export function RevealDialog({ row, close, shown }: RevealDialogProps): ReactElement {
  const texts = useTexts(PAYMENT);
  const [reason, setReason] = useState('');
  const revealing = useMutation({
    mutationFn: () => ask<{ readonly payment: ShownPayment }>('POST /payments/:row/reveal', { params: { row }, body: { reason } }),
    onSuccess({ payment }) {
      shown(payment);
      close();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    revealing.mutate();
  };
  return (
    <Dialog title={texts.revealTitle} close={close}>
      <form className={shapes['stack']} onSubmit={submit}>
        <p className={shapes['quiet']}>{texts.revealHint}</p>
        <TextInput
          label={texts.reason}
          placeholder={texts.reasonPlaceholder}
          required
          withAsterisk={false}
          maxLength={500}
          data-autofocus
          value={reason}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
        />
        <ProblemNote error={revealing.error} />
        <Button type="submit" loading={revealing.isPending} disabled={reason.trim() === ''}>
          {texts.show}
        </Button>
      </form>
    </Dialog>
  );
}
