import { Button } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { useMay } from '../../api/me.ts';
import { Panel } from '../../components/panel.tsx';
import { useTexts } from '../../text/catalogue.ts';
import { ActDialog } from './act-dialog.tsx';
import type { OnePayment } from './one-payment.ts';
import styles from './payment.module.css';
import { PAYMENT } from './payment-texts.ts';

interface ActionsPanelProps {
  readonly one: OnePayment;
  readonly row: string;
}

/** What is allowed with this payment now, each with what it would do. */
export function ActionsPanel({ one, row }: ActionsPanelProps): ReactElement {
  const { actions } = useTexts(PAYMENT);
  const mayAct = useMay('exceptions:resolve');
  const [acting, setActing] = useState<OnePayment['allowed'][number]>();
  const { facts, allowed } = one;
  return (
    <Panel title={actions.title}>
      {allowed.length === 0 && <p className={styles['quiet']}>{actions.none}</p>}
      {allowed.length > 0 && !mayAct && <p className={styles['quiet']}>{actions.notAllowed}</p>}
      <ul className={styles['actions']}>
        {allowed.map((one) => (
          <li key={one.action}>
            <Button variant="default" disabled={!mayAct} onClick={() => setActing(one)}>
              {actions[one.action]}
            </Button>
            <p className={styles['quiet']}>
              {actions.help[one.action]}
              {'outcome' in one && ` ${actions.outcome(one.outcome)}.`}
              {'what' in one && (
                <>
                  {' '}
                  <code>{one.what}</code>
                </>
              )}
            </p>
          </li>
        ))}
      </ul>
      {acting !== undefined && facts !== undefined && (
        <ActDialog allowed={acting} transferId={facts.id} flow={facts.flow} row={row} close={() => setActing(undefined)} />
      )}
    </Panel>
  );
}
