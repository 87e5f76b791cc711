import { Button, TextInput } from '@mantine/core';
import type { KeptDifference } from '@payment-manager/management-api/types';
import { type FormEvent, type ReactElement, useState } from 'react';
import { Dialog } from '../../components/dialog.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { RECONCILIATION } from './reconciliation-texts.ts';
import { useResolve } from './use-reconciliation.ts';

interface ResolveDialogProps {
  readonly date: string;
  readonly some: readonly KeptDifference[];
  readonly close: (isDone: boolean) => void;
}

/** Somebody says how differences were put right. */
export function ResolveDialog({ date, some, close }: ResolveDialogProps): ReactElement {
  const { resolve: texts } = useTexts(RECONCILIATION);
  const { count } = useFormats();
  const [reason, setReason] = useState('');
  const resolving = useResolve(date);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    resolving.mutate({ some, reason: reason.trim() }, { onSuccess: () => close(true) });
  };
  return (
    <Dialog title={texts.title(count(some.length))} close={() => close(false)}>
      <form className={shapes['stack']} onSubmit={submit}>
        <p className={shapes['quiet']}>{texts.effect}</p>
        <TextInput
          label={texts.reason}
          placeholder={texts.placeholder}
          maxLength={500}
          value={reason}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
        />
        <ProblemNote error={resolving.error} />
        <Button type="submit" loading={resolving.isPending} disabled={reason.trim() === ''}>
          {texts.do}
        </Button>
      </form>
    </Dialog>
  );
}
