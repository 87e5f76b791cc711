import { ActionIcon } from '@mantine/core';
import { type ReactElement, type ReactNode, useEffect, useRef } from 'react';
import shapes from '../design/shapes.module.css';
import { useFrameTexts } from '../text/frame/frame-texts.ts';
import styles from './dialog.module.css';
import { Icon } from './icon.tsx';

interface DialogProps {
  readonly title: string;
  /** Called however it is closed. */
  readonly close: () => void;
  /** Pixels; default 460. */
  readonly width?: number;
  readonly children: ReactNode;
}

/** A question or a form over the page; the browser keeps the focus in it, and Escape closes it. */
export function Dialog({ title, close, width = 460, children }: DialogProps): ReactElement {
  const { close: closeText } = useFrameTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      className={`${shapes['dialog']} ${styles['dialog']}`}
      style={{ '--dialog-width': `${width}px` } as React.CSSProperties}
      aria-label={title}
      onClose={close}
    >
      <header className={styles['head']}>
        <h2>{title}</h2>
        <ActionIcon variant="subtle" color="gray" aria-label={closeText} onClick={() => dialog.current?.close()}>
          <Icon name="cross" size={16} />
        </ActionIcon>
      </header>
      <div className={styles['body']}>{children}</div>
    </dialog>
  );
}
