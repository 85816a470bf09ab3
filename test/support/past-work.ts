import { graphSchema } from '../../shared/schemas/sequence.ts';
import type { writeRows } from './analytics-rows.ts';

export const pastTexts = { A: 'The timetable of the harbour changed. Who prints it for you?', B: 'Crates that do not break at their corners. May I send two?' };

/** One step with two variants that 30 people each got; A was answered by 6, B by 12; the people of B are pilots of one company. */
export function writePastWork(rows: ReturnType<typeof writeRows>): void {
  const graph = graphSchema.parse({
    steps: [{ id: 'first', type: 'email', variants: (['A', 'B'] as const).map((id) => ({ id, subject: `Subject ${id}`, text: pastTexts[id] })) }],
  });
  rows.run('update sequence_versions set graph = @graph', { graph: JSON.stringify(graph) });
  const campaign = rows.campaign('One');
  rows.run('update campaigns set launched_at = 1 where id = @id', { id: campaign });
  for (let index = 0; index < 60; index += 1) {
    const variant = index % 2 === 0 ? 'A' : 'B';
    const contact = rows.contact(`p${index}@example.com`, variant === 'B' ? { company: 'Nordhafen' } : {});
    if (variant === 'B') rows.run(`update contacts set title = 'Harbour pilot' where id = @contact`, { contact });
    rows.run('update contacts set last_sent_at = 1 where id = @contact', { contact });
    const delivery = rows.delivery('sent', { campaign, contact });
    rows.run(`update deliveries set step_id = 'first', variant_id = @variant, enrolment_id = @enrolment where id = @delivery`, {
      ...{ delivery, variant, enrolment: rows.enrolment(campaign, contact, 'active', 1) },
    });
    if (index >= (variant === 'A' ? 12 : 24)) continue;
    const reply = rows.reply('human', { campaign, contact });
    rows.run('update replies set delivery_id = @delivery where id = @reply', { delivery, reply });
  }
}
