import { OpenAPIGenerator } from '@orpc/openapi';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import { contract } from '../../shared/contract/index.ts';
import { errorCodes } from '../../shared/errors.ts';
import { campaignSchema } from '../../shared/schemas/campaign.ts';
import { calendarSchema } from '../../shared/schemas/common.ts';
import { contactSchema, importRunSchema, listSchema, suppressionSchema } from '../../shared/schemas/contact.ts';
import { deliverySchema } from '../../shared/schemas/delivery.ts';
import { enrolmentSchema } from '../../shared/schemas/enrolment.ts';
import { eventSchema } from '../../shared/schemas/event.ts';
import { mailboxSchema } from '../../shared/schemas/mailbox.ts';
import { replySchema } from '../../shared/schemas/reply.ts';
import { segmentFilterSchema, segmentRuleSchema, segmentSchema } from '../../shared/schemas/segment.ts';
import { sequenceSchema, templateSchema } from '../../shared/schemas/sequence.ts';
import { settingsSchema, workspaceSchema } from '../../shared/schemas/settings.ts';
import { problemType } from './problem.ts';
import { restPrefix } from './rest.ts';

const output = 'output' as const;
const problemSchema = {
  type: 'object',
  description: 'RFC 9457 problem details',
  properties: {
    type: { type: 'string', examples: ['urn:homing:problem:validation'] },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What happened and what to do' },
    code: { type: 'string', enum: Object.keys(errorCodes) },
    fields: { type: 'object', additionalProperties: { type: 'string' }, description: 'Dotted input path → sentence' },
  },
  required: ['type', 'title', 'status', 'detail', 'code'],
};

interface Operation {
  requestBody?: { content?: Record<string, unknown> };
  operationId?: string;
  summary?: string;
  responses?: Record<string, unknown>;
}

/** The OpenAPI 3.1 document of the REST API, made from the contract. */
export async function openApiDocument(version: string): Promise<Record<string, unknown>> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  const document = (await generator.generate(contract, {
    info: {
      title: 'Homing',
      version,
      description: 'E-mail sequences that come home with replies. Times are UTC epoch milliseconds. Lists are paged by cursor: pass `nextCursor` as `cursor`.',
    },
    servers: [{ url: restPrefix }],
    security: [{ token: [] }],
    commonSchemas: {
      Mailbox: { strategy: output, schema: mailboxSchema },
      Contact: { strategy: output, schema: contactSchema },
      List: { strategy: output, schema: listSchema },
      Segment: { strategy: output, schema: segmentSchema },
      SegmentFilter: { strategy: output, schema: segmentFilterSchema },
      SegmentFilterInput: { strategy: 'input', schema: segmentFilterSchema },
      SegmentRule: { strategy: output, schema: segmentRuleSchema },
      SegmentRuleInput: { strategy: 'input', schema: segmentRuleSchema },
      Suppression: { strategy: output, schema: suppressionSchema },
      ImportRun: { strategy: output, schema: importRunSchema },
      Template: { strategy: output, schema: templateSchema },
      Sequence: { strategy: output, schema: sequenceSchema },
      Campaign: { strategy: output, schema: campaignSchema },
      Enrolment: { strategy: output, schema: enrolmentSchema },
      Delivery: { strategy: output, schema: deliverySchema },
      Reply: { strategy: output, schema: replySchema },
      Event: { strategy: output, schema: eventSchema },
      Settings: { strategy: output, schema: settingsSchema },
      Workspace: { strategy: output, schema: workspaceSchema },
      Calendar: { strategy: output, schema: calendarSchema },
    },
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  })) as unknown as { paths: Record<string, Record<string, Operation>>; components: Record<string, unknown> };

  document.components['responses'] = {
    Problem: { description: 'The request failed; the body says why', content: { [problemType]: { schema: { $ref: '#/components/schemas/Problem' } } } },
  };
  document.components['schemas'] = { ...(document.components['schemas'] as object), Problem: problemSchema };
  for (const operations of Object.values(document.paths)) {
    for (const operation of Object.values(operations)) {
      const kept = Object.entries(operation.responses ?? {}).filter(([status]) => /^[23]/.test(status));
      operation.responses = { ...Object.fromEntries(kept), default: { $ref: '#/components/responses/Problem' } };
    }
    const content = operations['post']?.requestBody?.content;
    if (content?.['multipart/form-data'] !== undefined) {
      const schema = { type: 'string', description: 'The file itself; the other fields stand in the query' };
      content['text/csv'] = { schema };
      content['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'] = { schema: { ...schema, format: 'binary' } };
    }
    const put = operations['put'];
    if (put !== undefined) operations['patch'] = { ...put, operationId: `${put.operationId ?? ''}.patch`, summary: `${put.summary ?? ''} (the same as PUT: fields left out stay)` };
  }
  return document as unknown as Record<string, unknown>;
}
