import { Outlet } from '@tanstack/react-router';
import { lazy, type ReactElement, Suspense, useCallback, useEffect, useState } from 'react';
import { Icon } from '../components/icon.tsx';
import { LoadingState } from '../components/states.tsx';
import { useFrameTexts } from '../text/frame/frame-texts.ts';
import { EnvironmentMark } from './environment-mark.tsx';
import { environmentKind, process } from './process.ts';
import styles from './shell.module.css';
import { Side } from './side.tsx';
import { UserMenu } from './user-menu.tsx';
import { ZoneChoice } from './zone-choice.tsx';

const loadPalette = () => import('./palette/command-palette.tsx');
const CommandPalette = lazy(loadPalette);

/** What stands around every page of whoever is signed in. */
export function Shell(): ReactElement {
  const texts = useFrameTexts();
  // the how-manieth search this is, or none: what a dialog tells of its own end comes a moment later, when the next may have been asked for
  const [search, setSearch] = useState({ open: false, nth: 0 });
  const searchAnew = useCallback(() => setSearch(({ nth }) => ({ open: true, nth: nth + 1 })), []);
  useEffect(() => {
    // there before somebody types into it
    void loadPalette();
    const pressed = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      searchAnew();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [searchAnew]);
  return (
    <div className={styles['shell']} data-environment={environmentKind(process())}>
      <a className={styles['skip']} href="#content">
        {texts.skip}
      </a>
      <Side />
      <header className={styles['bar']}>
        <button type="button" className={styles['search']} onClick={searchAnew}>
          <Icon name="search" size={16} />
          <span>{texts.search}</span>
          <kbd>Ctrl K</kbd>
        </button>
        <div className={styles['ends']}>
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
      {search.open && (
        <Suspense>
          <CommandPalette key={search.nth} close={() => setSearch((now) => ({ ...now, open: now.open && now.nth !== search.nth }))} />
        </Suspense>
      )}
    </div>
  );
}
