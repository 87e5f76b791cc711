import { Button } from '@mantine/core';
import type { ShownExceptionDetail } from '@payment-manager/management-api/types';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { useMay } from '../../api/me.ts';
import { Panel } from '../../components/panel.tsx';
import { useTexts } from '../../text/catalogue.ts';
import { ActDialog } from './act-dialog.tsx';
import { type Allowed, effectOf, shownActions } from './effects.ts';
import styles from './exceptions.module.css';
import { EXCEPTIONS } from './exceptions-texts.ts';

interface ActPanelProps {
  readonly detail: ShownExceptionDetail;
  /** Whether what is decided waits for a second person. */
  readonly fourEyes: boolean;
}

/** What is allowed now, each with what it does for money. An action that is allowed no more stays where it was. */
export function ActPanel({ detail: { payment, allowed }, fourEyes }: ActPanelProps): ReactElement {
  const { actions, effects } = useTexts(EXCEPTIONS);
  const mayAct = useMay('exceptions:resolve');
  const [acting, setActing] = useState<Allowed>();
  const before = useRef<readonly Allowed[]>([]);
  const shown = shownActions(before.current, allowed);
  useEffect(() => {
    before.current = shown.map(({ one }) => one);
  });
  return (
    <Panel title={actions.title}>
      {shown.length === 0 && <p className={styles['quiet']}>{actions.none}</p>}
      {shown.length > 0 && !mayAct && <p className={styles['quiet']}>{actions.notAllowed}</p>}
      {fourEyes && mayAct && <p className={styles['quiet']}>{actions.fourEyes}</p>}
      <ul className={styles['actions']}>
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
      {acting !== undefined && <ActDialog allowed={acting} payment={payment} fourEyes={fourEyes} close={() => setActing(undefined)} />}
    </Panel>
  );
}
