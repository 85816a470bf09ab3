import { Skeleton, Tabs, Text, UnstyledButton } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight, IconSparkles } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { t } from '../../../lib/messages/index.ts';
import type { MailTexts } from '../mail-editor.tsx';
import classes from '../mail-editor.module.css';
import type { MailPlace } from './use-past-work.ts';

// Loaded when somebody opens it.
const RewriteSection = lazy(() => import('./rewrite-section.tsx').then(({ RewriteSection: component }) => ({ default: component })));
const SubjectsSection = lazy(() => import('./subjects-section.tsx').then(({ SubjectsSection: component }) => ({ default: component })));
const AdviceSection = lazy(() => import('./advice-section.tsx').then(({ AdviceSection: component }) => ({ default: component })));
const WorkedSection = lazy(() => import('./worked-section.tsx').then(({ WorkedSection: component }) => ({ default: component })));

interface Props {
  readonly mail: MailTexts;
  readonly place?: MailPlace;
  readonly onChange: (change: Partial<MailTexts>) => void;
}

const sections = ['rewrite', 'subjects', 'advice', 'worked'] as const;

/** Help with the mail that is being written: proposals, each taken by a press. With a model or without one. */
export function AssistPanel({ mail, place, onChange }: Props) {
  const [open, setOpen] = useState(false);
  const toggle = () => setOpen((was) => !was);
  useHotkeys([['mod+J', toggle]], [], true);
  return (
    <section className={classes['assist']} aria-label={t('assist.panel')}>
      <UnstyledButton className={classes['assistHead'] ?? ''} aria-expanded={open} aria-keyshortcuts="Control+J Meta+J" onClick={toggle}>
        <IconSparkles size={16} aria-hidden />
        <Text size="sm" fw={600} span>
          {t('assist.panel')}
        </Text>
        <Text size="sm" c="dimmed" span>
          {t('assist.panelText')}
        </Text>
        <span style={{ marginInlineStart: 'auto', display: 'flex' }}>{open ? <IconChevronDown size={16} aria-hidden /> : <IconChevronRight size={16} aria-hidden />}</span>
      </UnstyledButton>
      {open && (
        <Tabs defaultValue="rewrite" keepMounted={false} mt="xs">
          <Tabs.List mb="sm">
            {sections.map((name) => (
              <Tabs.Tab key={name} value={name}>
                {t(`assist.tab.${name}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Suspense fallback={<Skeleton height={60} radius="md" />}>
            <Tabs.Panel value="rewrite">
              <RewriteSection mail={mail} onChange={onChange} />
            </Tabs.Panel>
            <Tabs.Panel value="subjects">
              <SubjectsSection mail={mail} onChange={onChange} />
            </Tabs.Panel>
            <Tabs.Panel value="advice">
              <AdviceSection mail={mail} place={place} onChange={onChange} />
            </Tabs.Panel>
            <Tabs.Panel value="worked">
              <WorkedSection mail={mail} place={place} onChange={onChange} />
            </Tabs.Panel>
          </Suspense>
        </Tabs>
      )}
    </section>
  );
}
