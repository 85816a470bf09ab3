import type { Profile } from '../../../shared/schemas/team.ts';
import type { Team } from '../workspace/index.ts';
import { os } from './base.ts';

export function teamRouter(team: Team) {
  const find = (id: string | undefined): Profile => team.list().find((profile) => profile.id === id) ?? team.launchOwner;
  return {
    me: os.team.me.handler(({ context }) => find(context.who?.().id)),
    list: os.team.list.handler(() => ({ items: team.list() })),
    add: os.team.add.handler(({ input }) => team.add(input)),
    update: os.team.update.handler(({ input: { id, ...patch } }) => team.update(id, patch)),
    renewToken: os.team.renewToken.handler(({ input }) => team.renewToken(input.id)),
    remove: os.team.remove.handler(({ input }) => {
      team.remove(input.id);
      return { id: input.id, deleted: true as const };
    }),
  };
}
