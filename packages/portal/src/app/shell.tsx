import { Link, Outlet } from '@tanstack/react-router';
import { lazy, type ReactElement, Suspense, useEffect, useState } from 'react';
import { useMe } from '../api/me.ts';
import { Icon } from '../components/icon.tsx';
import { LoadingState } from '../components/states.tsx';
import { useFrameTexts } from '../text/frame/frame-texts.ts';
import { EnvironmentMark } from './environment-mark.tsx';
import { LiveMark } from './live-mark.tsx';
import { NAVIGATION } from './navigation.ts';
import { environmentKind, process } from './process.ts';
import styles from './shell.module.css';
import { UserMenu } from './user-menu.tsx';
import { ZoneChoice } from './zone-choice.tsx';

const loadPalette = () => import('./palette/command-palette.tsx');
const CommandPalette = lazy(loadPalette);

/** What stands around every page of whoever is signed in. */
export function Shell(): ReactElement {
  const texts = useFrameTexts();
  const [searching, setSearching] = useState(false);
  useEffect(() => {
    // there before somebody types into it
    void loadPalette();
    const pressed = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setSearching(true);
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, []);
  return (
    <div className={styles['shell']} data-environment={environmentKind(process())}>
      <a className={styles['skip']} href="#content">
        {texts.skip}
      </a>
      <Side />
      <header className={styles['bar']}>
        <button type="button" className={styles['search']} onClick={() => setSearching(true)}>
          <Icon name="search" size={16} />
          <span>{texts.search}</span>
          <kbd>Ctrl K</kbd>
        </button>
        <div className={styles['right']}>
          <EnvironmentMark />
          <span className={styles['wide']}>
            <ZoneChoice />
          </span>
          <UserMenu />
        </div>
      </header>
      <main id="content" tabIndex={-1} className={styles['main']}>
        <Suspense fallback={<LoadingState />}>
          <Outlet />
        </Suspense>
      </main>
      {searching && (
        <Suspense>
          <CommandPalette close={() => setSearching(false)} />
        </Suspense>
      )}
    </div>
  );
}

function Side(): ReactElement {
  const texts = useFrameTexts();
  const { permissions } = useMe();
  return (
    <nav className={styles['side']} aria-label={texts.navigation}>
      <Link to="/" className={styles['brand']}>
        <span className={styles['logo']}>
          <Icon name="payments" />
        </span>
        <span>
          <strong>{process().fspId}</strong>
          <small>{texts.product}</small>
        </span>
      </Link>
      <ul className={styles['pages']}>
        {NAVIGATION.filter(({ permission }) => permissions.includes(permission)).map(({ to, text, icon }) => (
          <li key={to}>
            <Link to={to} className={styles['page']} activeProps={{ 'aria-current': 'page' }}>
              <Icon name={icon} />
              <span>{texts.pages[text]}</span>
            </Link>
          </li>
        ))}
      </ul>
      <div className={styles['foot']}>
        <LiveMark />
      </div>
    </nav>
  );
}
