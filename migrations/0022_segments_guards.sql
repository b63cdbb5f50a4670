-- Row security is forced on every new tenant table, also for the owner.
DO $$ DECLARE t text; BEGIN
  FOR t IN SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relrowsecurity AND NOT c.relforcerowsecurity LOOP
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO app_user', t);
  END LOOP;
END $$;
--> statement-breakpoint
-- Whose memberships are behind: something was written since, a segment was never found, or somebody crosses an age by then.
CREATE FUNCTION companies_with_due_segments(until timestamptz)
RETURNS TABLE (company_id uuid, due_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT s.company_id, CASE WHEN bool_or(s.evaluated_version < s.version) OR min(t.seq) IS NULL OR min(k.seq) > min(t.seq) THEN NULL ELSE min(t.next_due) END
  FROM segments s JOIN tenant_clock k ON k.company_id = s.company_id LEFT JOIN segment_ticks t ON t.company_id = s.company_id
  WHERE s.status = 'live' GROUP BY s.company_id
  HAVING bool_or(s.evaluated_version < s.version) OR min(t.seq) IS NULL OR min(k.seq) > min(t.seq) OR min(t.next_due) <= until
$$;
--> statement-breakpoint
-- Last: only our role may call them.
DO $$ DECLARE f regprocedure; BEGIN
  FOR f IN SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
           WHERE n.nspname = 'public' AND p.prosecdef LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO app_user', f);
  END LOOP;
END $$;
