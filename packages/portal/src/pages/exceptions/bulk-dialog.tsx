import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import type { ShownException } from '@payment-manager/management-api/types';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactElement, useState } from 'react';
import { Dialog } from '../../components/dialog.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { Asked, LoadingState } from '../../components/states.tsx';
import shapes from '../../design/shapes.module.css';
import { useActTexts } from '../../text/acts/act-texts.ts';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { actInBulk, BULK_CHOICES, type BulkChoice, bulkEffect, previewBulk, type ShownPreview } from './bulk-actions.ts';
import { BulkPreview, BulkResults } from './bulk-preview.tsx';
import { EXCEPTIONS } from './exceptions-texts.ts';
import { useRefresh } from './use-exceptions.ts';

interface BulkDialogProps {
  readonly chosen: readonly ShownException[];
  readonly fourEyes: boolean;
  readonly close: () => void;
}

/** One action for many: first what it would be done to, then, for a reason, to those with which it is allowed. */
export function BulkDialog({ chosen, fourEyes, close }: BulkDialogProps): ReactElement {
  const { bulk } = useTexts(EXCEPTIONS);
  const { count } = useFormats();
  const [choice, setChoice] = useState<BulkChoice>('ask-hub');
  const preview = useQuery({
    queryKey: ['exceptions', 'preview', choice, chosen.map(({ id, flow }) => `${flow} ${id}`)],
    queryFn: () => previewBulk(choice, chosen),
    staleTime: 0,
    gcTime: 0,
  });
  const refresh = useRefresh();
  const acting = useMutation({
    mutationFn: (said: { readonly reason: string; readonly confirmed: boolean }) =>
      actInBulk(
        choice,
        (preview.data ?? []).filter(({ allowed }) => allowed),
        said,
      ),
    onSettled: refresh,
  });
  return (
    <Dialog title={bulk.title(count(chosen.length))} close={close} width={620}>
      {acting.data !== undefined ? (
        <BulkResults results={acting.data} />
      ) : (
        <>
          <NativeSelect
            label={bulk.action}
            value={choice}
            data={BULK_CHOICES.map((one) => ({ value: one, label: bulk.choices[one] }))}
            onChange={({ currentTarget }) => setChoice(BULK_CHOICES.find((one) => one === currentTarget.value) ?? 'ask-hub')}
          />
          <Asked query={preview} permission="exceptions:read" loading={<LoadingState lines={3} />}>
            {(previews) => (
              <>
                <BulkPreview previews={previews} />
                <BulkForm
                  key={choice}
                  choice={choice}
                  previews={previews}
                  fourEyes={fourEyes}
                  pending={acting.isPending}
                  act={(said) => acting.mutate(said)}
                />
              </>
            )}
          </Asked>
          <ProblemNote error={acting.error} />
        </>
      )}
    </Dialog>
  );
}

interface BulkFormProps {
  readonly choice: BulkChoice;
  readonly previews: readonly ShownPreview[];
  readonly fourEyes: boolean;
  readonly pending: boolean;
  readonly act: (said: { readonly reason: string; readonly confirmed: boolean }) => void;
}

function BulkForm({ choice, previews, fourEyes, pending, act }: BulkFormProps): ReactElement {
  const { bulk } = useTexts(EXCEPTIONS);
  const { actions, effects } = useActTexts();
  const { count } = useFormats();
  const [reason, setReason] = useState('');
  const [confirmed, setConfirmed] = useState(false);
  const allowed = previews.filter((one) => one.allowed);
  const mustConfirm = allowed.some(({ needsConfirmation }) => needsConfirmation === true);
  const waits = fourEyes && choice !== 'ask-hub' && choice !== 'ask-core';
  const flows = [...new Set(allowed.map(({ flow }) => flow))];
  const said = [...new Set(flows.map((flow) => bulkEffect(choice, flow)))];
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    act({ reason: reason.trim(), confirmed });
  };
  return (
    <form className={shapes['stack']} onSubmit={submit}>
      {said.map((effect) => (
        <p key={effect} className={shapes['notice']}>
          {effects[effect]}
        </p>
      ))}
      {mustConfirm && (
        <Checkbox label={bulk.confirm} checked={confirmed} onChange={({ currentTarget }) => setConfirmed(currentTarget.checked)} />
      )}
      <TextInput
        label={actions.reason}
        placeholder={actions.reasonPlaceholder}
        maxLength={500}
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
      />
      {waits && <p className={shapes['quiet']}>{actions.fourEyes}</p>}
      <Button type="submit" loading={pending} disabled={allowed.length === 0 || reason.trim() === '' || (mustConfirm && !confirmed)}>
        {waits ? bulk.ask(count(allowed.length)) : bulk.do(count(allowed.length))}
      </Button>
    </form>
  );
}
