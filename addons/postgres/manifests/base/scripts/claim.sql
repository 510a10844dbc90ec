-- Run by claim.sh, with the values in its environment.
\getenv action CLAIM_ACTION
\getenv database CLAIM_DATABASE
\getenv user CLAIM_USER
\getenv password CLAIM_PASSWORD
SELECT :'action' = 'create' AS creating \gset

SET log_min_error_statement = panic;  -- a statement that fails is not written to the log: it may hold a password
SET client_min_messages = warning;

-- One claim at a time: projects may come up together.
SELECT pg_advisory_lock(hashtext('greenfield-claim'));

\if :creating
  -- The administrator's password is that of the Secret, whatever the volume remembers.
  \set admin `cat /auth/password`
  ALTER ROLE postgres PASSWORD :'admin';
  REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC;

  SELECT format('CREATE ROLE %I', :'user') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'user') \gexec
  ALTER ROLE :"user" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'password';
  SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'user')
    WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
  REVOKE CONNECT, TEMPORARY ON DATABASE :"database" FROM PUBLIC;
\else
  DROP DATABASE IF EXISTS :"database" WITH (FORCE);
  DROP ROLE IF EXISTS :"user";
\endif
