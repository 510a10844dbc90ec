// Run by backup.sh, with the values in its environment; connected to the database admin. `drop` is for every server, the
// rest for the stand-in's shell, whose `host` gives and takes canonical extended JSON: no number changes its type.
// In a dump each line is a collection, one of its indexes or one of its documents; the last line says that it is whole.
// The shell is given this file line by line as well, when it restores: no empty lines within.
const {ADMIN_PASSWORD, BACKUP_ACTION, BACKUP_DATABASE} = process.env;
db.auth("root", ADMIN_PASSWORD);
const askText = (text) => {
  const answer = JSON.parse(host.runCommand(BACKUP_DATABASE, text));
  if (answer.writeErrors) throw new Error(answer.writeErrors[0].errmsg);
  return answer;
};
const ask = (command) => askText(JSON.stringify(command));
const line = (value) => host.write(JSON.stringify(value) + "\n");
function* all(collection, command) {
  let {cursor} = ask(command);
  yield* cursor.firstBatch;
  while (cursor.id.$numberLong !== "0") {
    cursor = ask({getMore: cursor.id, collection}).cursor;
    yield* cursor.nextBatch;
  }
}
function dump() {
  for (const {name, options = {}} of all("$cmd.listCollections", {listCollections: 1})) {
    line({collection: name, options});
    for (const {ns, v, ...index} of all(name, {listIndexes: name})) if (index.name !== "_id_") line({index});
    for (const document of all(name, {find: name, batchSize: 100})) line({document});
  }
  line({whole: true});
}
let collection, documents = [], length = 0, whole = false;
function insert() {
  if (documents.length) askText(`{"insert": ${JSON.stringify(collection)}, "documents": [${documents.join()}]}`);
  documents = [];
  length = 0;
}
function restore(value) {
  if (value.document) {
    documents.push(JSON.stringify(value.document));
    length += documents[documents.length - 1].length;
    if (documents.length >= 1000 || length >= 4 << 20) insert();
    return;
  }
  insert();
  if (value.collection) {
    collection = value.collection;
    ask({create: collection, ...value.options});
  }
  if (value.index) ask({createIndexes: collection, indexes: [value.index]});
  whole = value.whole === true;
}
function finish() {
  insert();
  if (!whole) throw new Error("cannot restore: the backup has no end");
}
if (BACKUP_ACTION === "drop") db.getSiblingDB(BACKUP_DATABASE).runCommand({dropDatabase: 1});
if (BACKUP_ACTION === "dump") dump();
