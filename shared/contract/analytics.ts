import { z } from 'zod';
import { analyticsBreakdownSchema, analyticsQuerySchema, analyticsTableSchema, analyticsTrendSchema } from '../schemas/analytics.ts';
import { workedBeforeInputSchema, workedBeforeSchema } from '../schemas/worked-before.ts';
import { copyAdviceInputSchema, copyAdviceSchema } from '../schemas/copy-advice.ts';
import { base } from './base.ts';

const tags = ['Analytics'];

export const analyticsContract = {
  trend: base
    .route({ method: 'GET', path: '/analytics/trend', tags, summary: 'What happened over time, and at which hours people answer' })
    .input(analyticsQuerySchema)
    .output(analyticsTrendSchema),
  breakdown: base
    .route({ method: 'GET', path: '/analytics/breakdown', tags, summary: 'What became of the mails, by campaign, step, variant, mailbox and provider, with 95 % intervals' })
    .input(analyticsQuerySchema)
    .output(analyticsBreakdownSchema),
  copyAdvice: base
    .route({ method: 'POST', path: '/analytics/copy-advice', tags, summary: 'What would make a mail easier to read and to answer, with edits' })
    .input(copyAdviceInputSchema)
    .output(copyAdviceSchema),
  workedBefore: base
    .route({ method: 'POST', path: '/analytics/worked-before', tags, summary: 'Own mails and snippets that are near to a text and worked, with their figures' })
    .input(workedBeforeInputSchema)
    .output(workedBeforeSchema),
  table: base
    .route({ method: 'GET', path: '/analytics/tables/{table}', tags, summary: 'One of these tables as CSV' })
    .input(analyticsQuerySchema.extend({ table: analyticsTableSchema }))
    .output(z.file()),
};
