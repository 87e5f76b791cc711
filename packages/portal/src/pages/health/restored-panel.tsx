import { Button } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { useMay } from '../../api/me.ts';
import { Panel } from '../../components/panel.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import styles from './health.module.css';
import { HEALTH } from './health-texts.ts';
import { type RestoredAct, RestoredDialog } from './restored-dialog.tsx';
import { useRestored } from './use-restored.ts';

/** A journal that was put back to an older copy takes no payments: what is known of it, and what a person does about it. Else nothing. */
export function RestoredPanel(): ReactElement | null {
  const { restored: texts } = useTexts(HEALTH);
  const { instant } = useFormats();
  const mayLift = useMay('restored:lift');
  const [act, setAct] = useState<RestoredAct>();
  const mark = useRestored();
  if (mark === undefined) return null;
  const { at, lastEventAt = 0, accounted = false, reason } = mark;
  return (
    <Panel title={texts.title}>
      <div className={styles['restored']} role="alert">
        <p className={shapes['notice']}>{texts.meaning}</p>
        <p>{lastEventAt === 0 ? texts.emptyCopy(instant(at)) : texts.between(instant(lastEventAt), instant(at))}</p>
        {reason !== undefined && <p>{texts.because(reason)}</p>}
        <p>{accounted ? texts.accounted : texts.notAccounted}</p>
        {mayLift ? (
          <div className={shapes['buttons']}>
            <Button size="xs" variant="default" onClick={() => setAct('report')}>
              {texts.report}
            </Button>
            <Button size="xs" variant="default" onClick={() => setAct('nothing-missing')}>
              {texts.nothing}
            </Button>
            <Button size="xs" disabled={!accounted} onClick={() => setAct('lift')}>
              {texts.lift}
            </Button>
          </div>
        ) : (
          <p>{texts.notAllowed}</p>
        )}
      </div>
      {act && <RestoredDialog act={act} close={() => setAct(undefined)} />}
    </Panel>
  );
}
