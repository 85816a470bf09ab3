import { Accordion, Text } from '@mantine/core';
import type { ComponentType } from 'react';
import { t, type MessageKey } from '../../../lib/messages/index.ts';
import { EventRules } from './rules/event-rules.tsx';
import type { RulesProps } from './rules/fields.tsx';
import { LimitRules } from './rules/limit-rules.tsx';
import { SenderRules } from './rules/sender-rules.tsx';
import { TextRules } from './rules/text-rules.tsx';
import { WhenRules } from './rules/when-rules.tsx';

const parts: readonly (readonly [name: string, words: MessageKey, hint: MessageKey, Part: ComponentType<RulesProps>])[] = [
  ['when', 'campaigns.rules.when', 'campaigns.rules.when.hint', WhenRules],
  ['many', 'campaigns.rules.many', 'campaigns.rules.many.hint', LimitRules],
  ['who', 'campaigns.rules.who', 'campaigns.rules.who.hint', SenderRules],
  ['events', 'campaigns.rules.events', 'campaigns.rules.events.hint', EventRules],
  ['texts', 'campaigns.rules.texts', 'campaigns.rules.texts.hint', TextRules],
];

/** When mails of a campaign may leave, how many and from where, what answers do, and how texts are sent. */
export function RulesForm({ rules, onChange }: RulesProps) {
  return (
    <Accordion
      multiple
      defaultValue={['when', 'many']}
      order={3}
      chevronPosition="left"
      variant="default"
      styles={{ content: { paddingInline: 4 }, control: { paddingInline: 4 } }}
    >
      {parts.map(([name, words, hint, Part]) => (
        <Accordion.Item key={name} value={name}>
          <Accordion.Control>
            <Text fw={600}>{t(words)}</Text>
            <Text size="xs" c="dimmed">
              {t(hint)}
            </Text>
          </Accordion.Control>
          <Accordion.Panel>
            <Part rules={rules} onChange={onChange} />
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  );
}
