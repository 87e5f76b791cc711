import { Link, useLocation } from '@tanstack/react-router';
import { type ReactElement, useRef } from 'react';
import { useMe } from '../api/me.ts';
import { useIsNarrow } from '../browser/use-is-narrow.ts';
import { Icon } from '../components/icon.tsx';
import shapes from '../design/shapes.module.css';
import { useFrameTexts } from '../text/frame/frame-texts.ts';
import { Brand } from './brand.tsx';
import { LiveMark } from './live-mark.tsx';
import { NAVIGATION, type NavigationEntry } from './navigation.ts';
import { process } from './process.ts';
import styles from './shell.module.css';

/** Beside “More”, on a phone. */
const ON_PHONE = 4;
const MORE = 'more-pages';

/** The ways to all pages: at the side, on a phone the first of them below. */
export function Side(): ReactElement {
  const texts = useFrameTexts();
  const { permissions } = useMe();
  const narrow = useIsNarrow();
  const pages = NAVIGATION.filter(({ permission }) => permissions.includes(permission));
  const seen = narrow && pages.length > ON_PHONE + 1 ? pages.slice(0, ON_PHONE) : pages;
  return (
    <nav className={styles['side']} aria-label={texts.navigation}>
      <Link to="/" className={styles['brand']}>
        <Brand className={styles['logo']} />
        <span>
          <strong>{process().fspId}</strong>
          <small>{process().brand?.name ?? texts.product}</small>
        </span>
      </Link>
      <ul className={`${shapes['list']} ${styles['pages']}`}>
        {seen.map((page) => (
          <PageLink key={page.to} page={page} />
        ))}
        {seen.length < pages.length && <MorePages pages={pages.slice(seen.length)} />}
      </ul>
      <div className={styles['foot']}>
        <LiveMark />
      </div>
    </nav>
  );
}

function PageLink({ page: { to, text, icon }, gone }: { readonly page: NavigationEntry; readonly gone?: () => void }): ReactElement {
  const { pages } = useFrameTexts();
  return (
    <li>
      <Link to={to} className={styles['page']} activeProps={{ 'aria-current': 'page' }} onClick={gone}>
        <Icon name={icon} />
        <span>{pages[text]}</span>
      </Link>
    </li>
  );
}

/** What has no room on a phone, one touch away. */
function MorePages({ pages }: { readonly pages: readonly NavigationEntry[] }): ReactElement {
  const texts = useFrameTexts();
  const { pathname } = useLocation();
  const box = useRef<HTMLUListElement>(null);
  const within = pages.some(({ to }) => pathname === to || pathname.startsWith(`${to}/`));
  return (
    <li>
      <button type="button" className={`${shapes['bare']} ${styles['page']}`} popoverTarget={MORE} data-within={within || undefined}>
        <Icon name="more" />
        <span>{texts.more}</span>
      </button>
      <ul id={MORE} ref={box} popover="auto" className={`${shapes['raised']} ${styles['morePages']}`}>
        {pages.map((page) => (
          <PageLink key={page.to} page={page} gone={() => box.current?.hidePopover()} />
        ))}
      </ul>
    </li>
  );
}
