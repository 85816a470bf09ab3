import { Paper, Portal, Text } from '@mantine/core';
import { Extension, type Editor, type JSONContent } from '@tiptap/core';
import { PluginKey } from '@tiptap/pm/state';
import { Suggestion, type SuggestionProps } from '@tiptap/suggestion';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import classes from './mail-editor.module.css';

/** Something that is offered while typing. */
export interface Offer {
  readonly key: string;
  readonly label: string;
  readonly hint: string;
  readonly content: () => JSONContent | JSONContent[];
}

interface Open {
  readonly editor: Editor;
  readonly items: readonly Offer[];
  readonly index: number;
  readonly rect: DOMRect | null;
  readonly choose: (offer: Offer) => void;
}

/** What is offered now in one editor; the popup listens to it. */
export class Offers {
  #open: Open | null = null;
  readonly #listeners = new Set<() => void>();
  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly current = () => this.#open;

  set(open: Open | null): void {
    this.#open = open;
    for (const listener of this.#listeners) listener();
  }

  move(by: number): void {
    const open = this.#open;
    if (open !== null && open.items.length > 0) this.set({ ...open, index: (open.index + by + open.items.length) % open.items.length });
  }
}

/** Offers things while somebody types after `char`: arrows choose, Enter or Tab takes, Escape closes. */
export function suggesting(name: string, char: string, offers: Offers, find: (query: string) => Offer[]): Extension {
  return Extension.create({
    name,
    addProseMirrorPlugins() {
      const show = (props: SuggestionProps<Offer>, index: number) =>
        offers.set({ editor: this.editor, items: props.items, index, rect: props.clientRect?.() ?? null, choose: (offer) => props.command(offer) });
      return [
        Suggestion<Offer>({
          editor: this.editor,
          char,
          pluginKey: new PluginKey(name),
          allowSpaces: char === '{{',
          allowedPrefixes: char === '{{' ? null : [' '],
          shouldShow: ({ query }) => !/[}\n]/.test(query) && query.length < 40,
          items: ({ query }) => find(query.trim()),
          command: ({ editor, range, props }) => {
            // Closing braces that were typed already belong to what is replaced.
            const after = editor.state.doc.textBetween(range.to, Math.min(range.to + 3, editor.state.selection.$to.end()));
            const to = range.to + (char === '{{' ? (/^\s?\}\}/.exec(after)?.[0].length ?? 0) : 0);
            editor.chain().focus().insertContentAt({ from: range.from, to }, props.content()).run();
          },
          render: () => ({
            onStart: (props) => show(props, 0),
            onUpdate: (props) => show(props, 0),
            onKeyDown: ({ event }) => {
              const open = offers.current();
              if (open === null || open.items.length === 0) return false;
              if (event.key === 'ArrowDown' || event.key === 'ArrowUp') offers.move(event.key === 'ArrowDown' ? 1 : -1);
              else if (event.key === 'Enter' || event.key === 'Tab') {
                const chosen = open.items[open.index];
                if (chosen) open.choose(chosen);
              } else return false;
              return true;
            },
            onExit: () => offers.set(null),
          }),
        }),
      ];
    },
  });
}

/** The list under the caret. The editor keeps the keyboard; the active entry is told to screen readers through it. */
export function OffersPopup({ offers, label }: { readonly offers: Offers; readonly label: string }) {
  const open = useSyncExternalStore(offers.subscribe, offers.current);
  const list = useRef<HTMLDivElement>(null);
  const [id] = useState(() => `offers-${Math.random().toString(36).slice(2, 8)}`);
  const dom = open?.editor.view.dom;
  const shown = open !== null && open.items.length > 0;
  const active = shown ? `${id}-${open.index}` : null;
  useEffect(() => {
    if (!dom) return undefined;
    if (active === null) dom.removeAttribute('aria-activedescendant');
    else dom.setAttribute('aria-activedescendant', active);
    return () => dom.removeAttribute('aria-activedescendant');
  }, [dom, active]);
  useEffect(() => {
    if (active !== null) list.current?.querySelector(`#${active}`)?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  if (!shown || open.rect === null) return null;
  const below = open.rect.bottom + 270 < window.innerHeight;
  const place = below ? { top: open.rect.bottom + 6 } : { bottom: window.innerHeight - open.rect.top + 6 };
  return (
    <Portal>
      <Paper
        shadow="md"
        className={classes['offers'] ?? ''}
        style={{ ...place, left: Math.min(open.rect.left, window.innerWidth - 320) }}
        role="listbox"
        aria-label={label}
        id={id}
        ref={list}
      >
        {open.items.map((offer, index) => (
          <div
            key={offer.key}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === open.index}
            className={classes['offer']}
            onMouseDown={(event) => {
              event.preventDefault();
              open.choose(offer);
            }}
          >
            <Text size="sm" className="h-ellipsis">
              {offer.label}
            </Text>
            <Text size="xs" c="dimmed" className="h-ellipsis">
              {offer.hint}
            </Text>
          </div>
        ))}
      </Paper>
    </Portal>
  );
}
