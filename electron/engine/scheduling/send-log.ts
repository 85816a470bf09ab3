import { day } from '../lib/clock.ts';

/** What left, as a limit counts it. What is being sent now counts in every window: it may be accepted at any moment. */
export interface SentTimes {
  /** Mails that are being sent now. */
  readonly pending: number;
  /** How many left at or after `since`, and those being sent. */
  countSince(since: number): number;
  /** When the nth newest (1 = last) of those that left did so, or null. */
  nthNewest(n: number): number | null;
}

/** The times at which something left, over the last two days, kept in step with the delivery rows. */
export interface SendLog extends SentTimes {
  /** One is being sent; `settle` says what became of it. */
  reserve(): void;
  /** The outcome of one that was reserved: when it left, or null when it did not. */
  settle(at: number | null): void;
  /**
   * The present moment: forgets what is older than two days. What lies a little in the future left before the clock was
   * set back, so it counts as now; what lies further off comes from a clock that was wrong, and is forgotten.
   */
  moveTo(now: number): void;
}

/** No limit looks back further. A local day may have 25 hours. */
export const memoryMs = 2 * day;

export function createSendLog(times: readonly number[] = []): SendLog {
  let log = times.length < 2 ? [...times] : [...times].sort((a, b) => a - b);
  let pending = 0;

  function firstAtOrAfter(since: number): number {
    let low = 0;
    let high = log.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((log[middle] ?? 0) < since) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    get pending() {
      return pending;
    },
    countSince: (since) => log.length - firstAtOrAfter(since) + pending,
    nthNewest: (n) => log.at(-n) ?? null,
    reserve() {
      pending += 1;
    },
    settle(at) {
      pending -= 1;
      if (at === null) return;
      if (at >= (log.at(-1) ?? -Infinity)) log.push(at);
      else log.splice(firstAtOrAfter(at), 0, at);
    },
    moveTo(now) {
      if ((log.at(-1) ?? 0) > now) log = log.filter((at) => at <= now + memoryMs).map((at) => Math.min(at, now));
      if ((log[0] ?? now) >= now - memoryMs) return;
      const first = firstAtOrAfter(now - memoryMs);
      // Copying a large array on each claim would cost more than the memory it frees.
      if (first > 1000 || first === log.length) log = log.slice(first);
    },
  };
}

/** A mail as limits see it. `domain` is '' for free mail, `companyKey` where no company is known: nothing limits those. */
export interface CountedMail {
  readonly mailboxId: string;
  readonly campaignId: string | null;
  /** 0 = a person's reply or test, 1 = follow-up, 2 = first mail. */
  readonly priority: number;
  readonly domain: string;
  readonly companyKey: string;
}

/** One mail that left at `at`, read from its row. */
export interface SentMail extends CountedMail {
  readonly at: number;
}

/**
 * Where the books find what left before they were opened: since `since`, sent or with an unknown outcome. A simulation
 * that starts from nothing gives `nothingSent`.
 */
export interface SentSource {
  ofMailbox(mailboxId: string, since: number): readonly SentMail[];
  ofCampaign(campaignId: string, since: number): readonly SentMail[];
  /** Mails of campaigns. */
  ofAll(since: number): readonly SentMail[];
}

export const nothingSent: SentSource = { ofMailbox: () => [], ofCampaign: () => [], ofAll: () => [] };

/** The counts behind all limits. Each book is opened when a rule first asks for it: a rule that is off costs nothing. */
export interface SendBooks {
  /** Everything that left from a mailbox, whatever its kind: providers count it all. */
  mailbox(mailboxId: string, now: number): SentTimes;
  /** Its follow-ups and its mails of campaigns: what the share of follow-ups is a share of. */
  mailboxFollowUps(mailboxId: string, now: number): SentTimes;
  mailboxCampaigns(mailboxId: string, now: number): SentTimes;
  campaign(campaignId: string, now: number): SentTimes;
  campaignNew(campaignId: string, now: number): SentTimes;
  /** Mails of all campaigns to a domain or company: whoever gets them does not tell campaigns apart. */
  domain(domain: string, now: number): SentTimes;
  company(companyKey: string, now: number): SentTimes;
  /** Whether the books of domains and companies are open: only then `reserve` needs their keys. */
  readonly countsRecipients: boolean;
  /** A mail is on its way. Returns what tells its outcome, to be called once: when it left, or null when it did not. */
  reserve(mail: CountedMail, now: number): (leftAt: number | null) => void;
}

type Book = 'mailbox' | 'mailboxFollowUps' | 'mailboxCampaigns' | 'campaign' | 'campaignNew' | 'domain' | 'company';

/** Logs of one book beyond which those that have become empty are dropped. */
const sweepAt = 20_000;

export function createSendBooks(source: SentSource): SendBooks {
  const books = new Map<Book, Map<string, SendLog>>();
  /** Which books are open: of a mailbox, of a campaign, of all recipients. */
  const open = { mailbox: new Set<string>(), campaign: new Set<string>(), recipients: false };

  function logOf(book: Book, key: string, now: number): SendLog {
    let logs = books.get(book);
    if (logs === undefined) books.set(book, (logs = new Map<string, SendLog>()));
    let log = logs.get(key);
    if (log === undefined) {
      if (logs.size >= sweepAt && logs.size % sweepAt === 0) sweep(logs, now);
      logs.set(key, (log = createSendLog()));
    }
    return log;
  }

  function sweep(logs: Map<string, SendLog>, now: number): void {
    for (const [key, log] of logs) {
      log.moveTo(now);
      if (log.pending === 0 && log.nthNewest(1) === null) logs.delete(key);
    }
  }

  /** The logs in which a mail counts, of the books that are open. */
  function logsOf(mail: CountedMail, now: number): SendLog[] {
    const logs: SendLog[] = [];
    if (open.mailbox.has(mail.mailboxId)) logs.push(...mailboxLogs(mail, now));
    if (mail.campaignId !== null && open.campaign.has(mail.campaignId)) logs.push(...campaignLogs(mail, mail.campaignId, now));
    if (open.recipients && mail.campaignId !== null) logs.push(...recipientLogs(mail, now));
    return logs;
  }

  function mailboxLogs(mail: CountedMail, now: number): SendLog[] {
    const logs = [logOf('mailbox', mail.mailboxId, now)];
    if (mail.priority > 0) logs.push(logOf('mailboxCampaigns', mail.mailboxId, now));
    if (mail.priority === 1) logs.push(logOf('mailboxFollowUps', mail.mailboxId, now));
    return logs;
  }

  function campaignLogs(mail: CountedMail, campaignId: string, now: number): SendLog[] {
    return mail.priority === 2 ? [logOf('campaign', campaignId, now), logOf('campaignNew', campaignId, now)] : [logOf('campaign', campaignId, now)];
  }

  function recipientLogs(mail: CountedMail, now: number): SendLog[] {
    const logs = mail.domain === '' ? [] : [logOf('domain', mail.domain, now)];
    if (mail.companyKey !== '') logs.push(logOf('company', mail.companyKey, now));
    return logs;
  }

  function fill(mails: readonly SentMail[], logsFor: (mail: SentMail) => SendLog[]): void {
    for (const mail of mails) {
      for (const log of logsFor(mail)) {
        log.reserve();
        log.settle(mail.at);
      }
    }
  }

  function current(book: Book, key: string, now: number): SendLog {
    const log = logOf(book, key, now);
    log.moveTo(now);
    return log;
  }

  function ofMailbox(book: Book, mailboxId: string, now: number): SentTimes {
    if (!open.mailbox.has(mailboxId)) {
      open.mailbox.add(mailboxId);
      fill(source.ofMailbox(mailboxId, now - memoryMs), (mail) => mailboxLogs(mail, now));
    }
    return current(book, mailboxId, now);
  }

  function ofCampaign(book: Book, campaignId: string, now: number): SentTimes {
    if (!open.campaign.has(campaignId)) {
      open.campaign.add(campaignId);
      fill(source.ofCampaign(campaignId, now - memoryMs), (mail) => campaignLogs(mail, campaignId, now));
    }
    return current(book, campaignId, now);
  }

  function ofRecipient(book: Book, key: string, now: number): SentTimes {
    if (!open.recipients) {
      open.recipients = true;
      fill(source.ofAll(now - memoryMs), (mail) => recipientLogs(mail, now));
    }
    return current(book, key, now);
  }

  return {
    mailbox: (mailboxId, now) => ofMailbox('mailbox', mailboxId, now),
    mailboxFollowUps: (mailboxId, now) => ofMailbox('mailboxFollowUps', mailboxId, now),
    mailboxCampaigns: (mailboxId, now) => ofMailbox('mailboxCampaigns', mailboxId, now),
    campaign: (campaignId, now) => ofCampaign('campaign', campaignId, now),
    campaignNew: (campaignId, now) => ofCampaign('campaignNew', campaignId, now),
    domain: (domain, now) => ofRecipient('domain', domain, now),
    company: (companyKey, now) => ofRecipient('company', companyKey, now),
    get countsRecipients() {
      return open.recipients;
    },
    reserve(mail, now) {
      const logs = logsOf(mail, now);
      for (const log of logs) log.reserve();
      return (leftAt) => {
        for (const log of logs) log.settle(leftAt);
      };
    },
  };
}
