-- Row security is forced on the new table, also for the owner; app_user gets data rights and nothing else.
DO $$ DECLARE t text; BEGIN
  FOR t IN SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relrowsecurity AND NOT c.relforcerowsecurity LOOP
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO app_user', t);
  END LOOP;
END $$;
--> statement-breakpoint
-- A chunk of sales is every tenant's: it may go when the last of them has no row left in it, and not before. What is younger
-- than the shortest time that anybody keeps sales is not looked at. Without Timescale there is nothing to drop.
CREATE FUNCTION drop_emptied_chunks() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public SET lock_timeout = '1s' AS $$
DECLARE chunk record; filled boolean; n integer := 0; BEGIN
  IF to_regclass('timescaledb_information.chunks') IS NULL THEN RETURN 0; END IF;
  FOR chunk IN EXECUTE 'SELECT format(''%I.%I'', chunk_schema, chunk_name) AS name, range_start, range_end FROM timescaledb_information.chunks
      WHERE hypertable_schema = ''public'' AND hypertable_name = ''transactions'' AND range_end < now() - interval ''2 years'' ORDER BY range_start' LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', chunk.name) INTO filled;
    CONTINUE WHEN filled;
    BEGIN
      -- Looked at again under the lock: a tenant whose books are open may just have written there.
      EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', chunk.name);
      EXECUTE format('SELECT EXISTS (SELECT FROM %s)', chunk.name) INTO filled;
      CONTINUE WHEN filled;
      EXECUTE 'SELECT drop_chunks(''transactions'', older_than => $1, newer_than => $2)' USING chunk.range_end, chunk.range_start;
      n := n + 1;
    EXCEPTION WHEN lock_not_available OR undefined_table THEN
      -- In use, or gone by another night: the next one looks again.
      NULL;
    END;
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
