import { Modal } from '@mantine/core';
import { Kbd } from '../components/kbd.tsx';
import { t, type MessageKey } from '../lib/messages/index.ts';
import { modKey } from '../lib/key-chords.ts';
import { places, settingsPlace } from './places.ts';
import styles from './shell.module.css';

interface Line {
  readonly keys: readonly string[];
  readonly text: MessageKey;
}

const groups: readonly { readonly title: MessageKey; readonly lines: readonly Line[] }[] = [
  {
    title: 'shortcuts.everywhere',
    lines: [
      { keys: [modKey, 'K'], text: 'shortcuts.palette' },
      { keys: ['/'], text: 'shortcuts.search' },
      { keys: ['?'], text: 'shortcuts.sheet' },
      { keys: ['Esc'], text: 'shortcuts.close' },
    ],
  },
  { title: 'shortcuts.goTo', lines: [...places, settingsPlace].map(({ key, text }) => ({ keys: ['G', key.toUpperCase()], text })) },
  {
    title: 'shortcuts.inbox',
    lines: [
      { keys: ['J'], text: 'shortcuts.next' },
      { keys: ['K'], text: 'shortcuts.previous' },
      { keys: ['R'], text: 'shortcuts.respond' },
      { keys: ['E'], text: 'shortcuts.settle' },
      { keys: ['U'], text: 'shortcuts.unread' },
    ],
  },
  {
    title: 'shortcuts.review',
    lines: [
      { keys: ['J'], text: 'shortcuts.nextMail' },
      { keys: ['K'], text: 'shortcuts.previousMail' },
      { keys: ['A'], text: 'shortcuts.approve' },
      { keys: ['E'], text: 'shortcuts.editPassage' },
      { keys: ['R'], text: 'shortcuts.regenerate' },
      { keys: ['F'], text: 'shortcuts.fallback' },
    ],
  },
  {
    title: 'shortcuts.tables',
    lines: [
      { keys: ['↑', '↓'], text: 'shortcuts.rows' },
      { keys: ['Space'], text: 'shortcuts.select' },
      { keys: ['Enter'], text: 'shortcuts.open' },
    ],
  },
  {
    title: 'shortcuts.editor',
    lines: [
      { keys: [modKey, 'S'], text: 'shortcuts.save' },
      { keys: [modKey, 'J'], text: 'shortcuts.assist' },
    ],
  },
];

/** The cheat sheet: every shortcut of the application. */
export function ShortcutsDialog({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title={t('shortcuts.title')} size="lg">
      <div className={styles['sheet']}>
        {groups.map(({ title, lines }) => (
          <section key={title} aria-label={t(title)}>
            <h3>{t(title)}</h3>
            <dl>
              {lines.map(({ keys, text }) => (
                <div key={text}>
                  <dt>{t(text)}</dt>
                  <dd>
                    {keys.map((key) => (
                      <Kbd key={key}>{key}</Kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
