import { randomBytes } from 'node:crypto';
import type { EventType } from '../../shared/schemas/event.ts';
import type { Workspace } from '../../shared/schemas/settings.ts';
import { createAnalytics, createComparisons } from './analytics/index.ts';
import { createAssist } from './assist/index.ts';
import {
  createAutoPause,
  createCampaigns,
  createEnrolmentList,
  createForecaster,
  createLauncher,
  createMigration,
  createStranded,
  createPersonalWriter,
  createRecipientProviders,
  createReviews,
  createTasks,
  createWaker,
} from './campaigns/index.ts';
import { createComposer } from './composing/index.ts';
import { createContacts } from './contacts/index.ts';
import {
  createDeadLetters,
  createDeliveries,
  createDomainTrouble,
  createMailboxTrouble,
  createMessageIdLearner,
  createOutbox,
  createReconciler,
  createSender,
  createTestSend,
  createUnknownOutcomes,
  createWriteBatch,
  type Attempt,
  type ClaimedDelivery,
  type OutboxRow,
} from './delivery/index.ts';
import { createEvents } from './events/index.ts';
import { createFiles } from './files/index.ts';
import { createInbox } from './inbox/index.ts';
import { minute, second } from './lib/clock.ts';
import { createMailboxes, createNetwork } from './mailboxes/index.ts';
import { ConnectError, type EnginePorts } from './ports.ts';
import type { PracticeServices } from './practice/index.ts';
import { createRouter } from './rpc/index.ts';
import { createDispatcher, createPlanner, type Dispatcher } from './scheduling/index.ts';
import { createEnrolments, createSequences, createTemplates } from './sequences/index.ts';
import { openStore, type Tx } from './store/index.ts';
import { createWebhooks } from './webhooks/index.ts';
import { createBackups, createSendingPause, createSettings, createTeam, createVault, folderWarnings, openInstance } from './workspace/index.ts';

const lookSoonMs = 100;

export type Engine = Awaited<ReturnType<typeof createEngine>>;

/**
 * The composition root: opens the store, builds every area from lower to higher and wires their hooks. `start` rescues
 * what an older boot left, then begins to send and to listen. `stop` lets the messages in flight finish and closes the
 * database. Throws AppError store_corrupt, store_from_future or disk_full.
 */
export async function createEngine(ports: EnginePorts) {
  const { clock, ids, random, log, dataDir } = ports;
  const boot = ids.next();
  const store = openStore({ dataDir, clock, log });
  const events = createEvents(store, clock);
  const base = { store, events, clock, ids, random, log, dataDir };

  const settings = createSettings(base);
  const instance = openInstance({ ...base, keyDir: ports.keyDir });
  const vault = createVault({ ...base, keychain: ports.keychain, passphrase: ports.passphrase, keyDir: ports.keyDir });
  await vault.open();
  const backups = createBackups({ ...base, settings });
  const pause = createSendingPause({ ...base, settings });
  const team = createTeam(base);

  const wake = () => dispatcher.wake();
  const enrolments = createEnrolments(base);
  const network = ports.network ?? createNetwork({ dnsServers: () => settings.get().dnsServers });
  const contacts = createContacts({
    ...base,
    settings,
    // Practice writes to example domains, which take no mail.
    ...(ports.timeLapse === null ? { dns: network.dns } : {}),
    onSuppressed(tx, { reason, contactIds }) {
      const stop = reason === 'hard_bounce' ? 'bounced' : reason === 'unsubscribed' ? 'unsubscribed' : reason === 'complaint' ? 'complained' : 'suppressed';
      for (const id of contactIds) enrolments.stopContact(tx, id, stop, 'engine');
    },
    onDoubled(tx, enrolmentIds) {
      for (const id of enrolmentIds) enrolments.stop(tx, id, 'merged', 'person');
    },
    onRemoved(tx, contactIds) {
      for (const id of contactIds) enrolments.stopContact(tx, id, 'by_hand', 'person');
      assist.forget(tx, contactIds);
    },
  });
  const mailboxes = createMailboxes({
    ...base,
    vault,
    transports: ports.transports,
    network,
    onRemoved(tx, mailboxId) {
      tx.prepare(
        `update deliveries set state = 'held', why = 'mailbox_gone', mailbox_id = null, updated_at = ? where mailbox_id = ? and state in ('planned','claimed','deferred','held')`,
      ).run(clock.now(), mailboxId);
    },
  });
  const assist = createAssist({ ...base, vault, settings, fetch: network.modelFetch, gallery: () => sequences.gallery() });
  const files = createFiles(base);
  const composer = createComposer();
  const storedKey = settings.read<string>('unsubscribe.key');
  const ownKey = storedKey ?? randomBytes(32).toString('hex');
  if (storedKey === null) store.transaction((tx) => settings.write(tx, 'unsubscribe.key', ownKey));
  const unsubscribeKey = () => ownKey;
  const profile = () => settings.get();

  const sequences = createSequences({ ...base, composer, profile, files, suppressionOf: (email) => contacts.isSuppressed(null, email), fetch: network.fetch });
  const templates = createTemplates(base);
  const webhooks = createWebhooks({ ...base, fetch: network.fetch });
  const planner = createPlanner({ ...base, contacts, webhooks });
  const retryPolicy = () => settings.get().retry;
  const domains = createDomainTrouble({ ...base, retryPolicy });
  const outbox = createOutbox({ ...base, boot, planner, enrolments, contacts, domains, retryPolicy });
  const batch = createWriteBatch(base);
  const sender = createSender({ ...base, composer, outbox, batch, profile, unsubscribeKey, files, dkimKey: mailboxes.dkimKey });
  const trouble = createMailboxTrouble({ ...base, mailboxes, wake });
  const autoPause = createAutoPause(base);

  const dispatcher: Dispatcher = createDispatcher<OutboxRow, ClaimedDelivery, Attempt>({
    ...base,
    // A minute, and in time-lapse a real second: ends of pauses are seen by looking.
    get maxSleepMs() {
      return Math.max(minute, second * (ports.timeLapse?.factor ?? 1));
    },
    pausedUntil: pause.until,
    secretsLocked: vault.isLocked,
    outbox: {
      due: outbox.due,
      claim(tx, row) {
        const claimed = sender.load(tx.prepare, row);
        return { ...claimed, row: outbox.claim(tx, row, claimed.contact?.email) };
      },
      release: outbox.release,
      moveSlot: outbox.moveSlot,
      hold: outbox.hold,
      send: sender.send,
      settle(tx, row, attempt) {
        if (attempt.kind === 'hold') {
          outbox.hold(tx, row, attempt.reason, attempt.detail);
          return;
        }
        const verdict = outbox.settle(tx, row, attempt);
        if (verdict !== null && attempt.kind === 'refused') trouble.refused(tx, row.mailboxId, verdict, `${attempt.answer.code} ${attempt.answer.text}`);
        if (verdict?.permanent === true && row.campaignId !== null) autoPause.check(tx, row.campaignId);
        if (attempt.kind === 'not_started') trouble.connectFailed(tx, row.mailboxId, new ConnectError('connect', attempt.cause));
        if (attempt.kind === 'accepted' && attempt.copy !== undefined)
          inbox.queueSentCopy(tx, { deliveryId: row.id, mailboxId: row.mailboxId, raw: attempt.copy, sentAt: clock.now() });
        if (attempt.kind === 'unknown') tx.afterCommit(() => void reconciler.run());
      },
      write: batch.run,
      writeSoon: batch.runSoon,
    },
    connect(mailboxId, signal) {
      const access = mailboxes.access(mailboxId, 'smtp');
      if (access === null) throw new ConnectError('connect', 'The mailbox no longer exists');
      return ports.transports.openSmtp(access, signal);
    },
    connectFailed: trouble.connectFailed,
    connectProven: trouble.proven,
    refreshInbox: async (mailboxId) => {
      await inbox.refresh(mailboxId);
    },
    onTick,
  });

  function onTick(tx: Tx, now: number): void {
    const due = tx
      .prepare(
        `select e.id from enrolments e join campaigns c on c.id = e.campaign_id where e.state = 'paused' and e.paused_until is not null and e.paused_until <= +? and c.status = 'running' limit 200`,
      )
      .all(now) as { id: string }[];
    for (const { id } of due) {
      // One person's trouble must not keep the others paused.
      try {
        store.transaction((inner) => planner.resume(inner, id, 'engine', 'pause_over'));
      } catch (error) {
        log.error({ err: error, enrolmentId: id }, 'a paused person could not be resumed');
      }
    }
    if ((pause.until() ?? 0) <= now) waker.wakeDue(tx);
    campaigns.closeFinished(tx);
    reviews.releaseDue(tx);
    mailboxes.resumeDue();
    tx.afterCommit(() => void webhooks.run());
    tx.afterCommit(() => void stranded.leaveLost());
  }

  const learnMessageId = createMessageIdLearner(base);
  const reconciler = createReconciler({
    ...base,
    ...{ outbox, mailboxes, learnMessageId, afterChange: wake },
    async open(mailboxId, signal) {
      const access = mailboxes.access(mailboxId, 'imap');
      return access === null ? null : ports.transports.openInbox(access, signal);
    },
  });

  const deliveries = createDeliveries({
    ...base,
    outbox,
    planner,
    enrolments,
    dispatcher: () => dispatcher,
    render: sender.render,
    unknownOf: createUnknownOutcomes({ store, lookOf: reconciler.lookOf }),
  });
  const deadLetters = createDeadLetters({ ...base, outbox, deliveries, render: sender.render });
  const inbox = createInbox({
    ...base,
    mailboxes,
    contacts,
    transports: ports.transports,
    assist,
    unsubscribeKey,
    hooks: {
      stop: enrolments.stop,
      pause: enrolments.pause,
      checkRates: autoPause.check,
      noteRemoteTrouble: domains.note,
      restart: (tx: Tx, enrolmentId: string, reason: string) => planner.resume(tx, enrolmentId, 'person', reason),
      evidence: (tx: Tx, evidence: Parameters<typeof outbox.markFound>[1]) => outbox.markFound(tx, evidence, 'engine'),
      learnMessageId,
      queueReply: deliveries.queue,
      render(deliveryId: string) {
        const row = store.transaction((tx) => outbox.row(tx, deliveryId));
        return row === undefined ? null : sender.render(row);
      },
    },
  });
  const analytics = createAnalytics({ ...base, deliveries, settings, pausedUntil: pause.until, pausedReason: pause.reason, timeLapse: ports.timeLapse, embed: assist.embed });
  const comparisons = createComparisons({ ...base, complete: assist.complete });
  const launcher = createLauncher({ ...base, contacts, planner, providers: createRecipientProviders({ store, clock, mx: (domain) => network.dns.mx(domain) }) });
  const campaigns = createCampaigns({
    ...base,
    contacts,
    enrolments,
    launcher,
    counts: analytics.campaignCounts,
    requiredFields: sequences.requiredFields,
    copyNotes: sequences.copyNotes,
    secretsLocked: vault.isLocked,
    wake,
  });
  const forecaster = createForecaster({ ...base, contacts });
  const tasks = createTasks({ ...base, planner, wake });
  const migration = createMigration({ ...base, planner, wake });
  const stranded = createStranded({ ...base, launcher, planner, wake });
  const waker = createWaker({ ...base, planner, wake });
  const personalWriter = createPersonalWriter({ ...base, assist, settings });
  const reviews = createReviews({ ...base, deliveries, outbox, writer: personalWriter, sender });
  const enrolmentList = createEnrolmentList({ ...base, enrolments, planner, wake });

  function workspace(): Workspace {
    const until = pause.until();
    return {
      instanceId: instance.instanceId,
      version: ports.version,
      dataDir,
      practice: ports.timeLapse !== null,
      now: clock.now(),
      timeLapse: ports.timeLapse?.factor ?? 1,
      sendingPausedUntil: until !== null && until > clock.now() ? until : null,
      pausedReason: pause.reason(),
      nextSendAt: deliveries.next(1)[0]?.slotAt ?? null,
      needsYou: analytics.needsYou().length,
      secrets: vault.state(),
      secretsKeptBy: vault.keptBy(),
      warnings: [...folderWarnings(dataDir), ...(vault.keptBy() === 'key-file' && vault.state() === 'unlocked' ? ['secrets_key_file'] : [])],
    };
  }

  // Ends of enrolments come in bursts: one look soon after is enough to close campaigns and to set the alarm anew.
  let lookSoon: (() => void) | null = null;
  const stirring = new Set<EventType>(['finished', 'stopped', 'failed', 'resumed', 'restarted', 'released', 'resolved']);
  events.subscribe((list) => {
    if (lookSoon !== null || !list.some((event) => stirring.has(event.type))) return;
    lookSoon = clock.after(lookSoonMs * (ports.timeLapse?.factor ?? 1), () => {
      lookSoon = null;
      wake();
    });
  });

  let cancelReconcile: (() => void) | null = null;
  function reconcileLater(): void {
    cancelReconcile = clock.after(minute * (ports.timeLapse?.factor ?? 1), () => void reconciler.run().finally(() => (cancelReconcile === null ? undefined : reconcileLater())));
  }

  const router = createRouter({
    ...{
      contacts,
      mailboxes,
      files,
      sequences,
      templates,
      campaigns,
      forecaster,
      migration,
      stranded,
      tasks,
      reviews,
      webhooks,
      enrolments: enrolmentList,
      deliveries,
      deadLetters,
      inbox,
      assist,
      analytics,
      comparisons,
      settings,
      team,
      vault,
      pause,
    },
    workspace,
    testSend: createTestSend({ store, sequences, deliveries }),
    openPractice: ports.openPractice,
    timeLapse: ports.timeLapse,
    wake,
  });

  const practiceServices: PracticeServices = {
    mailboxes: { list: mailboxes.list, create: mailboxes.create, test: (input) => mailboxes.test(input.id, input.roundTrip) },
    contacts: { import: contacts.import, getImport: contacts.getImport },
    lists: { list: contacts.lists.list },
    sequences: { list: sequences.list, create: sequences.create, activate: (input) => sequences.activate(input.id) },
    campaigns: { list: campaigns.list, create: campaigns.create },
  };

  return {
    router,
    /** What a host passes to the practice workspace, to be filled with samples. */
    practiceServices,
    context: { log },
    people: { callerOf: team.callerOf, onRevoked: team.onRevoked },
    workspace,
    optOut: inbox.optOut,
    enrolmentList,
    services: {
      contacts,
      files,
      mailboxes,
      sequences,
      templates,
      campaigns,
      migration,
      stranded,
      tasks,
      reviews,
      webhooks,
      deliveries,
      team,
      deadLetters,
      inbox,
      assist,
      analytics,
      settings,
      events,
      vault,
    },
    /** Called when the computer wakes or comes online: rows and the wall clock are looked at now. */
    poke(): void {
      dispatcher.wake();
      inbox.poke();
      void reconciler.run(true);
    },
    start(): void {
      const rescued = store.transaction((tx) => outbox.rescue(tx));
      if (rescued.released + rescued.unknown > 0) log.warn(rescued, 'deliveries of an earlier run were rescued');
      if (instance.restored !== null) pause.pause(null, instance.restored);
      vault.onUnlocked(() => {
        wake();
        inbox.poke();
      });
      mailboxes.onChange(wake);
      mailboxes.onChange((id, change) => {
        if (change === 'added') mailboxes.health.checkLater(id);
      });
      contacts.start();
      inbox.start();
      backups.start();
      analytics.start();
      waker.start();
      personalWriter.start();
      dispatcher.start();
      reconcileLater();
      void reconciler.run();
      campaigns.recover().catch((error: unknown) => log.error({ err: error }, 'an interrupted launch could not go on'));
    },
    async stop(): Promise<void> {
      cancelReconcile?.();
      cancelReconcile = null;
      analytics.stop();
      waker.stop();
      webhooks.stop();
      mailboxes.stop();
      await dispatcher.stop();
      await Promise.all([personalWriter.stop(), inbox.stop(), reconciler.stop(), assist.stop(), contacts.stop(), backups.stop()]);
      batch.flush();
      store.close();
    },
  };
}
