/** The second factor: codes of an authenticator app (TOTP, RFC 6238), recovery codes, and who must have one. */
import { generateSecret, generateURI, verify } from 'otplib';
import { z } from 'zod';
import { AppError } from '#core/errors';
import { confirmMfa, deleteMfa, putPendingMfa, readMfa, readMfaRoles, replaceRecoveryCodes, takeRecoveryCode, takeStep, writeMfaRoles } from '#data/mfa';
import type { Role, TenantContext } from '#worker/ports';
import { audited } from './audit.ts';
import { mfaChangedMail, notify, recoveryCodeUsedMail } from './account-mails.ts';
import { requireOwnPassword } from './own-password.ts';
import { requirePermission, requirePerson } from './permissions.ts';
import { sha256 } from './secret-token.ts';
import type { Member } from './sessions.ts';
import type { Visitor } from './visitor.ts';

const ISSUER = 'Perennial';
/** 160 bits, as RFC 4226 recommends. */
const SECRET_BYTES = 20;
const STEP_SECONDS = 30;
/** Clocks of phones go wrong by a step, and people type slowly. */
const TOLERANCE_SECONDS = 30;
const RECOVERY_CODES = 10;
/** Without 0, 1, I, L, O and U: what people misread. Thirty-two signs would waste nothing; thirty are drawn fairly too. */
const CODE_SIGNS = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_LENGTH = 24;

export interface SecondFactor {
  /** Six digits. */
  totp?: string | undefined;
  recoveryCode?: string | undefined;
}

export interface MfaView {
  isOn: boolean;
  since: string | null;
  recoveryCodesLeft: number;
  /** The company wants it of this role: it cannot be turned off. */
  isRequired: boolean;
}

/** How one's own second factor stands. */
export async function readOwnMfa(ctx: TenantContext): Promise<MfaView> {
  const { userId, role } = requirePerson(ctx);
  const [row, roles] = await Promise.all([readMfa(ctx.db, userId), readMfaRoles(ctx.db)]);
  const isOn = row?.confirmedAt != null;
  return { isOn, since: row?.confirmedAt ?? null, recoveryCodesLeft: isOn ? row.codesLeft : 0, isRequired: roles.includes(role) };
}

/**
 * Begins: a new secret for the authenticator app, in force once a code of it is confirmed.
 * @throws AppError `invalid_input` for a wrong password, `conflict` when a second factor is in force.
 */
export async function enrolMfa(ctx: TenantContext, password: string): Promise<{ secret: string; uri: string }> {
  const { userId, email } = requirePerson(ctx);
  await requireOwnPassword(ctx, password);
  const secret = generateSecret({ length: SECRET_BYTES });
  const begun = await putPendingMfa(audited(ctx, { action: 'account.mfa_begun' }).db, userId, await ctx.keys.encrypt(secret));
  if (!begun) throw alreadyOn();
  return { secret, uri: generateURI({ issuer: ISSUER, label: email, secret }) };
}

/** The secret that waits to be confirmed, for showing it again; null when there is none. */
export async function pendingMfa(ctx: TenantContext): Promise<{ secret: string; uri: string } | null> {
  const { userId, email } = requirePerson(ctx);
  const row = await readMfa(ctx.db, userId);
  if (row === null || row.confirmedAt !== null) return null;
  const secret = await ctx.keys.decrypt(row.keyId, row.secret);
  return { secret, uri: generateURI({ issuer: ISSUER, label: email, secret }) };
}

/**
 * Puts the second factor in force; every other session ends, for it began without one.
 * @returns recovery codes, shown this once
 * @throws AppError `invalid_input` for a wrong code, `conflict` when nothing waits to be confirmed.
 */
export async function confirmOwnMfa(ctx: TenantContext, code: string, origin: string): Promise<{ recoveryCodes: string[] }> {
  const { userId, sessionId, email } = requirePerson(ctx);
  const row = await readMfa(ctx.db, userId);
  if (row === null) throw new AppError('conflict', 'Begin first: there is no secret to confirm');
  if (row.confirmedAt !== null) throw alreadyOn();
  const step = await stepOf(await ctx.keys.decrypt(row.keyId, row.secret), code, ctx.clock.now());
  if (step === null) throw wrongCode('invalid_input');
  const recoveryCodes = makeRecoveryCodes();
  const ended = await confirmMfa(audited(ctx, { action: 'account.mfa_on' }).db, userId, { madeAt: row.madeAt, step, codeHashes: await hashesOf(recoveryCodes), keepSession: sessionId });
  if (ended === null) throw new AppError('conflict', 'The secret was replaced meanwhile; begin again');
  ctx.sessions.changed([sessionId]);
  await ctx.sessions.ended(ended);
  await notify(ctx, mfaChangedMail(email, true, origin));
  ctx.log.info('mfa.on', { userId });
  return { recoveryCodes };
}

/** Ten new recovery codes; the former ones do not work any more. @throws AppError `invalid_input`, `conflict` */
export async function renewRecoveryCodes(ctx: TenantContext, password: string): Promise<{ recoveryCodes: string[] }> {
  const { userId } = requirePerson(ctx);
  await requireOwnPassword(ctx, password);
  if ((await readMfa(ctx.db, userId))?.confirmedAt == null) throw new AppError('conflict', 'Two-step sign-in is not on');
  const recoveryCodes = makeRecoveryCodes();
  await replaceRecoveryCodes(audited(ctx, { action: 'account.recovery_codes_renewed' }).db, userId, await hashesOf(recoveryCodes));
  ctx.log.info('mfa.codes_renewed', { userId });
  return { recoveryCodes };
}

/** @throws AppError `invalid_input` for a wrong password, `conflict` where the company requires it. */
export async function turnOffMfa(ctx: TenantContext, password: string, origin: string): Promise<void> {
  const { userId, email, role } = requirePerson(ctx);
  await requireOwnPassword(ctx, password);
  if ((await readMfaRoles(ctx.db)).includes(role)) throw new AppError('conflict', 'Your company requires a second factor of your role; ask an admin');
  await deleteMfa(audited(ctx, { action: 'account.mfa_off' }).db, userId);
  await notify(ctx, mfaChangedMail(email, false, origin));
  ctx.log.info('mfa.off', { userId });
}

/** Roles whose people must have a second factor. */
export async function readMfaPolicy(ctx: TenantContext): Promise<{ roles: Role[] }> {
  requirePermission(ctx, 'company:read');
  return { roles: await readMfaRoles(ctx.db) };
}

export const mfaPolicy = z.strictObject({ roles: z.array(z.enum(['admin', 'manager', 'analyst', 'viewer'])).max(4) });

/** Whoever lacks one is led to set it up before anything else, within seconds. */
export async function setMfaPolicy(ctx: TenantContext, input: z.infer<typeof mfaPolicy>): Promise<{ roles: Role[] }> {
  requirePermission(ctx, 'team:manage');
  const roles = [...new Set(input.roles)].sort();
  await writeMfaRoles(audited(ctx, { action: 'company.mfa_required', detail: { roles } }).db, roles);
  if (ctx.actor.kind === 'user') ctx.sessions.changed([ctx.actor.sessionId]);
  ctx.log.info('mfa.policy', { roles });
  return { roles };
}

/**
 * Takes a code for signing in; each works once.
 * @throws AppError `unauthenticated`
 */
export async function takeSecondFactor(visitor: Visitor, member: Member, given: SecondFactor, origin: string): Promise<void> {
  const db = visitor.database.tenant(member.companyId);
  const { id: userId, email } = member.user;
  if (given.recoveryCode !== undefined) {
    const left = await takeRecoveryCode(db, userId, await sha256(normalCode(given.recoveryCode)));
    if (left === null) throw wrongCode('unauthenticated');
    await notify(visitor, recoveryCodeUsedMail(email, left, origin));
    return;
  }
  const row = await readMfa(db, userId);
  const step = row?.confirmedAt == null ? null : await stepOf(await visitor.keys.decrypt(row.keyId, row.secret), given.totp ?? '', visitor.clock.now());
  if (row === null || step === null || !(await takeStep(db, userId, row.madeAt, step))) throw wrongCode('unauthenticated');
}

/** The time step that this code belongs to, now or a step to either side; null when it is wrong. */
async function stepOf(secret: string, code: string, now: Date): Promise<number | null> {
  const token = code.replaceAll(/\s/g, '');
  if (!/^\d{6}$/.test(token)) return null;
  const result = await verify({ secret, token, period: STEP_SECONDS, epochTolerance: TOLERANCE_SECONDS, epoch: Math.floor(now.getTime() / 1000) });
  return result.valid && 'timeStep' in result ? result.timeStep : null;
}

/** Twenty-four signs of thirty: 117 bits, so that a plain hash keeps them. */
function makeRecoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    let code = '';
    while (code.length < CODE_LENGTH) {
      const [byte = 255] = crypto.getRandomValues(new Uint8Array(1));
      // 240 = 8 × 30: what is above would favour the first signs.
      if (byte < 240) code += CODE_SIGNS[byte % CODE_SIGNS.length] ?? '';
    }
    return code.replaceAll(/(.{4})(?=.)/g, '$1-');
  });
}

async function hashesOf(codes: string[]): Promise<string[]> {
  return await Promise.all(codes.map((code) => sha256(normalCode(code))));
}

function normalCode(code: string): string {
  return code.toUpperCase().replaceAll(/[^0-9A-Z]/g, '');
}

function wrongCode(code: 'invalid_input' | 'unauthenticated'): AppError {
  const message = 'This code is not right, or was used already; wait for the next one';
  return new AppError(code, message, code === 'invalid_input' ? { errors: [{ path: 'code', message }] } : {});
}

function alreadyOn(): AppError {
  return new AppError('conflict', 'Two-step sign-in is on already; turn it off first to move it to another app');
}
