import { Button } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { after } from '../browser/page-clock.ts';
import shapes from '../design/shapes.module.css';
import { useFrameTexts } from '../text/frame/frame-texts.ts';
import styles from './copy-button.module.css';
import { Icon } from './icon.tsx';

interface CopyButtonProps {
  readonly text: string;
  /** What is copied, in words: `the transfer id`. */
  readonly what: string;
  /** With words beside the drawing. */
  readonly labelled?: boolean;
}

/** Copies a text, and says that it did. */
export function CopyButton({ text, what, labelled = false }: CopyButtonProps): ReactElement {
  const { copy, copied: copiedText } = useFrameTexts();
  const [copied, setCopied] = useState(false);
  const act = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    after(2_000, () => setCopied(false));
  };
  const icon = <Icon name={copied ? 'check' : 'copy'} size={15} />;
  const said = copied ? copiedText : copy(what);
  if (labelled)
    return (
      <Button variant="default" leftSection={icon} onClick={() => void act()}>
        {copied ? copiedText : copy('').trim()}
      </Button>
    );
  return (
    <button
      type="button"
      className={`${shapes['bare']} ${styles['copy']}`}
      data-copied={copied}
      aria-label={said}
      title={said}
      onClick={() => void act()}
    >
      {icon}
    </button>
  );
}
