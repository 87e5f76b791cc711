import type { ReactElement } from 'react';
import { useFrameTexts } from '../text/frame/frame-texts.ts';
import { environmentKind, process } from './process.ts';
import styles from './shell.module.css';

/** Which environment this is, by name and colour, and whether real money moves. */
export function EnvironmentMark(): ReactElement {
  const { environment: texts } = useFrameTexts();
  const kind = environmentKind(process());
  const { sandbox, environment } = process();
  return (
    <span className={styles['mark']} data-environment={kind}>
      {sandbox ? texts.sandbox : environment}
      {kind !== 'test' && <span className={styles['wide']}>{sandbox ? texts.noRealMoney : texts.realMoney}</span>}
    </span>
  );
}
