import { z } from 'zod';
import { profileInputSchema, profileSchema, profileWithTokenSchema } from '../schemas/team.ts';
import { base, deleted, idInput } from './base.ts';

const tags = ['Team'];

export const teamContract = {
  me: base.route({ method: 'GET', path: '/team/me', tags, summary: 'Who you are here, and your role' }).input(z.object({})).output(profileSchema),
  list: base
    .route({ method: 'GET', path: '/team', tags, summary: 'The people of this workspace; the owner by the launch token first' })
    .input(z.object({}))
    .output(z.object({ items: z.array(profileSchema) })),
  add: base
    .route({ method: 'POST', path: '/team', tags, successStatus: 201, summary: 'Add a person; the answer shows the personal token once' })
    .input(profileInputSchema)
    .output(profileWithTokenSchema),
  update: base
    .route({ method: 'PUT', path: '/team/{id}', tags, summary: 'Change name or role of a person' })
    .input(idInput.extend(profileInputSchema.partial().shape))
    .output(profileSchema),
  renewToken: base
    .route({ method: 'POST', path: '/team/{id}/token', tags, summary: 'A new personal token; the old one is refused at once' })
    .input(idInput)
    .output(profileWithTokenSchema),
  remove: base
    .route({ method: 'DELETE', path: '/team/{id}', tags, summary: 'Remove a person; their token is refused at once, their campaigns pass to the owner' })
    .input(idInput)
    .output(deleted),
};
