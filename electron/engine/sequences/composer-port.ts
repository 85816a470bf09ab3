import type { Variant } from '../../../shared/schemas/sequence.ts';
import type { Result } from '../lib/result.ts';

/** What sequences ask of the area that composes mail. That area is higher, so it comes in as a dependency. */
export interface Composer {
  prepare(variant: Pick<Variant, 'html'>): Promise<void> | null;
  compose(input: {
    readonly variant: Pick<Variant, 'subject' | 'html' | 'text'>;
    readonly contact: SampleContact;
    readonly sender: {
      readonly fromName: string;
      readonly address: string;
      readonly replyTo: string | null;
      readonly signatureHtml: string;
      readonly postalAddress: string;
      readonly optOutLine: string;
    };
    readonly thread: { readonly subject: string; readonly inReplyTo: string | null; readonly references: readonly string[] } | null;
    readonly messageId: string;
    readonly date: number;
    readonly unsubscribeMailto: string | null;
    readonly homingId: string | null;
    readonly onMissing: 'hold' | 'blank';
    readonly spin: { readonly stepId: string; readonly variantId: string };
    readonly personal?: string | null;
  }): Result<RenderedMail, RenderProblem>;
  /** One line with merge tags; null when a value is missing. Throws when it is no template. */
  line(
    source: string,
    contact: SampleContact,
    sender: { readonly fromName: string; readonly address: string; readonly signatureHtml: string; readonly postalAddress: string },
  ): string | null;
  check(source: string, mode: 'html' | 'text', customFields: readonly string[] | null): Finding[];
  requiredFields(variant: Pick<Variant, 'subject' | 'html' | 'text'>): string[];
  readonly tags: readonly { readonly tag: string; readonly label: string; readonly example: string }[];
}

export interface RenderedMail {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly from: string;
  readonly to: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly sameThread: boolean;
  readonly missing: readonly string[];
}

export type RenderProblem = { readonly kind: 'missing_field'; readonly fields: string[] } | { readonly kind: 'template_error'; readonly message: string; readonly field: string };

export interface Finding {
  readonly code: 'template_error' | 'unknown_tag' | 'spintax';
  readonly blocking: boolean;
  readonly message: string;
  readonly line: number | null;
  readonly column: number | null;
}

/** A contact as templates see it. */
export interface SampleContact {
  readonly id: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly company: string;
  readonly title: string;
  readonly phone: string;
  readonly website: string;
  readonly city: string;
  readonly country: string;
  readonly timeZone: string | null;
  readonly tags: readonly string[];
  readonly custom: Readonly<Record<string, string>>;
}
