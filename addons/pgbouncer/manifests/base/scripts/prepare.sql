-- Run by prepare.sh, with the password in its environment. No project's role has a '.' in its name.
\getenv password PREPARE_PASSWORD
SET log_min_error_statement = panic;  -- a statement that fails is not written to the log: it may hold a password
SET client_min_messages = warning;
BEGIN;
SELECT pg_advisory_xact_lock(6432);  -- two poolers may come up together
SELECT 'CREATE ROLE "greenfield.pooler"' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'greenfield.pooler') \gexec
ALTER ROLE "greenfield.pooler" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 20 PASSWORD :'password';
GRANT CONNECT ON DATABASE postgres TO "greenfield.pooler";
CREATE SCHEMA IF NOT EXISTS greenfield_pooler;
CREATE OR REPLACE FUNCTION greenfield_pooler.verifier(IN wanted text, OUT usename name, OUT passwd text) RETURNS SETOF record
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
  AS $$ SELECT usename, passwd FROM pg_shadow WHERE usename = wanted AND NOT usesuper AND NOT userepl AND usename NOT LIKE 'greenfield.%' $$;
REVOKE ALL ON FUNCTION greenfield_pooler.verifier FROM PUBLIC;
GRANT USAGE ON SCHEMA greenfield_pooler TO "greenfield.pooler";
GRANT EXECUTE ON FUNCTION greenfield_pooler.verifier TO "greenfield.pooler";
COMMIT;
