import { Button, Checkbox, TextInput } from '@mantine/core';
import type { ReplayedPayment } from '@payment-manager/management-api/types';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { useMay } from '../../api/me.ts';
import { Mark } from '../../components/mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import styles from './connector.module.css';
import { CONNECTOR } from './connector-texts.ts';
import { SaidLines } from './said-lines.tsx';
import { type Which, WhichSelect } from './which-select.tsx';

/** A payment of before, gone over again: what another version would have done. */
export function ReplayPart(): ReactElement {
  const texts = useTexts(CONNECTOR);
  const mayReveal = useMay('payments:reveal');
  const [transferId, setTransferId] = useState('');
  const [which, setWhich] = useState<Which>('folder');
  const [personal, setPersonal] = useState(false);
  const [reason, setReason] = useState('');
  const replaying = useMutation({
    mutationFn: () =>
      ask<ReplayedPayment>('POST /connector/replay', {
        body: { transferId: transferId.trim(), with: which, ...(personal && { personal, reason: reason.trim() }) },
      }),
  });
  const run = (event: FormEvent): void => {
    event.preventDefault();
    replaying.mutate();
  };
  return (
    <div className={shapes['page']}>
      <p className={shapes['quiet']}>{texts.replayHint}</p>
      <Panel>
        <form className={`${shapes['fields']} ${styles['filters']}`} onSubmit={run}>
          <TextInput
            label={texts.transferId}
            value={transferId}
            required
            withAsterisk={false}
            maxLength={64}
            className={styles['grows'] ?? ''}
            onChange={({ currentTarget }) => setTransferId(currentTarget.value)}
          />
          <WhichSelect which={which} choose={setWhich} />
          {mayReveal && (
            <Checkbox label={texts.personal} checked={personal} onChange={({ currentTarget }) => setPersonal(currentTarget.checked)} />
          )}
          {personal && (
            <TextInput
              label={texts.reason}
              description={texts.reasonHint}
              required
              withAsterisk={false}
              maxLength={500}
              value={reason}
              onChange={({ currentTarget }) => setReason(currentTarget.value)}
            />
          )}
          <Button type="submit" loading={replaying.isPending}>
            {texts.run}
          </Button>
        </form>
        <ProblemNote error={replaying.error} />
      </Panel>
      {replaying.data?.sides.map((one) => (
        <SidePanel key={one.side} replayed={one} />
      ))}
    </div>
  );
}

function SidePanel({ replayed }: { readonly replayed: ReplayedPayment['sides'][number] }): ReactElement {
  const texts = useTexts(CONNECTOR);
  const { side, lines, differences, unknown } = replayed;
  const same = differences.length + unknown.length === 0;
  return (
    <Panel
      title={texts.sides[side]}
      aside={<Mark tone={differences.length > 0 ? 'bad' : same ? 'good' : 'wait'}>{same ? texts.nothingOther : texts.differences}</Mark>}
    >
      <div role="status">
        {differences.length > 0 && <Sentences title={texts.differences} lines={differences} />}
        {unknown.length > 0 && <Sentences title={texts.unknown} lines={unknown} />}
      </div>
      <SaidLines label={texts.lines} lines={lines} />
    </Panel>
  );
}

function Sentences({ title, lines }: { readonly title: string; readonly lines: readonly string[] }): ReactElement {
  return (
    <>
      <h3 className={styles['heading']}>{title}</h3>
      <ul className={styles['list']}>
        {lines.map((line) => (
          <li key={line} className={shapes['mono']} lang="en">
            {line}
          </li>
        ))}
      </ul>
    </>
  );
}
