import type { Fact } from '../../../shared/schemas/review.ts';

/** What is on file about a person. */
export interface PersonOnFile {
  readonly firstName: string;
  readonly lastName: string;
  readonly company: string;
  readonly title: string;
  readonly city: string;
  readonly country: string;
  readonly tags: readonly string[];
  readonly custom: Readonly<Record<string, string>>;
  /** What they answered, newest first, without quotes. */
  readonly replies: readonly string[];
  /** Subjects of mails that they got from us, newest first. */
  readonly subjects: readonly string[];
}

const longest = 300;
const longestReply = 600;
const mostFields = 30;
const mostOfThread = 3;

/** Links and addresses are nothing that a text may repeat, and characters without a shape can only hide something. */
const notTold = /<[^>]*>|\b(?:https?:\/\/|www\.)\S+|[\p{L}\d._%+-]+@[\p{L}\d.-]+|[\p{Cc}\p{Cf}\p{Co}]/gu;

/** A value as a model is told it: one line without markup, links and hidden characters, cut to a length. */
export function plainFact(value: string, length = longest): string {
  return value.replace(/\n/g, ' ').replace(notTold, ' ').replace(/\s+/g, ' ').trim().slice(0, length).trim();
}

/** The facts of a person, in a fixed order. Addresses and telephone numbers are not among them: no text needs them. Pure. */
export function factsOf(person: PersonOnFile): Fact[] {
  const { firstName, lastName, company, title, city, country, tags, custom, replies, subjects } = person;
  const named: [string, string, number?][] = [
    ['first_name', firstName],
    ['last_name', lastName],
    ['company', company],
    ['title', title],
    ['city', city],
    ['country', country],
    ['tags', tags.join(', ')],
    ...Object.entries(custom)
      .slice(0, mostFields)
      .map(([name, value]): [string, string] => [`custom.${plainFact(name, 60)}`, value]),
    ...replies.slice(0, mostOfThread).map((text): [string, string, number] => ['reply', text, longestReply]),
    ...subjects.slice(0, mostOfThread).map((text): [string, string] => ['earlier_mail', text]),
  ];
  return named.map(([name, value, length]) => ({ name, value: plainFact(value, length) })).filter(({ value }) => value !== '');
}
