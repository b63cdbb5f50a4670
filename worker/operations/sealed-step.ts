/** What a browser carries from one step of signing in to the next: sealed, so that it can neither be read nor made up, and short-lived. */
import { z } from 'zod';
import { AppError } from '#core/errors';
import type { Visitor } from './visitor.ts';

export interface SealedStep {
  token: string;
  seconds: number;
}

type Sealer = Pick<Visitor, 'keys' | 'clock'>;

const envelope = z.strictObject({ kind: z.string(), until: z.number(), data: z.unknown() });

/** @param kind what it is for: a step of one kind is none of another */
export async function sealStep(visitor: Sealer, kind: string, seconds: number, data: unknown): Promise<SealedStep> {
  const { keyId, sealed } = await visitor.keys.encrypt(JSON.stringify({ kind, until: visitor.clock.now().getTime() + seconds * 1000, data }));
  return { token: `${keyId}.${sealed.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`, seconds };
}

/** Null for what is not ours, of another kind, or too old. */
export async function openStep<T>(visitor: Sealer, kind: string, shape: z.ZodType<T>, token: string | null): Promise<T | null> {
  const [keyId = '', sealed = '', ...rest] = token?.split('.') ?? [];
  if (rest.length > 0 || !/^[\w-]+$/.test(sealed)) return null;
  let plain: string;
  try {
    plain = await visitor.keys.decrypt(keyId, sealed.replaceAll('-', '+').replaceAll('_', '/'));
  } catch (error) {
    if (error instanceof AppError || error instanceof DOMException) return null;
    throw error;
  }
  const opened = envelope.safeParse(JSON.parse(plain));
  if (!opened.success || opened.data.kind !== kind || opened.data.until <= visitor.clock.now().getTime()) return null;
  return shape.safeParse(opened.data.data).data ?? null;
}
