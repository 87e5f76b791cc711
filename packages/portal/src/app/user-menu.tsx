import { useMantineColorScheme } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactElement, useRef } from 'react';
import { ask } from '../api/ask.ts';
import { useMe } from '../api/me.ts';
import { Icon } from '../components/icon.tsx';
import { useFrameTexts } from '../text/frame/frame-texts.ts';
import { chooseLanguage, LANGUAGES, useLanguage } from '../text/language.ts';
import { Choices } from './choices.tsx';
import styles from './shell.module.css';
import { ZoneChoice } from './zone-choice.tsx';

const MENU = 'user-menu';

/** Signs out, and forgets what was loaded for whoever it was. */
export function useSignOut(): () => Promise<void> {
  const client = useQueryClient();
  const navigate = useNavigate();
  return async () => {
    await ask('POST /me/sign-out').catch(() => undefined);
    client.clear();
    await navigate({ to: '/sign-in' });
  };
}

/** Who is signed in, how the portal looks, and the way out. */
export function UserMenu(): ReactElement {
  const { user, who, roles } = useMe();
  const texts = useFrameTexts();
  const language = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  const menu = useRef<HTMLDivElement>(null);
  const name = user?.shownName ?? who;
  return (
    <>
      <button type="button" className={styles['userButton']} popoverTarget={MENU} aria-label={`${texts.userMenu}: ${name}`}>
        <Icon name="user" />
        <span className={styles['wide']}>{name}</span>
        <Icon name="down" size={14} />
      </button>
      <div id={MENU} ref={menu} popover="auto" className={styles['menu']}>
        <strong>{name}</strong>
        <p style={{ color: 'var(--pm-quiet)' }}>{roles.map((role) => texts.roles[role]).join(', ')}</p>
        <dl>
          <div>
            <dt>{texts.language}</dt>
            <dd>
              <Choices label={texts.language} options={LANGUAGES} chosen={language} choose={(next) => void chooseLanguage(next)} />
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
        <Link to="/account" className={styles['menuLink']} onClick={() => menu.current?.hidePopover()}>
          <Icon name="key" />
          {texts.account}
        </Link>
        <button type="button" className={styles['menuLink']} onClick={() => void signOut()}>
          <Icon name="out" />
          {texts.signOut}
        </button>
      </div>
    </>
  );
}
