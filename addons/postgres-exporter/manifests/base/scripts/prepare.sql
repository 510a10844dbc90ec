-- Run by prepare.sh, with the password in its environment. No project's role has a '.' in its name.
\getenv password PREPARE_PASSWORD
SET log_min_error_statement = panic;  -- a statement that fails is not written to the log: it may hold a password
SET client_min_messages = warning;
SELECT 'CREATE ROLE "greenfield.exporter"' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'greenfield.exporter') \gexec
ALTER ROLE "greenfield.exporter" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 3 PASSWORD :'password';
GRANT pg_monitor TO "greenfield.exporter";
GRANT CONNECT ON DATABASE postgres TO "greenfield.exporter";
