import { Alert, Anchor, Button, SegmentedControl, Skeleton, Stack, Text } from '@mantine/core';
import type { Editor } from '@tiptap/react';
import { IconCode } from '@tabler/icons-react';
import { lazy, Suspense, useId, useRef, useState } from 'react';
import type { GraphIssue, Variant } from '../../../shared/schemas/sequence.ts';
import { t } from '../../lib/messages/index.ts';
import { copyFigures, type CopyFinding } from '../../../shared/copy-lint.ts';
import { confirmDialog } from '../confirm-dialog.tsx';
import { CopyCheck } from './copy-check.tsx';
import { EditorField } from './field.tsx';
import { docOfHtml } from './from-html.ts';
import { MergeTagMenu } from './merge-tag-menu.tsx';
import { TaggedField } from './tagged-field.tsx';
import { htmlToText, textToHtml } from './text.ts';
import { htmlOfDoc } from './to-html.ts';

// The editor with its engine is a chunk of its own: screens without one do not load it.
const RichEditor = lazy(() => import('./rich-editor.tsx').then(({ RichEditor: component }) => ({ default: component })));
const TagLine = lazy(() => import('./tag-line.tsx').then(({ TagLine: component }) => ({ default: component })));

/** What is edited: of html and text one may be empty, it is derived from the other. */
export type MailTexts = Pick<Variant, 'subject' | 'html' | 'text'>;

interface Props {
  readonly variant: MailTexts;
  readonly isFirst: boolean;
  readonly previousSubject: string | null;
  readonly issues: readonly GraphIssue[];
  /** A block of text and no whole mail: without a subject, and not judged as a mail. */
  readonly bodyOnly?: boolean;
  readonly onChange: (change: Partial<MailTexts>) => void;
}

type Mode = 'rich' | 'source' | 'text';

const subjectMax = 998;
const bodyMax = 500_000;
const sampleTag = '{{ first_name | default: "there" }}';

/** How a text was written: what rich text has no place for stays source. */
function modeOf({ html, text }: MailTexts): Mode {
  if (html.trim() !== '') return docOfHtml(html).lost.length === 0 ? 'rich' : 'source';
  return text.trim() === '' ? 'rich' : 'text';
}

/** Subject and body of a mail: as rich text, as its HTML source, or as plain text. The views show one text; changing between them loses nothing. */
export function MailEditor({ variant, isFirst, previousSubject, issues, bodyOnly = false, onChange }: Props) {
  const [mode, setMode] = useState<Mode>(() => modeOf(variant));
  /** Both ways of a text that was turned into the other, to come back to while it is unchanged. */
  const turned = useRef<{ readonly html: string; readonly text: string } | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const editors = useRef<{ subject: Editor | null; body: Editor | null }>({ subject: null, body: null });
  const [keep] = useState(() => ({
    subject: (editor: Editor | null) => {
      editors.current.subject = editor;
    },
    body: (editor: Editor | null) => {
      editors.current.body = editor;
    },
  }));
  const issue = (blocking: boolean, ...fields: readonly string[]) =>
    issues.find((found) => found.blocking === blocking && found.field !== null && fields.includes(found.field))?.message ?? null;

  const toHtml = (next: Mode) => {
    setMode(next);
    if (variant.html.trim() !== '' || variant.text.trim() === '') return;
    const html = turned.current?.text === variant.text ? turned.current.html : textToHtml(variant.text);
    turned.current = { html, text: variant.text };
    onChange({ html, text: '' });
  };
  const toText = async () => {
    const known = turned.current?.html === variant.html ? turned.current.text : null;
    const sure =
      known !== null ||
      variant.html.trim() === '' ||
      (await confirmDialog({ title: t('sequences.toTextTitle'), children: t('sequences.toTextText'), confirm: t('sequences.toTextConfirm') }));
    if (!sure) return;
    const text = known ?? (variant.text.trim() === '' ? htmlToText(variant.html) : variant.text);
    turned.current = { html: variant.html, text };
    setMode('text');
    onChange({ text, html: '' });
  };
  const change = (next: Mode) => {
    if (next === 'text') void toText();
    else toHtml(next);
  };

  const select = (finding: CopyFinding) => {
    const editor = finding.field === 'subject' ? editors.current.subject : mode === 'rich' ? editors.current.body : null;
    if (editor !== null) void import('./select-place.ts').then(({ selectFinding }) => selectFinding(editor, finding, variant[finding.field]));
    else selectInSource(root.current, finding);
  };
  const fix = ({ field, place, fix: written }: CopyFinding) => {
    if (place !== null && written !== null) onChange({ [field]: variant[field].slice(0, place.start) + written + variant[field].slice(place.end) });
  };

  const bodyFields = mode === 'text' ? ['text', 'body'] : ['html', 'body'];
  const words = t('sequences.words', { count: copyFigures(variant).words });
  const views = (
    <SegmentedControl
      aria-label={t('editor.mode')}
      value={mode}
      data={(['rich', 'source', 'text'] as const).map((value) => ({ value, label: t(`editor.mode.${value}`) }))}
      onChange={(next) => change(next)}
    />
  );
  return (
    <Stack gap="md" ref={root}>
      {!bodyOnly && (
        <SubjectField
          value={variant.subject}
          placeholder={isFirst ? t('sequences.subjectFirst', { tag: '{{ company }}' }) : t('sequences.subjectFollowUp')}
          hint={isFirst ? undefined : previousSubject === null ? t('sequences.subjectFollowUpHintUnknown') : t('sequences.subjectFollowUpHint', { subject: previousSubject })}
          error={issue(true, 'subject')}
          advice={issue(false, 'subject')}
          onChange={(subject) => onChange({ subject })}
          onEditor={keep.subject}
        />
      )}
      {mode === 'rich' ? (
        <BodyField
          value={variant.html}
          views={views}
          words={words}
          error={issue(true, ...bodyFields)}
          advice={issue(false, ...bodyFields)}
          onChange={(html) => onChange({ html })}
          onEditor={keep.body}
        />
      ) : (
        <>
          <TaggedField
            key={mode}
            multiline
            code={mode === 'source'}
            pictures={mode === 'source'}
            snippets={mode === 'source' ? 'html' : 'text'}
            label={t('sequences.body')}
            name={mode === 'source' ? 'html' : 'text'}
            value={mode === 'source' ? variant.html : variant.text}
            maxLength={bodyMax}
            placeholder={mode === 'source' ? '<p>…</p>' : t('sequences.bodyPlaceholder', { tag: sampleTag })}
            error={issue(true, ...bodyFields)}
            advice={issue(false, ...bodyFields)}
            hint={mode === 'source' ? words : `${words} · ${t('sequences.textModeHint')}`}
            onChange={(body) => onChange(mode === 'source' ? { html: body } : { text: body })}
            aside={views}
          />
          {mode === 'source' && <Lost html={variant.html} onSimplify={(html) => onChange({ html })} onRich={() => setMode('rich')} />}
        </>
      )}
      {mode !== 'text' && <TextTwin value={variant.text} error={issue(true, 'text')} advice={issue(false, 'text')} onChange={(text) => onChange({ text })} />}
      {!bodyOnly && <CopyCheck mail={variant} isFirst={isFirst} onSelect={select} onFix={fix} />}
    </Stack>
  );
}

/** Marks a place in a field of source. */
function selectInSource(root: HTMLElement | null, { field, place }: CopyFinding): void {
  const area = root?.querySelector<HTMLTextAreaElement>(`textarea[data-field='${field}']`);
  if (!area || place === null) return;
  area.focus();
  area.setSelectionRange(place.start, place.end);
}

interface SubjectProps {
  readonly value: string;
  readonly placeholder: string;
  readonly hint: string | undefined;
  readonly error: string | null;
  readonly advice: string | null;
  readonly onChange: (value: string) => void;
  readonly onEditor: (editor: Editor | null) => void;
}

function SubjectField({ value, placeholder, hint, error, advice, onChange, onEditor }: SubjectProps) {
  const editor = useRef<Editor | null>(null);
  const [keepEditor] = useState(() => (made: Editor | null) => {
    editor.current = made;
    onEditor(made);
  });
  const id = useId();
  const label = t('sequences.subject');
  return (
    <EditorField
      label={label}
      labelId={`${id}-label`}
      hintId={`${id}-hint`}
      hint={hint}
      error={error}
      advice={advice}
      onLabel={() => editor.current?.commands.focus()}
      aside={<MergeTagMenu field={label} onInsert={(source) => editor.current?.chain().focus().insertContent({ type: 'mergeTag', attrs: { source } }).run()} />}
    >
      <Suspense fallback={<Skeleton height={36} radius="md" />}>
        <TagLine
          name="subject"
          labelId={`${id}-label`}
          hintId={`${id}-hint`}
          value={value}
          placeholder={placeholder}
          invalid={error !== null}
          maxLength={subjectMax}
          onChange={onChange}
          onEditor={keepEditor}
        />
      </Suspense>
    </EditorField>
  );
}

interface BodyProps {
  readonly value: string;
  readonly views: React.ReactNode;
  readonly words: string;
  readonly error: string | null;
  readonly advice: string | null;
  readonly onChange: (html: string) => void;
  readonly onEditor: (editor: Editor | null) => void;
}

function BodyField({ value, views, words, error, advice, onChange, onEditor }: BodyProps) {
  const id = useId();
  const editor = useRef<Editor | null>(null);
  const [keepEditor] = useState(() => (made: Editor | null) => {
    editor.current = made;
    onEditor(made);
  });
  const label = t('sequences.body');
  // Source that was written in another view may hold what rich text would drop: it is not taken from there.
  const { lost } = docOfHtml(value);
  if (lost.length > 0) return <Lost html={value} views={views} onSimplify={onChange} onRich={() => undefined} />;
  return (
    <EditorField
      label={label}
      labelId={`${id}-label`}
      hintId={`${id}-hint`}
      hint={words}
      error={error}
      advice={advice}
      aside={views}
      onLabel={() => editor.current?.commands.focus()}
    >
      <Suspense fallback={<Skeleton height={236} radius="md" role="status" aria-label={t('editor.loading')} />}>
        <RichEditor label={label} labelId={`${id}-label`} hintId={`${id}-hint`} value={value} invalid={error !== null} onChange={onChange} onEditor={keepEditor} />
      </Suspense>
    </EditorField>
  );
}

/** Says what rich text has no place for, and leaves it where it is unless somebody wants it gone. */
function Lost({
  html,
  views,
  onSimplify,
  onRich,
}: {
  readonly html: string;
  readonly views?: React.ReactNode;
  readonly onSimplify: (html: string) => void;
  readonly onRich: () => void;
}) {
  const { doc, lost } = docOfHtml(html);
  if (lost.length === 0) return null;
  const parts = lost.length > 8 ? `${lost.slice(0, 8).join(', ')} …` : lost.join(', ');
  const simplify = async () => {
    if (!(await confirmDialog({ title: t('editor.simplifyTitle'), children: t('editor.simplifyText', { parts }), confirm: t('editor.simplifyConfirm') }))) return;
    onSimplify(htmlOfDoc(doc));
    onRich();
  };
  return (
    <Alert color="amber" variant="light" icon={<IconCode size={18} />} title={t('editor.lostTitle')}>
      <Text size="sm" mb="sm" style={{ overflowWrap: 'anywhere' }}>
        {t('editor.lostText', { parts })}
      </Text>
      {views}
      <Button size="compact-sm" variant="default" onClick={() => void simplify()}>
        {t('editor.simplify')}
      </Button>
    </Alert>
  );
}

/** The plain-text part is made from the HTML, unless somebody writes it. */
function TextTwin({
  value,
  error,
  advice,
  onChange,
}: {
  readonly value: string;
  readonly error: string | null;
  readonly advice: string | null;
  readonly onChange: (text: string) => void;
}) {
  const [open, setOpen] = useState(value !== '' || error !== null);
  if (!open)
    return (
      <div>
        <Anchor component="button" type="button" size="xs" onClick={() => setOpen(true)}>
          {t('editor.textTwin.show')}
        </Anchor>
      </div>
    );
  return (
    <TaggedField
      multiline
      minRows={2}
      label={t('sequences.textTwin')}
      name="text"
      value={value}
      maxLength={bodyMax}
      hint={t('sequences.textTwinHint')}
      error={error}
      advice={advice}
      onChange={onChange}
    />
  );
}
