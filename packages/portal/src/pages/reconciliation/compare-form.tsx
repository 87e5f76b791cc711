import { Button, Checkbox } from '@mantine/core';
import type { ShownDay } from '@payment-manager/management-api/types';
import { type FormEvent, type ReactElement, useState } from 'react';
import { Panel } from '../../components/panel.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { useTexts } from '../../text/catalogue.ts';
import styles from './reconciliation.module.css';
import { RECONCILIATION } from './reconciliation-texts.ts';
import { useCompare } from './use-reconciliation.ts';

/** As the API takes at most. */
const STATEMENT_MAX = 20_000_000;

/** Statements of core and hub, as files; and whether the hub is asked. */
export function CompareForm({ date, before }: { readonly date: string; readonly before: ShownDay | undefined }): ReactElement {
  const { compare: texts } = useTexts(RECONCILIATION);
  const [core, setCore] = useState<File>();
  const [hub, setHub] = useState<File>();
  const [askHub, setAskHub] = useState(true);
  const comparing = useCompare(date);
  const tooLarge = [core, hub].some((file) => (file?.size ?? 0) > STATEMENT_MAX);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const [statement, hubStatement] = await Promise.all([core?.text(), hub?.text()]);
    comparing.mutate({ askHub, ...(statement !== undefined && { statement }), ...(hubStatement !== undefined && { hubStatement }) });
  };
  return (
    <Panel title={before === undefined ? texts.title : texts.again}>
      <form className={styles['form']} onSubmit={(event) => void submit(event)}>
        <div className={styles['files']}>
          <FileField label={texts.core} choose={setCore} />
          <FileField label={texts.hub} choose={setHub} />
        </div>
        <p className={styles['quiet']}>{texts.hint}</p>
        <Checkbox label={texts.askHub} checked={askHub} onChange={({ currentTarget }) => setAskHub(currentTarget.checked)} />
        {before?.closed !== undefined && <p className={styles['warn']}>{texts.opens}</p>}
        {tooLarge && <p className={styles['warn']}>{texts.tooLarge}</p>}
        <ProblemNote error={comparing.error} />
        {comparing.isPending && <p role="status">{texts.running}</p>}
        <div>
          <Button type="submit" loading={comparing.isPending} disabled={tooLarge} variant={before === undefined ? 'filled' : 'default'}>
            {texts.start}
          </Button>
        </div>
      </form>
    </Panel>
  );
}

function FileField({ label, choose }: { readonly label: string; readonly choose: (file: File | undefined) => void }): ReactElement {
  return (
    <label className={styles['file']}>
      <span>{label}</span>
      <input type="file" accept=".csv,text/csv" onChange={({ currentTarget }) => choose(currentTarget.files?.[0])} />
    </label>
  );
}
