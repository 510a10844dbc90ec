// Run by start.sh while the data folder is made; connected to the database admin.
const password = process.env.ADMIN_PASSWORD;
if (db.runCommand({buildInfo: 1}).ferretdbVersion) {
  db.auth("root", password); // it answers, and its administrator is there
} else {
  // Named localhost, the one member always finds itself; clients connect to it directly (see MONGODB_URI).
  db.runCommand({replSetInitiate: {_id: "rs0", members: [{_id: 0, host: "localhost:27017"}]}});
  while (!db.runCommand({hello: 1}).isWritablePrimary) sleep(100);
  db.runCommand({createUser: "root", pwd: password, roles: [{role: "root", db: "admin"}]});
}
