import { hash } from 'node:crypto';
import { textOfHtml } from '../composing/index.ts';

/**
 * SHA-256 (hex) of what a person approves: recipient, subject, text, and the HTML as it reads, with its links. Styles do not
 * count, for they are put into the elements only while a mail is sent.
 */
export function approvalHash(mail: { to: string; subject: string; text: string; html: string }): string {
  return hash('sha256', JSON.stringify([mail.to, mail.subject, mail.text, mail.html === '' ? '' : textOfHtml(mail.html)]));
}
