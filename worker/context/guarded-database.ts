/** No statement before it is known that row security holds for our database role; asked once by each isolate. */
import { AppError } from '#core/errors';
import { readRoleSafety } from '#data/accounts';
import type { Database, TenantDb } from '#data/tenant';

/** @throws AppError `unavailable` from every statement while our role bypasses row security. */
export function guardDatabase(database: Database): Database {
  // Found safe once, it stays so: a role does not change under its connection string.
  let safe = false;
  const ensureSafe = async (): Promise<void> => {
    if (safe) return;
    // Each request asks for itself until one has its answer: a promise of another request must not be waited for here.
    await checkRole(database);
    safe = true;
  };
  return {
    tenant: (companyId) => guardTenant(database.tenant(companyId), ensureSafe),
    async lookup(row, statement) {
      await ensureSafe();
      return await database.lookup(row, statement);
    },
  };
}

/** @throws AppError `unavailable` when Postgres is away, or when row security means nothing to our role. */
export async function checkRole(database: Database): Promise<void> {
  const role = await readRoleSafety(database);
  if (role === null || role.unsafe) {
    throw new AppError('unavailable', `Not serving: the database role "${role?.name ?? 'unknown'}" bypasses row security; connect as app_user`);
  }
}

function guardTenant(db: TenantDb, ensureSafe: () => Promise<void>): TenantDb {
  return {
    companyId: db.companyId,
    async rows(row, statement) {
      await ensureSafe();
      return await db.rows(row, statement);
    },
    async first(row, statement) {
      await ensureSafe();
      return await db.first(row, statement);
    },
    async run(statement) {
      await ensureSafe();
      await db.run(statement);
    },
    async transaction(queries) {
      await ensureSafe();
      return await db.transaction(queries);
    },
    async write(queries) {
      await ensureSafe();
      return await db.write(queries);
    },
    noting: (note) => guardTenant(db.noting(note), ensureSafe),
  };
}
