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
-- Tenants with work that a lost job may have left behind: one column for each kind of work. An import that is being undone is
-- work like one that is being read.
DROP FUNCTION companies_to_catch_up();
--> statement-breakpoint
CREATE FUNCTION companies_to_catch_up() RETURNS TABLE (company_id uuid, unscored boolean, import_id uuid, rebuild boolean, rates boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT c.id, EXISTS (SELECT FROM customer_stats s WHERE s.company_id = c.id AND s.scored_version <> s.version),
    (SELECT i.id FROM imports i WHERE i.company_id = c.id AND i.state IN ('waiting', 'running', 'undoing') ORDER BY i.created_at LIMIT 1),
    EXISTS (SELECT FROM job_runs r WHERE r.company_id = c.id AND r.kind = 'rebuild' AND r.state = 'running' AND r.touched_at < now() - interval '2 minutes'),
    EXISTS (SELECT FROM foreign_currencies f WHERE f.company_id = c.id AND f.tried_at IS NULL AND f.first_seen_at < now() - interval '2 minutes')
  FROM companies c
$$;
--> statement-breakpoint
-- What a shop may learn of others: the middle half and the median of its own group, never of another one, only when it
-- takes part itself, only from ten shops on, and only to two digits, so that no value is anybody's own.
CREATE FUNCTION peer_percentiles(wanted date) RETURNS TABLE (figure text, shops integer, p25 float8, p50 float8, p75 float8)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  WITH year AS (
    SELECT c.id, c.currency, c.industry, sum(f.value) AS orders,
      CASE WHEN sum(f.value) >= 20000 THEN 2 WHEN sum(f.value) >= 2000 THEN 1 ELSE 0 END AS size
    FROM companies c JOIN month_figures f ON f.company_id = c.id AND f.figure = 'orders' AND f.month > wanted - interval '12 months' AND f.month <= wanted
    WHERE c.share_benchmarks GROUP BY c.id),
  me AS (SELECT * FROM year WHERE id = nullif(current_setting('app.company_id', true), '')::uuid),
  month AS (
    SELECT y.id, y.currency,
      max(f.value) FILTER (WHERE f.figure = 'gross') AS gross, max(f.value) FILTER (WHERE f.figure = 'refunded') AS refunded,
      max(f.value) FILTER (WHERE f.figure = 'orders') AS orders, max(f.value) FILTER (WHERE f.figure = 'buyers') AS buyers,
      max(f.value) FILTER (WHERE f.figure = 'returning') AS came_back
    FROM me JOIN year y ON y.industry = me.industry AND y.size = me.size
    JOIN month_figures f ON f.company_id = y.id AND f.month = wanted GROUP BY y.id, y.currency),
  figures AS (
    SELECT 'repeat_share' AS figure, came_back / buyers AS value FROM month WHERE buyers > 0
    UNION ALL SELECT 'orders_per_buyer', orders / buyers FROM month WHERE buyers > 0
    UNION ALL SELECT 'refund_share', refunded / gross FROM month WHERE gross > 0
    UNION ALL SELECT 'average_order', month.gross / month.orders FROM month JOIN me ON me.currency = month.currency WHERE month.orders > 0),
  told AS (
    SELECT f.figure, count(*) AS n, percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY f.value) AS p
    FROM figures f GROUP BY f.figure HAVING count(*) >= 10)
  SELECT t.figure, (t.n / 5 * 5)::integer,
    CASE WHEN t.p[1] > 0 THEN round(t.p[1]::numeric, 1 - floor(log(t.p[1]))::integer)::float8 ELSE 0 END,
    CASE WHEN t.p[2] > 0 THEN round(t.p[2]::numeric, 1 - floor(log(t.p[2]))::integer)::float8 ELSE 0 END,
    CASE WHEN t.p[3] > 0 THEN round(t.p[3]::numeric, 1 - floor(log(t.p[3]))::integer)::float8 ELSE 0 END
  FROM told t
$$;
--> statement-breakpoint
-- Tenants whose inflow is to be looked at: those that received something within two months, or have a platform connected.
-- Each belongs to one of `slots` slots, so that not all are looked at in one minute.
CREATE FUNCTION companies_to_watch(slot integer, slots integer) RETURNS TABLE (company_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT c.id FROM companies c
  WHERE (hashtext(c.id::text) & 2147483647) % slots = slot
    AND (EXISTS (SELECT FROM source_day d WHERE d.company_id = c.id AND d.last_received_at > now() - interval '60 days')
      OR EXISTS (SELECT FROM integrations i WHERE i.company_id = c.id AND i.disabled_at IS NULL)
      OR EXISTS (SELECT FROM alerts a WHERE a.company_id = c.id AND a.resolved_at IS NULL))
$$;
--> statement-breakpoint
-- For a statement that finds the world changed since its batch was made: the whole transaction is given up, and tried again.
CREATE FUNCTION retry_later(reason text) RETURNS boolean
LANGUAGE plpgsql AS $$ BEGIN
  RAISE EXCEPTION '%', reason USING ERRCODE = 'serialization_failure';
END $$;
--> statement-breakpoint
-- Whose write key a page sends its events with, and from which origins.
CREATE FUNCTION find_event_source(wanted text)
RETURNS TABLE (company_id uuid, source_id uuid, allowed_origins jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT s.company_id, s.id, s.allowed_origins FROM event_sources s WHERE s.write_key = wanted AND s.disabled_at IS NULL
$$;
--> statement-breakpoint
-- The day's row changes with every batch.
ALTER TABLE metric_days SET (fillfactor = 50);
--> statement-breakpoint
-- Integrations whose platform was last looked at an hour ago or never.
CREATE FUNCTION integrations_to_check(platforms jsonb, at timestamptz) RETURNS TABLE (company_id uuid, integration_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT i.company_id, i.id FROM integrations i
  WHERE i.disabled_at IS NULL AND i.uninstalled_at IS NULL AND platforms ? i.platform
    AND (i.health IS NULL OR (i.health ->> 'checkedAt')::timestamptz < at - interval '1 hour')
  ORDER BY i.health ->> 'checkedAt' NULLS FIRST LIMIT 100
$$;
--> statement-breakpoint
-- Readings of a platform's history that nobody works on although they could go on.
CREATE FUNCTION backfills_to_ring() RETURNS TABLE (company_id uuid, backfill_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT b.company_id, b.id FROM backfills b WHERE b.state IN ('waiting', 'running')
    AND (b.lease_until IS NULL OR b.lease_until < now()) AND (b.wait_until IS NULL OR b.wait_until <= now())
$$;
--> statement-breakpoint
-- Integrations whose minute of the hour it is, so that not all ask their platforms at once.
CREATE FUNCTION integrations_to_reconcile(at timestamptz) RETURNS TABLE (company_id uuid, integration_id uuid, nightly boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT i.company_id, i.id, extract(hour FROM at AT TIME ZONE c.time_zone) = 3
  FROM integrations i JOIN companies c ON c.id = i.company_id
  WHERE i.disabled_at IS NULL AND i.uninstalled_at IS NULL AND (hashtext(i.id::text) & 2147483647) % 60 = extract(minute FROM at)
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
