-- Row security is forced on every new tenant table, also for the owner.
DO $$ DECLARE t text; BEGIN
  FOR t IN SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relrowsecurity AND NOT c.relforcerowsecurity LOOP
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO app_user', t);
  END LOOP;
END $$;
--> statement-breakpoint
-- What other shops' fits have in common, for the prior of a small one: by model and symbol the mean of the logarithms, odd shops drawn in
-- to the tenth and ninetieth percentile, rounded, and only of ten or more. No row, no customer and no single shop's figure leaves.
CREATE FUNCTION pooled_parameters() RETURNS TABLE (model text, symbol text, value float8, shops integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  WITH logs AS (
    SELECT s.model, p.key AS symbol, ln(p.value::float8) AS log
    FROM shared_parameters s JOIN companies c ON c.id = s.company_id AND c.share_models
    CROSS JOIN LATERAL jsonb_each_text(s.params) p
    WHERE s.company_id IS DISTINCT FROM nullif(current_setting('app.company_id', true), '')::uuid AND p.value::float8 > 0),
  edges AS (
    SELECT l.model, l.symbol, count(*)::integer AS shops, percentile_cont(ARRAY[0.1, 0.9]) WITHIN GROUP (ORDER BY l.log) AS edge
    FROM logs l GROUP BY l.model, l.symbol HAVING count(*) >= 10)
  SELECT e.model, e.symbol, to_char(exp(avg(least(greatest(l.log, e.edge[1]), e.edge[2]))), '9.99EEEE')::float8, min(e.shops) / 5 * 5
  FROM edges e JOIN logs l ON l.model = e.model AND l.symbol = e.symbol GROUP BY e.model, e.symbol
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
