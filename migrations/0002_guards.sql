-- Row security is forced on every tenant table, also for the owner; app_user gets data rights and nothing else.
DO $$ DECLARE t text; BEGIN
  FOR t IN SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relrowsecurity LOOP
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO app_user', t);
  END LOOP;
END $$;
--> statement-breakpoint
-- Rows that change often leave room on their page.
ALTER TABLE customer_stats SET (fillfactor = 70);
--> statement-breakpoint
ALTER TABLE daily_rollup SET (fillfactor = 50);
--> statement-breakpoint
ALTER TABLE tenant_clock SET (fillfactor = 10);
--> statement-breakpoint
ALTER TABLE cohort_month SET (fillfactor = 50);
--> statement-breakpoint
-- Prefix search compares bytes.
ALTER TABLE customers ALTER COLUMN name_key TYPE text COLLATE "C", ALTER COLUMN surname_key TYPE text COLLATE "C",
  ALTER COLUMN email_key TYPE text COLLATE "C", ALTER COLUMN external_key TYPE text COLLATE "C";
--> statement-breakpoint
-- Timescale where it exists (Apache-2 edition is enough); plain tables elsewhere.
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'timescaledb') THEN
    CREATE EXTENSION IF NOT EXISTS timescaledb;
    PERFORM create_hypertable('transactions', 'transaction_date', chunk_time_interval => interval '3 months',
      create_default_indexes => false, if_not_exists => true, migrate_data => true);
  END IF;
EXCEPTION WHEN feature_not_supported OR insufficient_privilege THEN
  RAISE NOTICE 'timescaledb unavailable: %', SQLERRM;
END $$;
--> statement-breakpoint
-- The lookups that happen before a tenant is known. Nothing else bypasses row security; a test allow-lists these names.
CREATE FUNCTION find_user_by_email(wanted text)
RETURNS TABLE (company_id uuid, user_id uuid, email text, name text, role text, password_hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT u.company_id, u.id, u.email, u.name, u.role, u.password_hash FROM users u WHERE lower(u.email) = lower(wanted)
$$;
--> statement-breakpoint
CREATE FUNCTION find_session(wanted text)
RETURNS TABLE (company_id uuid, session_id uuid, user_id uuid, kind text, email text, name text, role text, expires_at timestamptz, ended_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT s.company_id, s.id, s.user_id, s.kind, u.email, u.name, u.role, s.expires_at, s.ended_at
  FROM sessions s JOIN users u ON u.company_id = s.company_id AND u.id = s.user_id WHERE s.token_hash = wanted
$$;
--> statement-breakpoint
CREATE FUNCTION find_api_key(wanted text)
RETURNS TABLE (company_id uuid, key_id uuid, name text, role text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT k.company_id, k.id, k.name, k.role FROM api_keys k WHERE k.key_hash = wanted AND k.revoked_at IS NULL
$$;
--> statement-breakpoint
CREATE FUNCTION find_integration(wanted_platform text, wanted_id uuid)
RETURNS TABLE (company_id uuid, integration_id uuid, platform text, credentials text, credential_key_id text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT i.company_id, i.id, i.platform, i.credentials, i.credential_key_id
  FROM integrations i WHERE i.id = wanted_id AND i.platform = wanted_platform AND i.disabled_at IS NULL
$$;
--> statement-breakpoint
CREATE FUNCTION find_company_by_slug(wanted text) RETURNS TABLE (company_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT id FROM companies WHERE slug = wanted
$$;
--> statement-breakpoint
CREATE FUNCTION any_company_exists() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$ SELECT EXISTS (SELECT FROM companies) $$;
--> statement-breakpoint
-- Tenants whose last finished night lies before their local yesterday's end.
CREATE FUNCTION companies_due_for_night(at timestamptz) RETURNS TABLE (company_id uuid, day date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT c.id, (at AT TIME ZONE c.time_zone)::date
  FROM companies c JOIN tenant_clock k ON k.company_id = c.id
  WHERE k.night_done_for IS NULL OR k.night_done_for < (at AT TIME ZONE c.time_zone)::date
$$;
--> statement-breakpoint
-- Tenants with work that a lost job may have left behind.
CREATE FUNCTION companies_to_catch_up() RETURNS TABLE (company_id uuid, unscored boolean, import_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT c.id, EXISTS (SELECT FROM customer_stats s WHERE s.company_id = c.id AND s.scored_version <> s.version),
    (SELECT i.id FROM imports i WHERE i.company_id = c.id AND i.state IN ('waiting', 'running') ORDER BY i.created_at LIMIT 1)
  FROM companies c
$$;
--> statement-breakpoint
-- Timescale chunks copy grants but not policies: take the grants off each chunk.
CREATE FUNCTION revoke_chunk_grants() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE chunk regclass; n integer := 0; BEGIN
  IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') THEN RETURN 0; END IF;
  FOR chunk IN EXECUTE 'SELECT show_chunks(''transactions'')' LOOP
    EXECUTE format('REVOKE ALL ON %s FROM app_user', chunk); n := n + 1;
  END LOOP;
  RETURN n;
END $$;
--> statement-breakpoint
DO $$ DECLARE f regprocedure; BEGIN
  FOR f IN SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
           WHERE n.nspname = 'public' AND p.prosecdef LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO app_user', f);
  END LOOP;
END $$;
