-- Row security is forced on every tenant table, also for the owner; app_user gets data rights and nothing else.
DO $$ DECLARE t text; BEGIN
  FOR t IN SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relrowsecurity AND NOT c.relforcerowsecurity LOOP
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO app_user', t);
  END LOOP;
END $$;
--> statement-breakpoint
-- Who may sign in with this address: never somebody who was deactivated. Whether a second factor is asked for is told with it.
DROP FUNCTION find_user_by_email(text);
--> statement-breakpoint
CREATE FUNCTION find_user_by_email(wanted text)
RETURNS TABLE (company_id uuid, user_id uuid, email text, name text, role text, password_hash text, has_mfa boolean, email_verified_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT u.company_id, u.id, u.email, u.name, u.role, u.password_hash,
    EXISTS (SELECT FROM user_mfa m WHERE m.company_id = u.company_id AND m.user_id = u.id AND m.confirmed_at IS NOT NULL), u.email_verified_at
  FROM users u WHERE lower(u.email) = lower(wanted) AND u.deactivated_at IS NULL
$$;
--> statement-breakpoint
DROP FUNCTION find_session(text);
--> statement-breakpoint
CREATE FUNCTION find_session(wanted text)
RETURNS TABLE (company_id uuid, session_id uuid, user_id uuid, kind text, email text, name text, role text, expires_at timestamptz,
  ended_at timestamptz, last_seen_at timestamptz, must_enrol boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT s.company_id, s.id, s.user_id, s.kind, u.email, u.name, u.role, s.expires_at, s.ended_at, s.last_seen_at,
    c.mfa_roles ? u.role AND NOT EXISTS (SELECT FROM user_mfa m WHERE m.company_id = u.company_id AND m.user_id = u.id AND m.confirmed_at IS NOT NULL)
  FROM sessions s JOIN users u ON u.company_id = s.company_id AND u.id = s.user_id JOIN companies c ON c.id = s.company_id
  WHERE s.token_hash = wanted AND u.deactivated_at IS NULL
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
