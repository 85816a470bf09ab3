import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { appRoot } from './app-root.ts';

let domains: ReadonlySet<string> | undefined;

/** Whether anybody can have an address of this domain (lower case): people who share it are no colleagues. */
export function isFreeMail(domain: string): boolean {
  domains ??= new Set((JSON.parse(readFileSync(join(appRoot(), 'resources', 'free-mail-domains.json'), 'utf8')) as { domains: string[] }).domains);
  return domains.has(domain);
}

/** People with the same key work together: the company's name in lower case, else the domain unless it is free mail, else ''. */
export function companyKeyOf(company: string, domain: string): string {
  const name = company.trim().toLowerCase().replaceAll(/\s+/g, ' ');
  if (name !== '') return name;
  return isFreeMail(domain) ? '' : domain;
}
