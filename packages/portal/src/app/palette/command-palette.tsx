import { type KeyboardEvent, type ReactElement, useEffect, useRef, useState } from 'react';
import { Icon } from '../../components/icon.tsx';
import shapes from '../../design/shapes.module.css';
import { useFrameTexts } from '../../text/frame/frame-texts.ts';
import { type PaletteOption, usePaletteOptions } from './options.ts';
import styles from './palette.module.css';

const LIST = 'palette-list';

/** Search, go to, act: everything by its name, with the keyboard alone. */
export default function CommandPalette({ close }: { readonly close: () => void }): ReactElement {
  const { palette } = useFrameTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const options = usePaletteOptions(typed);
  const chosen = options[Math.min(at, options.length - 1)];
  useEffect(() => dialog.current?.showModal(), []);
  const choose = (option: PaletteOption | undefined): void => {
    if (option === undefined) return;
    dialog.current?.close();
    option.choose();
  };
  const pressed = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && options.length > 0) {
      event.preventDefault();
      setAt((before) => (Math.min(before, options.length - 1) + step + options.length) % options.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      choose(chosen);
    }
  };
  return (
    <dialog ref={dialog} className={`${shapes['dialog']} ${styles['dialog']}`} aria-label={palette.title} onClose={close}>
      <div className={styles['field']}>
        <Icon name="search" />
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls={LIST}
          aria-activedescendant={chosen && `option-${chosen.id}`}
          aria-label={palette.title}
          placeholder={palette.placeholder}
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onKeyDown={pressed}
          onChange={({ currentTarget }) => {
            setTyped(currentTarget.value);
            setAt(0);
          }}
        />
      </div>
      <Options options={options} chosen={chosen} choose={choose} />
    </dialog>
  );
}

interface OptionsProps {
  readonly options: readonly PaletteOption[];
  readonly chosen: PaletteOption | undefined;
  readonly choose: (option: PaletteOption) => void;
}

function Options({ options, chosen, choose }: OptionsProps): ReactElement {
  const { palette } = useFrameTexts();
  if (options.length === 0) return <p className={styles['nothing']}>{palette.nothing}</p>;
  const groups = Map.groupBy(options, ({ group }) => group);
  return (
    <div id={LIST} role="listbox" aria-label={palette.title} className={styles['list']}>
      {[...groups].map(([group, members]) => (
        <div key={group} role="group" aria-label={palette[group]}>
          <div className={styles['group']} aria-hidden="true">
            {palette[group]}
          </div>
          {members.map((option) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field above, which has the focus
            <div
              key={option.id}
              id={`option-${option.id}`}
              role="option"
              tabIndex={-1}
              aria-selected={option === chosen}
              className={styles['option']}
              onClick={() => choose(option)}
              ref={(element) => {
                if (option === chosen) element?.scrollIntoView({ block: 'nearest' });
              }}
            >
              <Icon name={option.icon} />
              <span>{option.text}</span>
              {option.aside !== undefined && <small>{option.aside}</small>}
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}
