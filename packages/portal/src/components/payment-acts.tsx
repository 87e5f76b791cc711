import { Button } from '@mantine/core';
import type { ShownExceptionDetail } from '@payment-manager/management-api/types';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { useMay } from '../api/me.ts';
import shapes from '../design/shapes.module.css';
import { useActTexts } from '../text/acts/act-texts.ts';
import { type Allowed, effectOf, shownActions } from './effects.ts';
import { Panel } from './panel.tsx';
import { PaymentActDialog } from './payment-act-dialog.tsx';
import styles from './payment-acts.module.css';

interface PaymentActsProps {
  readonly payment: ShownExceptionDetail['payment'];
  readonly allowed: ShownExceptionDetail['allowed'];
  /** Whether what is decided waits for a second person. */
  readonly fourEyes: boolean;
  /** What is asked anew after an action, by the beginning of its key. */
  readonly changes: readonly string[];
}

/** What is allowed now, each with what it does for money. An action that is allowed no more stays where it was. */
export function PaymentActs({ payment, allowed, fourEyes, changes }: PaymentActsProps): ReactElement {
  const { actions, effects } = useActTexts();
  const mayAct = useMay('exceptions:resolve');
  const [acting, setActing] = useState<Allowed>();
  const before = useRef<readonly Allowed[]>([]);
  const shown = shownActions(before.current, allowed);
  useEffect(() => {
    before.current = shown.map(({ one }) => one);
  });
  return (
    <Panel title={actions.title}>
      {shown.length === 0 && <p className={shapes['quiet']}>{actions.none}</p>}
      {shown.length > 0 && !mayAct && <p className={shapes['quiet']}>{actions.notAllowed}</p>}
      {shown.length > 0 && fourEyes && mayAct && <p className={shapes['quiet']}>{actions.fourEyes}</p>}
      <ul className={`${shapes['list']} ${styles['actions']}`}>
        {shown.map(({ one, allowed: now }) => (
          <li key={one.action}>
            <Button variant="default" size="xs" disabled={!mayAct || !now} onClick={() => setActing(one)}>
              {actions[one.action]}
            </Button>
            <p>
              {effects[effectOf(one.action, payment.flow, 'outcome' in one ? one.outcome : undefined)]}
              {'what' in one && <code> {one.what}</code>}
              {!now && <em> ({actions.nowRefused})</em>}
            </p>
          </li>
        ))}
      </ul>
      {acting !== undefined && (
        <PaymentActDialog allowed={acting} payment={payment} fourEyes={fourEyes} changes={changes} close={() => setActing(undefined)} />
      )}
    </Panel>
  );
}
