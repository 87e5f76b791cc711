import type { ReactElement } from 'react';
import { useMe } from '../../api/me.ts';
import { PageHead } from '../../components/page-head.tsx';
import { Panel } from '../../components/panel.tsx';
import { useTexts } from '../../text/catalogue.ts';
import styles from './account.module.css';
import { ACCOUNT } from './account-texts.ts';
import { OwnPasskeys } from './own-passkeys.tsx';
import { OwnPassword } from './own-password.tsx';
import { OwnSessions } from './own-sessions.tsx';

/** Where one is signed in, and by what. */
export default function AccountPage(): ReactElement {
  const texts = useTexts(ACCOUNT);
  const { user } = useMe();
  return (
    <>
      <PageHead title={texts.title} />
      <div className={styles['parts']}>
        <OwnSessions />
        {user?.totp === true ? (
          <>
            <OwnPasskeys user={user} />
            <OwnPassword />
          </>
        ) : (
          <Panel title={texts.factors}>
            <p>{texts.noFactors}</p>
          </Panel>
        )}
      </div>
    </>
  );
}
