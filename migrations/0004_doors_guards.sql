-- Row security is forced on every tenant table, also for the owner; app_user gets data rights and nothing else.
DO $$ DECLARE t text; BEGIN
  FOR t IN SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relrowsecurity AND NOT c.relforcerowsecurity LOOP
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO app_user', t);
  END LOOP;
END $$;
--> statement-breakpoint
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') THEN
    PERFORM create_hypertable('events', 'occurred_at', chunk_time_interval => interval '1 month',
      create_default_indexes => false, if_not_exists => true, migrate_data => true);
  END IF;
EXCEPTION WHEN feature_not_supported OR insufficient_privilege THEN
  RAISE NOTICE 'timescaledb unavailable: %', SQLERRM;
END $$;
--> statement-breakpoint
-- Timescale chunks copy grants but not policies: take the grants off each chunk, of every hypertable.
CREATE OR REPLACE FUNCTION revoke_chunk_grants() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE chunk regclass; n integer := 0; BEGIN
  IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') THEN RETURN 0; END IF;
  FOR chunk IN EXECUTE 'SELECT show_chunks(''transactions'') UNION ALL SELECT show_chunks(''events'')' LOOP
    EXECUTE format('REVOKE ALL ON %s FROM app_user', chunk); n := n + 1;
  END LOOP;
  RETURN n;
END $$;
--> statement-breakpoint
-- Tenants with work that a lost job may have left behind: one column for each kind of work.
DROP FUNCTION companies_to_catch_up();
--> statement-breakpoint
CREATE FUNCTION companies_to_catch_up() RETURNS TABLE (company_id uuid, unscored boolean, import_id uuid, rebuild boolean, rates boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT c.id, EXISTS (SELECT FROM customer_stats s WHERE s.company_id = c.id AND s.scored_version <> s.version),
    (SELECT i.id FROM imports i WHERE i.company_id = c.id AND i.state IN ('waiting', 'running') ORDER BY i.created_at LIMIT 1),
    EXISTS (SELECT FROM job_runs r WHERE r.company_id = c.id AND r.kind = 'rebuild' AND r.state = 'running' AND r.touched_at < now() - interval '2 minutes'),
    EXISTS (SELECT FROM foreign_currencies f WHERE f.company_id = c.id AND f.tried_at IS NULL AND f.first_seen_at < now() - interval '2 minutes')
  FROM companies c
$$;
--> statement-breakpoint
-- Further lookups before the tenant is known go above this line. Last: only our role may call them.
DO $$ DECLARE f regprocedure; BEGIN
  FOR f IN SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
           WHERE n.nspname = 'public' AND p.prosecdef LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO app_user', f);
  END LOOP;
END $$;
