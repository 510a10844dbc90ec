-- Run by backup.sh, with the values in its environment.
\getenv step BACKUP_STEP
\getenv database BACKUP_DATABASE
\getenv user BACKUP_USER
\set fresh :database '~restoring'
\set former :database '~former'
SELECT :'step' = 'prepare' AS preparing, :'step' = 'switch' AS switching \gset

SET client_min_messages = warning;

\if :preparing
  DROP DATABASE IF EXISTS :"fresh" WITH (FORCE);
  DROP DATABASE IF EXISTS :"former" WITH (FORCE);
  CREATE DATABASE :"fresh" OWNER :"user";
  REVOKE CONNECT, TEMPORARY ON DATABASE :"fresh" FROM PUBLIC;
\elif :switching
  -- Nobody may be connected to a database that changes its name, nor come in meanwhile.
  ALTER DATABASE :"database" ALLOW_CONNECTIONS false;
  SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = :'database';
  BEGIN;
  ALTER DATABASE :"database" RENAME TO :"former";
  ALTER DATABASE :"fresh" RENAME TO :"database";
  COMMIT;
\else
  SELECT format('ALTER DATABASE %I ALLOW_CONNECTIONS true', datname)
    FROM pg_database WHERE datname = :'database' AND NOT datallowconn \gexec
  DROP DATABASE IF EXISTS :"fresh" WITH (FORCE);
  DROP DATABASE IF EXISTS :"former" WITH (FORCE);
\endif
