import { Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './campaigns.module.css';

export type SectionId = 'sequence' | 'audience' | 'mailboxes' | 'rules' | 'forecast';

/** A part of the campaign form that the checklist can jump to. */
export function Section({ id, title, children }: { readonly id: SectionId; readonly title: string; readonly children: ReactNode }) {
  return (
    <section className={classes['section']} aria-labelledby={`campaign-${id}-title`} id={`campaign-${id}`} tabIndex={-1}>
      <Title order={2} id={`campaign-${id}-title`}>
        {title}
      </Title>
      {children}
    </section>
  );
}

/** Brings a part of the form into view and gives it the keyboard. */
export function goToSection(id: SectionId): void {
  const section = document.getElementById(`campaign-${id}`);
  section?.scrollIntoView({ block: 'start', behavior: 'smooth' });
  section?.focus({ preventScroll: true });
}
