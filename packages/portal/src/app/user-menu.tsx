import { useMantineColorScheme } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactElement, useRef } from 'react';
import { ask } from '../api/ask.ts';
import { useMe } from '../api/me.ts';
import { leaveFor } from '../browser/leave.ts';
import { Icon } from '../components/icon.tsx';
import shapes from '../design/shapes.module.css';
import { useFrameTexts } from '../text/frame/frame-texts.ts';
import { Choices } from './choices.tsx';
import { LanguageChoice } from './language-choice.tsx';
import styles from './shell.module.css';
import { ZoneChoice } from './zone-choice.tsx';

const MENU = 'user-menu';

/** Signs out, and forgets what was loaded for whoever it was. */
export function useSignOut(): () => Promise<void> {
  const client = useQueryClient();
  const navigate = useNavigate();
  return async () => {
    const out = await ask<{ readonly next?: string } | undefined>('POST /me/sign-out').catch(() => undefined);
    client.clear();
    // whoever came by single sign-on leaves there, too
    if (out?.next !== undefined) return leaveFor(out.next);
    await navigate({ to: '/sign-in' });
  };
}

/** Who is signed in, how the portal looks, and the way out. */
export function UserMenu(): ReactElement {
  const { user, who, roles } = useMe();
  const texts = useFrameTexts();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  const menu = useRef<HTMLDivElement>(null);
  const name = user?.shownName ?? who;
  return (
    <>
      <button
        type="button"
        className={`${shapes['bare']} ${styles['userButton']}`}
        popoverTarget={MENU}
        aria-label={`${texts.userMenu}: ${name}`}
      >
        <Icon name="user" />
        <span className={styles['wide']}>{name}</span>
        <Icon name="down" size={14} />
      </button>
      <div id={MENU} ref={menu} popover="auto" className={`${shapes['raised']} ${styles['menu']}`}>
        <strong>{name}</strong>
        <p style={{ color: 'var(--pm-quiet)' }}>{roles.map((role) => texts.roles[role]).join(', ')}</p>
        <dl>
          <div>
            <dt>{texts.language}</dt>
            <dd>
              <LanguageChoice />
            </dd>
          </div>
          <div>
            <dt>{texts.scheme}</dt>
            <dd>
              <Choices label={texts.scheme} options={texts.schemes} chosen={colorScheme} choose={setColorScheme} />
            </dd>
          </div>
          <div>
            <dt>{texts.zone}</dt>
            <dd>
              <ZoneChoice />
            </dd>
          </div>
        </dl>
        <Link to="/account" className={`${shapes['bare']} ${styles['menuLink']}`} onClick={() => menu.current?.hidePopover()}>
          <Icon name="key" />
          {texts.account}
        </Link>
        <button type="button" className={`${shapes['bare']} ${styles['menuLink']}`} onClick={() => void signOut()}>
          <Icon name="out" />
          {texts.signOut}
        </button>
      </div>
    </>
  );
}
