import { oc } from '@orpc/contract';
import { z } from 'zod';
import { errorCodes, type ErrorCode } from '../errors.ts';

/** Every error of the contract carries the same data shape; codes and statuses come from `shared/errors.ts`. */
export const errorDataSchema = z.looseObject({ fields: z.record(z.string(), z.string()).optional() });

type ContractErrors = { [K in ErrorCode]: { status: number; message: string; data: typeof errorDataSchema } };
const contractErrors = Object.fromEntries(
  Object.entries(errorCodes).map(([code, { status, title }]) => [code, { status, message: title, data: errorDataSchema }]),
) as ContractErrors;

/** The root of every procedure: all procedures share the closed list of typed errors. */
export const base = oc.errors(contractErrors);

export const idInput = z.object({ id: z.string().min(1).max(64) });
export const deleted = z.object({ id: z.string(), deleted: z.literal(true) });
