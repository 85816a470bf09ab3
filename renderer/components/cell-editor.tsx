import { useEffect, useId, useRef, useState } from 'react';
import { t } from '../lib/messages/index.ts';
import styles from './components.module.css';
import { notifyError } from './notify.tsx';

interface Props {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly string[] | undefined;
  readonly save: (text: string) => Promise<void> | undefined;
  readonly onEnd: () => void;
}

/** Edits one cell: Enter or leaving it saves, Escape gives up. What the engine refuses is told, and the text stays. */
export function CellEditor({ label, value, choices, save, onEnd }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const ended = useRef(false);
  const [text, setText] = useState(value);
  const id = useId();
  useEffect(() => input.current?.select(), []);

  const end = () => {
    ended.current = true;
    onEnd();
  };
  const finish = async () => {
    if (ended.current) return;
    if (text === value) return end();
    ended.current = true;
    try {
      await save(text);
      onEnd();
    } catch (error) {
      ended.current = false;
      notifyError(error);
      input.current?.focus();
    }
  };
  return (
    <>
      <input
        ref={input}
        className={styles['cellEditor']}
        aria-label={t('cell.edit', { column: label })}
        value={text}
        maxLength={10_000}
        list={choices ? id : undefined}
        autoFocus
        onClick={(event) => event.stopPropagation()}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={() => void finish()}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === 'Enter') void finish();
          if (event.key === 'Escape') end();
        }}
      />
      {choices && (
        <datalist id={id}>
          {choices.map((choice) => (
            <option key={choice} value={choice} />
          ))}
        </datalist>
      )}
    </>
  );
}
