import PostalMime, { type Email } from 'postal-mime';
import { createComposer, type Composed, type ComposeInput, type ComposeProblem, type MergeContact } from '../../electron/engine/composing/index.ts';

export const contact: MergeContact = {
  id: 'c1',
  email: 'ada@example.com',
  firstName: 'Ada',
  lastName: 'Lovelace',
  company: 'Analytical Engines',
  title: 'Programmer',
  phone: '',
  website: '',
  city: 'London',
  country: 'United Kingdom',
  timeZone: 'Europe/London',
  tags: ['vip'],
  custom: { plan: 'Pro' },
};

const composer = createComposer();

type Changes = Omit<Partial<ComposeInput>, 'variant' | 'contact' | 'sender'> & {
  variant?: Partial<ComposeInput['variant']>;
  contact?: Partial<MergeContact>;
  sender?: Partial<ComposeInput['sender']>;
};

/** A plain first mail to Ada from Grace, with what a test changes. */
export function composeInput(changes: Changes = {}): ComposeInput {
  return {
    thread: null,
    messageId: '<0190c0de-0000-7000-8000-000000000001@example.org>',
    date: Date.UTC(2026, 2, 3, 4, 5, 6),
    unsubscribeMailto: null,
    homingId: null,
    onMissing: 'hold',
    ...changes,
    variant: { subject: 'A question', html: '', text: changes.variant?.html === undefined ? 'Hello {{ first_name }}' : '', ...changes.variant },
    contact: { ...contact, ...changes.contact },
    sender: { fromName: 'Grace Hopper', address: 'grace@example.org', replyTo: null, signatureHtml: '', postalAddress: '', optOutLine: '', ...changes.sender },
  };
}

/** Composes and expects success. */
export function composed(changes: Changes = {}): Composed {
  const result = composer.compose(composeInput(changes));
  if (!result.ok) throw new Error(`not composed: ${JSON.stringify(result.error)}`);
  return result.value;
}

/** Composes and expects a problem. */
export function problemOf(changes: Changes): ComposeProblem {
  const result = composer.compose(composeInput(changes));
  if (result.ok) throw new Error(`composed: ${result.value.subject}`);
  return result.error;
}

export function parseMail(mail: Composed): Promise<Email> {
  return PostalMime.parse(mail.raw);
}

/** The header block as it stands on the wire. */
export function headOf(mail: Composed): string {
  const raw = Buffer.from(mail.raw).toString('utf8');
  return raw.slice(0, raw.indexOf('\r\n\r\n'));
}
