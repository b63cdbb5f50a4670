/** Wiring: the environment becomes ports, ports become the context that operations get. */
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '#data/tenant';
import { openDatabase } from '#data/tenant';
import { inboxPort } from '#durable-objects/inbox-client';
import { livePort, openLiveSocket } from '#durable-objects/live-client';
import { attempt, rateLimit, settleAttempt } from '#durable-objects/rate-limiter-client';
import type { TokenKeys } from '#operations/access-token';
import type { Visitor } from '#operations/visitor';
import { newVisitorMemory } from '#operations/visitor';
import type { Actor, Job, JobsPort, Keyring, Log, AskedFrom, OutsidePort, SessionsPort, TenantContext } from '#worker/ports';
import { consoleLog } from './context/console-log.ts';
import { deviceOf } from './context/device.ts';
import type { Edge } from './context/edge.ts';
import { emailMail } from './context/email-mail.ts';
import { makeFailpoints } from './context/failpoints.ts';
import { FirstRequests } from './context/first-requests.ts';
import { checkRole, guardDatabase } from './context/guarded-database.ts';
import { makeKeyring } from './context/keyring.ts';
import { makeOutside, publicResolver } from './context/outside.ts';
import { r2Files } from './context/r2-files.ts';
import { sessionsPort } from './context/sessions-port.ts';
import type { Settings } from './context/settings.ts';
import { readSettings } from './context/settings.ts';
import { makeTokenKeys } from './context/token-keys.ts';

/** What one isolate keeps between requests; `env` is the same object for all of them. */
interface Isolate {
  settings: Settings;
  keys: Keyring;
  tokenKeys: TokenKeys;
  outside: OutsidePort;
  firstRequests: FirstRequests;
  /** Keeps no connection, so it may outlive a request. */
  database: Database;
  memory: Visitor['memory'];
  /** Only for asking about the role itself. */
  unguarded: Database;
}

const isolates = new WeakMap<Env, Isolate>();

/** @throws AppError `unavailable` naming what is not configured. */
function isolateOf(env: Env): Isolate {
  const known = isolates.get(env);
  if (known !== undefined) return known;
  const settings = readSettings(env);
  const database = openDatabase({ url: settings.databaseUrl, endpoint: settings.neonEndpoint });
  const made: Isolate = {
    settings, keys: makeKeyring(settings), tokenKeys: makeTokenKeys(settings.tokenKeys), memory: newVisitorMemory(), firstRequests: new FirstRequests(), unguarded: database, database: guardDatabase(database),
    outside: makeOutside({ origins: settings.platformOrigins, resolve: settings.appEnv === 'test' ? null : publicResolver() }),
  };
  isolates.set(env, made);
  return made;
}

/** Chores have a queue of their own, in which the figures of a thousand shops may stand before anybody's new orders are due. */
const IS_CHORE: Record<Job['type'], boolean> = {
  inbox: false, feed: false, segments: false, import: false, backfill: false,
  health: true, reconcile: true, metrics: true, refit: true, foresee: true, rebuild: true, privacy: true, watch: true, seal: true, discover: true, rates: true,
};

function jobsPort(env: Env): JobsPort {
  return {
    async enqueue(job, delaySeconds) {
      await (IS_CHORE[job.type] ? env.CHORES : env.JOBS).send(job, delaySeconds === undefined ? {} : { delaySeconds });
    },
    async startNight(night) {
      // The id makes it once a day: a second start of the same night is refused, which is what we want.
      const id = night.attempt ?? `${night.companyId}-${night.day}`;
      try {
        await env.NIGHT.create({ id, params: night });
      } catch (error) {
        if (!/already exists/i.test(String(error))) throw error;
      }
    },
  };
}

function sessionsOf(env: Env, companyId: string, memory: Visitor['memory']): SessionsPort {
  return sessionsPort(companyId, { inbox: inboxPort(env.INBOX), disconnect: (sessionId) => livePort(env, companyId).disconnect(sessionId), memory });
}

/** Queue, schedule and workflow come from nowhere. */
const OWN_WORK: AskedFrom = { requestId: null, address: null, userAgent: null };

/** Everything an operation of this tenant gets. */
function tenantContext(env: Env, companyId: string, actor: Actor, askedFrom: AskedFrom = OWN_WORK, log: Log = consoleLog({ companyId })): TenantContext {
  const isolate = isolateOf(env);
  const { settings, keys, outside } = isolate;
  return {
    companyId,
    actor,
    askedFrom,
    db: isolate.database.tenant(companyId),
    live: livePort(env, companyId),
    inbox: inboxPort(env.INBOX),
    jobs: jobsPort(env),
    files: r2Files(env.FILES),
    mail: emailMail(env.EMAIL, settings.mailFrom),
    sessions: sessionsOf(env, companyId, isolate.memory),
    outside,
    keys,
    clock: { now: () => new Date() },
    log,
    failpoints: makeFailpoints(settings.faultRate),
  };
}

/** For machinery that only wants ports: no company has this id. */
export const NO_TENANT = '00000000-0000-0000-0000-000000000000';

/** The context of queue, schedule and workflow. */
export function systemContext(env: Env, companyId: string): TenantContext {
  return tenantContext(env, companyId, { kind: 'system' });
}

/** For lookups across tenants: signing in, resolving keys, and the lists of tenants that schedules walk. */
export function visitorContext(env: Env, log: Log = consoleLog(), askedFrom: AskedFrom = OWN_WORK): Visitor {
  const isolate = isolateOf(env);
  const { settings, keys, tokenKeys, memory, outside } = isolate;
  return {
    outside, signInClients: settings.signInClients, database: isolate.database, askedFrom, inbox: inboxPort(env.INBOX), files: r2Files(env.FILES), keys, clock: { now: () => new Date() }, log,
    mail: emailMail(env.EMAIL, settings.mailFrom), sessions: (companyId) => sessionsOf(env, companyId, memory), tokenKeys, authSecret: settings.authSecret, memory,
  };
}

/** What one request may reach. */
export function edgeOf(env: Env, execution: Pick<ExecutionContext, 'waitUntil'>, request: Request): Omit<Edge, 'deliver'> {
  const { settings, unguarded, firstRequests } = isolateOf(env);
  const requestId = uuidv7();
  const log = consoleLog({ requestId });
  const askedFrom: AskedFrom = { requestId, address: request.headers.get('cf-connecting-ip'), userAgent: request.headers.get('user-agent')?.slice(0, 300) ?? null };
  return {
    requestId,
    settings,
    visitor: visitorContext(env, log, askedFrom),
    tenant: (companyId, actor) => tenantContext(env, companyId, actor, askedFrom, consoleLog({ requestId, companyId })),
    take: async (subject, limit, windowSeconds) => (settings.countRequests
      ? await firstRequests.take(subject, { limit, windowSeconds }, new Date(), (untold) => rateLimit(env.RATE_LIMITER, subject, { limit, windowSeconds, untold }))
      : { allowed: true, limit, remaining: limit, resetSeconds: 0 }),
    openLiveSocket: (request) => openLiveSocket(env.LIVE_HUB, request),
    attempt: (subject, free) => attempt(env.RATE_LIMITER, subject, free),
    settleAttempt: (subject, how) => settleAttempt(env.RATE_LIMITER, subject, how),
    publicOrigin: settings.publicOrigin ?? new URL(request.url).origin,
    device: deviceOf(request, settings.appEnv === 'production'),
    checkDatabase: () => checkRole(unguarded),
    later: (work) => { execution.waitUntil(work); },
  };
}
