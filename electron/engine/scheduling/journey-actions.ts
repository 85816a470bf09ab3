import { AppError } from '../../../shared/errors.ts';
import type { StepAction, StepOf } from '../../../shared/schemas/sequence.ts';
import type { Contacts } from '../contacts/index.ts';
import type { Events } from '../events/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { EnrolmentRow } from '../sequences/index.ts';
import type { Tx } from '../store/index.ts';
import type { Webhooks } from '../webhooks/index.ts';
import type { PlanContext } from './mail-plan.ts';

export interface JourneyActions {
  /**
   * Does the action of a step and writes it down. What cannot be done (its list is gone) is written down too, and the
   * person goes on. Returns what is left to do once this enrolment has ended, where the person goes on in another sequence.
   */
  perform(tx: Tx, enrolment: EnrolmentRow, step: StepOf<'action'>, context: PlanContext): ((tx: Tx) => void) | null;
}

export interface ActionDeps {
  readonly events: Events;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly contacts: Pick<Contacts, 'change' | 'lists' | 'segments'>;
  readonly webhooks: Pick<Webhooks, 'queue'>;
  /** Starts an enrolment that was just written. */
  readonly begin: (tx: Tx, enrolmentId: string, at: number) => void;
}

export function createJourneyActions(deps: ActionDeps): JourneyActions {
  const { events, clock, ids, contacts } = deps;

  function about({ id, campaignId, contactId, mailboxId }: EnrolmentRow, stepId: string) {
    return { enrolmentId: id, campaignId, contactId, mailboxId, stepId };
  }

  /** Null = done; else why not. */
  function act(tx: Tx, enrolment: EnrolmentRow, stepId: string, action: Exclude<StepAction, { kind: 'move_to' }>): string | null {
    const { contactId } = enrolment;
    switch (action.kind) {
      case 'add_tag':
      case 'remove_tag': {
        const tag = action.tag.trim();
        contacts.change(tx, contactId, 'engine', ({ tags }) => {
          const others = tags.filter((own) => own.toLowerCase() !== tag.toLowerCase());
          return { tags: action.kind === 'add_tag' ? [...others, tag] : others };
        });
        return null;
      }
      case 'set_field': {
        const { field, value } = action;
        contacts.change(tx, contactId, 'engine', ({ custom }) =>
          field.startsWith('custom.') ? { custom: { ...custom, [field.slice('custom.'.length)]: value } } : { [camel(field)]: value },
        );
        return null;
      }
      case 'add_to_list':
        return contacts.lists.addIn(tx, action.listId, contactId) === 'no list' ? 'The list does not exist any more' : null;
      case 'remove_from_list':
        contacts.lists.removeIn(tx, action.listId, contactId);
        return null;
      case 'webhook': {
        const contact = tx
          .prepare('select id, email, first_name as firstName, last_name as lastName, company, title, phone, website, city, country, tags, custom from contacts where id = ?')
          .get(contactId) as { tags: string; custom: string } & Record<string, string>;
        const body = {
          type: 'sequence_step',
          at: clock.now(),
          contact: { ...contact, tags: JSON.parse(contact.tags) as unknown, custom: JSON.parse(contact.custom) as unknown },
          enrolmentId: enrolment.id,
          campaignId: enrolment.campaignId,
          stepId,
        };
        const { enrolmentId, campaignId } = about(enrolment, stepId);
        deps.webhooks.queue(tx, { uniqueKey: `${enrolmentId}:${stepId}`, url: action.url, body, campaignId, enrolmentId, contactId, stepId });
        return null;
      }
      case 'notify':
        events.append(tx, { type: 'notified', actor: 'engine', reason: action.message, ...about(enrolment, stepId) });
        return null;
      case 'convert':
        events.append(tx, { type: 'converted', actor: 'engine', reason: action.goal === '' ? null : action.goal, ...about(enrolment, stepId) });
        return null;
    }
  }

  /** The active version of the other sequence, unless the person has been in it for this campaign: nobody goes in circles. */
  function target(tx: Tx, enrolment: EnrolmentRow, sequenceId: string): { versionId: string } | string {
    const row = tx.prepare('select active_version_id as versionId from sequences where id = ?').get(sequenceId) as { versionId: string | null } | undefined;
    if (row === undefined || row.versionId === null) return 'The sequence does not exist or has no active version';
    const been = tx
      .prepare(`select 1 from enrolments e join sequence_versions v on v.id = e.sequence_version_id where e.campaign_id = ? and e.contact_id = ? and v.sequence_id = ? limit 1`)
      .get(enrolment.campaignId, enrolment.contactId, sequenceId);
    return been === undefined ? { versionId: row.versionId } : 'The person has been in this sequence already';
  }

  function moveTo(enrolment: EnrolmentRow, versionId: string): (tx: Tx) => void {
    return (tx) => {
      const id = ids.next();
      const now = clock.now();
      tx.prepare(
        `insert into enrolments (id, campaign_id, contact_id, sequence_version_id, mailbox_id, state, "references", variants, created_at, updated_at) values (?, ?, ?, ?, ?, 'active', '[]', '{}', ?, ?)`,
      ).run(id, enrolment.campaignId, enrolment.contactId, versionId, enrolment.mailboxId, now, now);
      const { campaignId, contactId, mailboxId } = enrolment;
      events.append(tx, { type: 'enrolled', actor: 'engine', reason: 'moved', enrolmentId: id, campaignId, contactId, mailboxId, data: { from: enrolment.id } });
      deps.begin(tx, id, now);
    };
  }

  return {
    perform(tx, enrolment, step) {
      const { action } = step;
      const found = action.kind === 'move_to' ? target(tx, enrolment, action.sequenceId) : null;
      const problem = action.kind === 'move_to' ? (typeof found === 'string' ? found : null) : attempt(() => act(tx, enrolment, step.id, action));
      events.append(tx, { type: 'acted', actor: 'engine', reason: action.kind, ...about(enrolment, step.id), data: problem === null ? null : { problem } });
      return found === null || typeof found === 'string' ? null : moveTo(enrolment, found.versionId);
    },
  };

  /** A value that a contact cannot have must not hold the person. */
  function attempt(work: () => string | null): string | null {
    try {
      return work();
    } catch (error) {
      if (error instanceof AppError) return error.message;
      throw error;
    }
  }
}

function camel(field: string): string {
  return field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
