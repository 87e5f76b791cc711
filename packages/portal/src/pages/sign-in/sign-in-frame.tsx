import type { ReactElement, ReactNode } from 'react';
import { Choices } from '../../app/choices.tsx';
import { EnvironmentMark } from '../../app/environment-mark.tsx';
import { process } from '../../app/process.ts';
import { Icon } from '../../components/icon.tsx';
import { useFrameTexts } from '../../text/frame/frame-texts.ts';
import { chooseLanguage, LANGUAGES, useLanguage } from '../../text/language.ts';
import styles from './sign-in.module.css';

/** What stands around each step before a sign-in: whose portal this is, in which environment, in which language. */
export function SignInFrame({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactElement {
  const texts = useFrameTexts();
  const language = useLanguage();
  return (
    <div className={styles['page']}>
      <title>{`${title} · ${process().fspId}`}</title>
      <header className={styles['top']}>
        <EnvironmentMark />
        <Choices label={texts.language} options={LANGUAGES} chosen={language} choose={(next) => void chooseLanguage(next)} />
      </header>
      <main className={styles['card']}>
        <div className={styles['brand']}>
          <span className={styles['logo']}>
            <Icon name="payments" size={24} />
          </span>
          <small>
            {texts.product} · {process().fspId}
          </small>
          <h1>{title}</h1>
        </div>
        {children}
      </main>
    </div>
  );
}
