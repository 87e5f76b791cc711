import type { ReactElement } from 'react';
import { useFrameTexts } from '../text/frame/frame-texts.ts';
import { environmentKind, process } from './process.ts';
import styles from './shell.module.css';

/** Which environment this is, by name and colour, and whether real money moves; where there are others, a way to their portals. */
export function EnvironmentMark(): ReactElement {
  const { environment: texts } = useFrameTexts();
  const kind = environmentKind(process());
  const { sandbox, environment, portals } = process();
  const mark = (
    <span className={styles['mark']} data-environment={kind}>
      {sandbox ? texts.sandbox : environment}
      {kind !== 'test' && <span className={styles['wide']}>{sandbox ? texts.noRealMoney : texts.realMoney}</span>}
    </span>
  );
  if (portals.length === 0) return mark;
  return (
    <details
      className={styles['environments']}
      onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.removeAttribute('open')}
    >
      <summary>
        {mark}
        <span className="visually-hidden">{texts.others}</span>
      </summary>
      <nav aria-label={texts.others}>
        <ul>
          {portals.map(({ name, url }) => (
            <li key={url}>
              <a href={url} className={styles['mark']} data-environment={environmentKind({ environment: name, sandbox: false })}>
                {name}
              </a>
            </li>
          ))}
        </ul>
      </nav>
    </details>
  );
}
