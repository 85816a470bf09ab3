import type { Model } from '../../../shared/schemas/assist.ts';

export interface Question {
  readonly model: string;
  readonly system: string;
  readonly input: string;
  /** The shape of the answer (JSON Schema). */
  readonly shape: Record<string, unknown>;
  /** How much may be written, tokens. */
  readonly maxTokens: number;
  /** Equal seeds give equal answers where the host can. */
  readonly seed: number;
  readonly signal: AbortSignal;
  /** A piece of the answer. */
  readonly onText: (piece: string) => void;
}

export interface RawAnswer {
  readonly text: string;
  /** 0 where the host does not count. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Time of writing as the host measured it, without loading; null where it does not tell. */
  readonly writingMs: number | null;
}

export interface PullProgress {
  readonly status: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** A host of language models, whatever it speaks. Every call rejects with a `HostError`. */
export interface ModelHost {
  version(signal: AbortSignal): Promise<string | null>;
  models(signal: AbortSignal): Promise<Model[]>;
  ask(question: Question): Promise<RawAnswer>;
  /** One vector per text. */
  embed(model: string, texts: readonly string[], signal: AbortSignal): Promise<number[][]>;
  /** Null where a host does not manage models over its protocol. */
  readonly manage: {
    pull(model: string, signal: AbortSignal, onProgress: (progress: PullProgress) => void): Promise<void>;
    remove(model: string, signal: AbortSignal): Promise<void>;
  } | null;
}

export type HostErrorKind = 'unreachable' | 'timeout' | 'login' | 'no_model' | 'rate_limited' | 'refused' | 'server' | 'garbled' | 'busy' | 'cancelled';

/** What went wrong with a host. `message` is a sentence for people; it never holds what was asked or answered. */
export class HostError extends Error {
  readonly kind: HostErrorKind;
  /** How long the host asked to be left alone, ms. */
  readonly retryAfterMs: number;

  constructor(kind: HostErrorKind, message: string, retryAfterMs = 0, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HostError';
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Whether the host itself is in trouble, so that the next question would fare no better. */
export function isTrouble(kind: HostErrorKind): boolean {
  return kind !== 'no_model' && kind !== 'refused' && kind !== 'busy' && kind !== 'cancelled';
}

/** Answers of more characters are cut off: a model that repeats itself must not fill the memory. */
export const answerCap = 200_000;
