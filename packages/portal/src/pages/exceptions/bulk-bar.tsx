import { Button } from '@mantine/core';
import type { ShownException } from '@payment-manager/management-api/types';
import { useMutation } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { useMay, useMe } from '../../api/me.ts';
import { ProblemNote } from '../../components/problem-note.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { BulkDialog } from './bulk-dialog.tsx';
import styles from './exceptions.module.css';
import { EXCEPTIONS } from './exceptions-texts.ts';
import { useRefresh } from './use-exceptions.ts';

interface BulkBarProps {
  readonly chosen: readonly ShownException[];
  readonly fourEyes: boolean;
  readonly clear: () => void;
}

/** What may be done with all that were chosen. */
export function BulkBar({ chosen, fourEyes, clear }: BulkBarProps): ReactElement {
  const { bulk } = useTexts(EXCEPTIONS);
  const { count } = useFormats();
  const { who } = useMe();
  const [acting, setActing] = useState<readonly ShownException[]>();
  const mayAct = useMay('exceptions:resolve');
  const mayNote = useMay('exceptions:note');
  const refresh = useRefresh();
  const taking = useMutation({
    async mutationFn() {
      for (const id of new Set(chosen.map((one) => one.id)))
        await ask('PUT /exceptions/:id/owner', { params: { id }, body: { owner: who } });
    },
    onSettled: refresh,
  });
  return (
    <div className={styles['bulk']} role="status">
      <strong>{bulk.chosen(count(chosen.length))}</strong>
      {mayAct && (
        <Button size="xs" onClick={() => setActing(chosen)}>
          {bulk.act}
        </Button>
      )}
      {mayNote && (
        <Button size="xs" variant="default" loading={taking.isPending} onClick={() => taking.mutate()}>
          {bulk.take}
        </Button>
      )}
      <button type="button" className={`${shapes['bare']} ${styles['plain']}`} onClick={clear}>
        {bulk.clear}
      </button>
      <ProblemNote error={taking.error} />
      {acting !== undefined && <BulkDialog chosen={acting} fourEyes={fourEyes} close={() => setActing(undefined)} />}
    </div>
  );
}
