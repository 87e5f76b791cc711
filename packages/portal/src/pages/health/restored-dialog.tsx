import { NativeSelect } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { ActDialog } from '../../components/act-dialog.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { HEALTH } from './health-texts.ts';

export type RestoredAct = 'report' | 'nothing-missing' | 'lift';
type Source = 'hub' | 'core';

const CHANGES = [['restored'], ['health'], ['alarms'], ['approvals']] as const;

interface RestoredDialogProps {
  readonly act: RestoredAct;
  readonly close: () => void;
}

/** What a person does about the mark: reads in a report, says that nothing is missing, or has it lifted, which may wait for a second person. */
export function RestoredDialog({ act, close }: RestoredDialogProps): ReactElement {
  const { restored: texts } = useTexts(HEALTH);
  if (act === 'report') return <ReportDialog close={close} />;
  const lifts = act === 'lift';
  return (
    <ActDialog
      title={lifts ? texts.lift : texts.nothing}
      confirm={lifts ? texts.lift : texts.nothing}
      danger
      changes={CHANGES}
      act={(reason) =>
        lifts ? ask('POST /restored/lift', { body: { reason } }) : ask('POST /restored/nothing-missing', { body: { reason } })
      }
      close={close}
    >
      <p>{lifts ? texts.liftHint : texts.nothingHint}</p>
    </ActDialog>
  );
}

function ReportDialog({ close }: { readonly close: () => void }): ReactElement {
  const { restored: texts } = useTexts(HEALTH);
  const { count } = useFormats();
  const client = useQueryClient();
  const [from, setFrom] = useState<Source>('hub');
  const reading = useMutation({
    mutationFn: async (file: File) =>
      ask<{ readonly transfers: number; readonly made: number }>('POST /restored/report', { body: { from, statement: await file.text() } }),
    onSettled: () => Promise.all(CHANGES.map((queryKey) => client.invalidateQueries({ queryKey: [...queryKey] }))),
  });
  return (
    <Dialog title={texts.report} close={close}>
      <p>{texts.reportHint}</p>
      <NativeSelect
        label={texts.from}
        value={from}
        data={(['hub', 'core'] as const).map((value) => ({ value, label: texts.sources[value] }))}
        onChange={({ currentTarget }) => setFrom(currentTarget.value === 'core' ? 'core' : 'hub')}
      />
      <label>
        <span>{texts.file}</span>{' '}
        <input
          type="file"
          accept=".csv,text/csv"
          disabled={reading.isPending}
          onChange={({ currentTarget }) => {
            const [file] = currentTarget.files ?? [];
            if (file !== undefined) reading.mutate(file);
          }}
        />
      </label>
      <ProblemNote error={reading.error} />
      {reading.data !== undefined && <p role="status">{texts.readIn(count(reading.data.transfers), count(reading.data.made))}</p>}
    </Dialog>
  );
}
