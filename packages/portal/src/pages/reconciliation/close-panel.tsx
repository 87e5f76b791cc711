import { Button, Checkbox, TextInput } from '@mantine/core';
import type { ShownDay } from '@payment-manager/management-api/types';
import { type FormEvent, type ReactElement, useState } from 'react';
import { Panel } from '../../components/panel.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { RECONCILIATION } from './reconciliation-texts.ts';
import { useClose } from './use-reconciliation.ts';

/** Somebody says that the day is done. */
export function ClosePanel({ day: { date, left, closed } }: { readonly day: ShownDay }): ReactElement {
  const { close: texts } = useTexts(RECONCILIATION);
  const { count, instant } = useFormats();
  const [reason, setReason] = useState('');
  const [despite, setDespite] = useState(false);
  const closing = useClose(date);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    closing.mutate({ reason: reason.trim(), withDifferences: despite });
  };
  if (closed !== undefined)
    return (
      <Panel title={texts.title}>
        <p>{texts.closed(closed.by.replace(/^\w+:/, ''), instant(closed.at))}</p>
        <p className={shapes['quiet']}>{closed.reason}</p>
      </Panel>
    );
  return (
    <Panel title={texts.title}>
      <form className={shapes['stack']} onSubmit={submit}>
        <p className={shapes['quiet']}>{left === 0 ? texts.clean : texts.left(count(left))}</p>
        {left > 0 && (
          <Checkbox label={texts.despite} checked={despite} onChange={({ currentTarget }) => setDespite(currentTarget.checked)} />
        )}
        <TextInput label={texts.reason} maxLength={500} value={reason} onChange={({ currentTarget }) => setReason(currentTarget.value)} />
        <ProblemNote error={closing.error} />
        <div>
          <Button type="submit" loading={closing.isPending} disabled={reason.trim() === '' || (left > 0 && !despite)}>
            {texts.do}
          </Button>
        </div>
      </form>
    </Panel>
  );
}
