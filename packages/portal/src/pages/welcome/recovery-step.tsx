import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import { saveFile } from '../../browser/save-file.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import styles from '../sign-in/sign-in.module.css';
import { SIGN_IN } from '../sign-in/sign-in-texts.ts';

/** The recovery codes, this once. */
export function RecoveryStep({ codes, done }: { readonly codes: readonly string[]; readonly done: () => void }): ReactElement {
  const { welcome } = useTexts(SIGN_IN);
  const text = codes.join('\n');
  return (
    <div className={shapes['stack']}>
      <p className={shapes['quiet']}>{welcome.recoveryHint}</p>
      <ul className={`${shapes['mono']} ${styles['codes']}`}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className={styles['buttons']}>
        <CopyButton text={text} what={welcome.copyCodes} labelled />
        <Button variant="default" onClick={() => saveFile('recovery-codes.txt', 'text/plain', [`${text}\n`])}>
          {welcome.download}
        </Button>
      </div>
      <Button onClick={done}>{welcome.kept}</Button>
    </div>
  );
}
