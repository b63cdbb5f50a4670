-- Row security is forced on every new tenant table, also for the owner.
DO $$ DECLARE t text; BEGIN
  FOR t IN SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relrowsecurity AND NOT c.relforcerowsecurity LOOP
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO app_user', t);
  END LOOP;
END $$;
--> statement-breakpoint
-- The audit log is only ever added to.
REVOKE UPDATE, DELETE, TRUNCATE ON audit_log, audit_seals FROM app_user;
--> statement-breakpoint
-- Companies with entries newer than their last sealed one, an hour taken off: that may have been under way then.
CREATE FUNCTION companies_to_seal() RETURNS TABLE (company_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT c.id FROM companies c WHERE EXISTS (
    SELECT FROM audit_log a WHERE a.company_id = c.id
      AND a.at > coalesce((SELECT s.entry_at FROM audit_seals s WHERE s.company_id = c.id ORDER BY s.position DESC LIMIT 1), '-infinity') - interval '1 hour'
      AND NOT EXISTS (SELECT FROM audit_seals s WHERE s.company_id = c.id AND s.entry_id = a.id))
$$;
--> statement-breakpoint
DROP FUNCTION find_api_key(text);
--> statement-breakpoint
CREATE FUNCTION find_api_key(wanted text)
RETURNS TABLE (company_id uuid, key_id uuid, name text, role text, scopes jsonb, per_minute integer, expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT k.company_id, k.id, k.name, k.role, k.scopes, k.per_minute, k.expires_at FROM api_keys k WHERE k.key_hash = wanted AND k.revoked_at IS NULL
$$;
--> statement-breakpoint
-- Whose invitation a letter's link carries.
CREATE FUNCTION find_invitation(wanted text)
RETURNS TABLE (company_id uuid, invitation_id uuid, company_name text, email text, role text, expires_at timestamptz, accepted_at timestamptz, revoked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT i.company_id, i.id, c.name, i.email, i.role, i.expires_at, i.accepted_at, i.revoked_at
  FROM invitations i JOIN companies c ON c.id = i.company_id WHERE i.token_hash = wanted
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
