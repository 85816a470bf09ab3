import type { Campaigns, Forecaster, Migration, StrandedPeople } from '../campaigns/index.ts';
import { launchOwnerId } from '../../../shared/schemas/team.ts';
import { needRole, os, ownerIdOf } from './base.ts';

export function campaignsRouter(campaigns: Campaigns, forecaster: Forecaster, migration: Migration, stranded: StrandedPeople) {
  return {
    list: os.campaigns.list.handler(({ input: { ownerId, ...query } }) => campaigns.list({ ...query, ownerId: ownerId === launchOwnerId ? null : ownerId })),
    create: os.campaigns.create.handler(({ input, context }) => campaigns.create(input, ownerIdOf(context))),
    get: os.campaigns.get.handler(({ input }) => campaigns.get(input.id)),
    update: os.campaigns.update.handler(({ input: { id, ...patch }, context }) => {
      if (patch.ownerId !== undefined) needRole(context, 'manager');
      return campaigns.update(id, patch);
    }),
    remove: os.campaigns.remove.handler(({ input }) => {
      campaigns.remove(input.id);
      return { id: input.id, deleted: true as const };
    }),
    preflight: os.campaigns.preflight.handler(({ input }) => campaigns.preflight(input.id)),
    forecast: os.campaigns.forecast.handler(({ input, signal }) => forecaster.forecast(input.id, signal)),
    launch: os.campaigns.launch.handler(({ input }) => campaigns.launch(input.id)),
    pause: os.campaigns.pause.handler(({ input }) => campaigns.pause(input.id)),
    resume: os.campaigns.resume.handler(({ input }) => campaigns.resume(input.id)),
    stop: os.campaigns.stop.handler(({ input }) => campaigns.stop(input.id)),
    migration: os.campaigns.migration.handler(({ input }) => migration.preview(input.id)),
    migrate: os.campaigns.migrate.handler(({ input }) => migration.migrate(input.id)),
    stranded: os.campaigns.stranded.handler(({ input }) => stranded.preview(input.id)),
    moveMailbox: os.campaigns.moveMailbox.handler(({ input }) => stranded.move(input.id, input.from, input.to)),
    undoMove: os.campaigns.undoMove.handler(({ input }) => stranded.undo(input.id, input.moveId)),
    enrol: os.campaigns.enrol.handler(({ input }) => campaigns.enrol(input.id, input.contactIds)),
  };
}
