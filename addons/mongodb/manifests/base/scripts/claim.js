// Run by claim.sh, with the values in its environment; connected to the database admin.
const {ADMIN_PASSWORD, CLAIM_ACTION, CLAIM_DATABASE, CLAIM_USER, CLAIM_PASSWORD} = process.env;
db.auth("root", ADMIN_PASSWORD);

// FerretDB knows no roles: a user may do everything in the database that he was made in, and nothing elsewhere.
const standIn = "ferretdbVersion" in db.runCommand({buildInfo: 1});
const roles = standIn ? [] : [{role: "dbOwner", db: CLAIM_DATABASE}];

const own = db.getSiblingDB(CLAIM_DATABASE);
const known = own.runCommand({usersInfo: CLAIM_USER}).users.length > 0;
if (CLAIM_ACTION === "create") {
  own.runCommand({[known ? "updateUser" : "createUser"]: CLAIM_USER, pwd: CLAIM_PASSWORD, roles});
} else {
  if (known) own.runCommand({dropUser: CLAIM_USER});
  own.runCommand({dropDatabase: 1});
}
