import type { ReactElement, ReactNode } from 'react';
import { Brand } from '../../app/brand.tsx';
import { EnvironmentMark } from '../../app/environment-mark.tsx';
import { LanguageChoice } from '../../app/language-choice.tsx';
import { process } from '../../app/process.ts';
import { useFrameTexts } from '../../text/frame/frame-texts.ts';
import styles from './sign-in.module.css';

/** What stands around each step before a sign-in: whose portal this is, in which environment, in which language. */
export function SignInFrame({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactElement {
  const texts = useFrameTexts();
  return (
    <div className={styles['page']}>
      <title>{`${title} · ${process().fspId}`}</title>
      <header className={styles['top']}>
        <EnvironmentMark />
        <LanguageChoice />
      </header>
      <main className={styles['card']}>
        <div className={styles['brand']}>
          <Brand className={styles['logo']} size={24} />
          <small>
            {process().brand?.name ?? texts.product} · {process().fspId}
          </small>
          <h1>{title}</h1>
        </div>
        {children}
      </main>
    </div>
  );
}
