-- Run by claim.sh, with the values in its environment.
\getenv action CLAIM_ACTION
\getenv base CLAIM_BASE
\getenv database CLAIM_DATABASE
\getenv user CLAIM_USER
\getenv password CLAIM_PASSWORD
SELECT :'action' = 'create' AS creating, :'action' = 'copy' AS copying, :'action' = 'drop' AS dropping \gset

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
  -- A copy of it that was ended in the middle has left it shut.
  SELECT format('ALTER DATABASE %I ALLOW_CONNECTIONS true', datname)
    FROM pg_database WHERE datname = :'database' AND NOT datallowconn \gexec
\elif :copying
  SELECT NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') AS absent \gset
  \set failed false
  \if :absent
    -- Nobody may be connected to what is copied, nor come in meanwhile.
    ALTER DATABASE :"base" ALLOW_CONNECTIONS false;
    SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = :'base';
    \set ON_ERROR_STOP 0
    CREATE DATABASE :"database" TEMPLATE :"base" OWNER :"user" STRATEGY file_copy;
    \set failed :ERROR
  \endif
  -- It is open again, whatever became of the copy.
  SELECT format('ALTER DATABASE %I ALLOW_CONNECTIONS true', datname)
    FROM pg_database WHERE datname = :'base' AND NOT datallowconn \gexec
  \set ON_ERROR_STOP 1
  \if :failed
    DO $$ BEGIN RAISE EXCEPTION 'the copy was not made'; END $$;
  \endif
  REVOKE CONNECT, TEMPORARY ON DATABASE :"database" FROM PUBLIC;
\elif :dropping
  DROP DATABASE IF EXISTS :"database" WITH (FORCE);
\else
  SELECT format('DROP DATABASE %I WITH (FORCE)', datname) FROM pg_database
    WHERE datname = :'database' OR datdba = (SELECT oid FROM pg_roles WHERE rolname = :'user') \gexec
  DROP ROLE IF EXISTS :"user";
\endif
