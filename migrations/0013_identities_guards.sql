-- Row security is forced on every new tenant table, also for the owner.
DO $$ DECLARE t text; BEGIN
  FOR t IN SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relrowsecurity AND NOT c.relforcerowsecurity LOOP
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO app_user', t);
  END LOOP;
END $$;
--> statement-breakpoint
-- Whose account an identity of a provider opens; also of those who were deactivated, who are told so.
CREATE FUNCTION find_identity(wanted_issuer text, wanted_subject text)
RETURNS TABLE (company_id uuid, identity_id uuid, user_id uuid, email text, name text, role text, has_mfa boolean, deactivated_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT u.company_id, i.id, u.id, u.email, u.name, u.role,
    EXISTS (SELECT FROM user_mfa m WHERE m.company_id = u.company_id AND m.user_id = u.id AND m.confirmed_at IS NOT NULL), u.deactivated_at
  FROM user_identities i JOIN users u ON u.company_id = i.company_id AND u.id = i.user_id
  WHERE i.issuer = wanted_issuer AND i.subject = wanted_subject
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
