import type { ReactElement } from 'react';
import { ask } from '../../api/ask.ts';
import { ActDialog } from '../../components/act-dialog.tsx';
import { useTexts } from '../../text/catalogue.ts';
import { CONNECTION } from './connection-texts.ts';

/** What is made anew, or put in use. */
export type Renewing =
  | { readonly what: 'jws' | 'client' | 'server' | 'ca'; readonly activate: false }
  | { readonly what: 'jws' | 'ca'; readonly activate: true; readonly early: boolean };

const CHANGES = [['connection'], ['approvals']] as const;

interface RotateDialogProps {
  readonly renewing: Renewing;
  readonly byHand: boolean;
  close(): void;
}

/** Begins a new key, or puts the one that waits in use. */
export function RotateDialog({ renewing, byHand, close }: RotateDialogProps): ReactElement {
  const texts = useTexts(CONNECTION);
  const { what, activate } = renewing;
  const title = activate ? texts.activate[renewing.what] : texts.renew[what];
  return (
    <ActDialog
      title={title}
      confirm={title}
      changes={CHANGES}
      act={(reason) =>
        activate ? ask('POST /connection/activate', { body: { what, reason } }) : ask('POST /connection/rotate', { body: { what, reason } })
      }
      close={close}
    >
      <p>{activate ? texts.activateHint : byHand ? texts.renewByHand[what] : texts.renewHint}</p>
      {activate && renewing.early && <p>{texts.early}</p>}
    </ActDialog>
  );
}
