import { Button } from '@mantine/core';
import { type ReactElement, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import shapes from '../design/shapes.module.css';
import { Icon, type IconName } from './icon.tsx';
import styles from './popover-button.module.css';

interface PopoverButtonProps {
  readonly icon: IconName;
  readonly text: string;
  readonly children: ReactNode;
}

/** A button that opens a small box below it; Escape or a click elsewhere closes it. */
export function PopoverButton({ icon, text, children }: PopoverButtonProps): ReactElement {
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const box = useId();
  useEffect(() => {
    if (!open) return undefined;
    const pointed = (event: PointerEvent): void => {
      if (!place.current?.contains(event.target as Node)) setOpen(false);
    };
    const pressed = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      setOpen(false);
      place.current?.querySelector('button')?.focus();
    };
    document.addEventListener('pointerdown', pointed);
    document.addEventListener('keydown', pressed);
    return () => {
      document.removeEventListener('pointerdown', pointed);
      document.removeEventListener('keydown', pressed);
    };
  }, [open]);
  return (
    <div ref={place} className={styles['place']}>
      <Button
        variant="default"
        size="xs"
        leftSection={<Icon name={icon} size={15} />}
        aria-expanded={open}
        aria-controls={open ? box : undefined}
        onClick={() => setOpen((before) => !before)}
      >
        {text}
      </Button>
      {open && (
        <div id={box} className={`${shapes['raised']} ${styles['box']}`}>
          {children}
        </div>
      )}
    </div>
  );
}
