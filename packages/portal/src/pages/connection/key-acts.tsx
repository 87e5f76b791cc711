import { Button } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { useMay } from '../../api/me.ts';
import { ActDialog } from '../../components/act-dialog.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import styles from './connection.module.css';
import { CONNECTION } from './connection-texts.ts';
import { KeyLifeDialog } from './key-life-dialog.tsx';

interface KeyActsProps {
  readonly keyId: string;
  /** For who does not see the row. */
  readonly name: string;
  /** Where its file is. */
  readonly download: string;
}

const CHANGES = [['connection']] as const;

/** What can be done with one key: its life, its file, and that it is trusted no more. */
export function KeyActs({ keyId, name, download }: KeyActsProps): ReactElement {
  const texts = useTexts(CONNECTION);
  const mayDistrust = useMay('keys:distrust');
  const [shown, setShown] = useState<'life' | 'distrust'>();
  const close = (): void => setShown(undefined);
  return (
    <div className={`${shapes['buttons']} ${styles['acts']}`}>
      <Button variant="default" size="compact-sm" aria-label={`${texts.history}: ${name}`} onClick={() => setShown('life')}>
        {texts.history}
      </Button>
      <Button component="a" href={download} variant="default" size="compact-sm" aria-label={`${texts.download}: ${name}`}>
        {texts.download}
      </Button>
      {mayDistrust && (
        <Button variant="default" size="compact-sm" aria-label={`${texts.distrust}: ${name}`} onClick={() => setShown('distrust')}>
          {texts.distrust}
        </Button>
      )}
      {shown === 'life' && <KeyLifeDialog keyId={keyId} close={close} />}
      {shown === 'distrust' && (
        <ActDialog
          title={texts.distrust}
          confirm={texts.distrust}
          danger
          changes={CHANGES}
          act={(reason) => ask('POST /connection/distrust', { body: { keyId, reason } })}
          close={close}
        >
          <p>{texts.distrustHint}</p>
          <p className={shapes['mono']}>{keyId}</p>
        </ActDialog>
      )}
    </div>
  );
}
