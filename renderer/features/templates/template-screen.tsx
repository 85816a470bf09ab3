import { Anchor, Group, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { z } from 'zod';
import type { Template } from '../../../shared/schemas/sequence.ts';
import { MailEditor } from '../../components/mail-editor/mail-editor.tsx';
import { PreviewPane } from '../../components/mail-editor/preview-pane.tsx';
import { Page } from '../../components/page.tsx';
import { RescueNote } from '../../components/rescue-note.tsx';
import { SaveState } from '../../components/save-state.tsx';
import { QueryState } from '../../components/states.tsx';
import { api, client } from '../../lib/client.ts';
import { t } from '../../lib/messages/index.ts';
import { useRescuedAutosave } from '../../lib/use-rescued-autosave.ts';
import classes from './templates.module.css';

/** The editor of one template or snippet, beside its preview. */
export function TemplateScreen() {
  const { templateId } = useParams({ from: '/templates/$templateId' });
  const template = useQuery(api.templates.get.queryOptions({ input: { id: templateId } }));
  return (
    <Page fill>
      <QueryState query={template}>{(data) => <Editor key={data.id} template={data} />}</QueryState>
    </Page>
  );
}

const draftSchema = z.object({ name: z.string(), subject: z.string(), html: z.string(), text: z.string() });
type Draft = z.infer<typeof draftSchema>;

function same(a: Draft, b: Draft): boolean {
  return a.name === b.name && a.subject === b.subject && a.html === b.html && a.text === b.text;
}

function Editor({ template }: { readonly template: Template }) {
  const queryClient = useQueryClient();
  const { id, kind, updatedAt } = template;
  const draft = useRescuedAutosave<Draft>({
    key: `homing.template.${id}`,
    stored: { name: template.name, subject: template.subject, html: template.html, text: template.text },
    stamp: updatedAt,
    same,
    parse: (value) => draftSchema.safeParse(value).data ?? null,
    write: async (value, stored) => {
      const saved = await client.templates.update({ id, ...value, name: value.name.trim() === '' ? stored.name : value.name.trim() });
      queryClient.setQueryData(api.templates.get.queryKey({ input: { id } }), saved);
      void queryClient.invalidateQueries({ queryKey: api.templates.list.key() });
      return saved.updatedAt;
    },
  });
  useHotkeys([['mod+S', () => void draft.save()]], []);
  const { name, ...texts } = draft.value;
  const variant = { id: 'A', weight: 1, active: true, ...texts };
  return (
    <>
      <Group justify="space-between" align="flex-end" wrap="nowrap" mb="md" gap="lg">
        <div style={{ flex: 1, minWidth: 0 }}>
          <Anchor size="sm" display="inline-block" py={4} renderRoot={(props) => <Link {...props} to="/templates" search={kind === 'snippet' ? { kind } : {}} />}>
            {t('templates.back')}
          </Anchor>
          <TextInput
            aria-label={t('templates.nameOf')}
            value={name}
            maxLength={200}
            error={name.trim() === '' ? t('templates.nameMissing') : undefined}
            onChange={(event) => {
              const value = event.currentTarget.value;
              draft.edit((before) => ({ ...before, name: value }));
            }}
          />
        </div>
        <SaveState status={draft.status} error={draft.error} onSave={() => void draft.save()} />
      </Group>
      <div className={classes['editor']}>
        <div className={classes['column']}>
          {draft.rescue && <RescueNote at={draft.rescue.at} onTake={() => draft.takeRescue()} onDrop={draft.dropRescue} />}
          <MailEditor
            variant={texts}
            bodyOnly={kind === 'snippet'}
            isFirst
            previousSubject={null}
            issues={[]}
            onChange={(change) => draft.edit((before) => ({ ...before, ...change }))}
          />
        </div>
        <PreviewPane shown={{ name, stepId: null, variant, attachments: [], isFirst: kind === 'mail', previous: null }} />
      </div>
    </>
  );
}
