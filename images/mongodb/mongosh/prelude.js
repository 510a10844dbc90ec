// What a script of mongosh expects to find, on top of runCommand(database, extendedJson), which main.go provides.
"use strict";

class ObjectId {
  constructor(hex) { this.hex = hex === undefined ? host.newId() : String(hex); }
  toString() { return this.hex; }
  toJSON() { return {$oid: this.hex}; }
}

/** A 64-bit number that a JavaScript number cannot hold: the identity of a cursor, say. */
class Long {
  constructor(text) { this.text = text; }
  toString() { return this.text; }
  toJSON() { return {$numberLong: this.text}; }
}

function fromExtendedJson(text) {
  return JSON.parse(text, (_, value) => {
    if (value === null || typeof value !== "object") return value;
    if ("$numberInt" in value) return Number(value.$numberInt);
    if ("$numberDouble" in value) return Number(value.$numberDouble);
    if ("$numberLong" in value) {
      const number = Number(value.$numberLong);
      return Number.isSafeInteger(number) ? number : new Long(value.$numberLong);
    }
    if ("$date" in value) return new Date(value.$date);
    if ("$oid" in value) return new ObjectId(value.$oid);
    return value; // the rarer types stay what they are in extended JSON
  });
}

function toExtendedJson(value) {
  return JSON.stringify(value, function (key, text) {
    const own = this[key]; // before its toJSON
    if (own instanceof Date) return {$date: {$numberLong: String(own.getTime())}};
    if (own instanceof RegExp) return {$regularExpression: {pattern: own.source, options: own.flags}};
    return text;
  });
}

/** A value as the shell shows it. */
function show(value, indent = "") {
  if (value === undefined) return "";
  if (value instanceof Cursor) {
    const page = [];
    while (page.length < 20 && value.hasNext()) page.push(value.next());
    return show(page) + (value.hasNext() ? "\n... and more: narrow the search, or use .toArray()" : "");
  }
  if (value instanceof ObjectId) return `ObjectId('${value}')`;
  if (value instanceof Date) return `ISODate('${value.toISOString()}')`;
  if (typeof value === "string") return indent ? JSON.stringify(value) : value;
  if (value === null || typeof value !== "object" || value instanceof Long || value instanceof RegExp) return String(value);
  if (value instanceof Database || value instanceof Collection) return String(value);
  const deeper = indent + "  ";
  const parts = Array.isArray(value)
    ? value.map((part) => show(part, deeper))
    : Object.keys(value).map((key) => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)) + ": " + show(value[key], deeper));
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  if (!parts.length) return open + close;
  const line = `${open} ${parts.join(", ")} ${close}`;
  return line.length <= 76 && !line.includes("\n") ? line : `${open}\n${parts.map((part) => deeper + part).join(",\n")}\n${indent}${close}`;
}

class Cursor {
  constructor(collection, command) { Object.assign(this, {collection, command, batch: [], id: undefined}); }
  sort(order) { this.command.sort = order; return this; }
  limit(number) { this.command.limit = number; return this; }
  skip(number) { this.command.skip = number; return this; }
  hasNext() {
    if (this.id === undefined) this.take(this.command, "firstBatch");
    while (!this.batch.length && String(this.id) !== "0") {
      const id = this.id instanceof Long ? this.id : new Long(String(this.id));
      this.take({getMore: id, collection: this.collection.name}, "nextBatch");
    }
    return this.batch.length > 0;
  }
  take(command, field) {
    const {cursor} = this.collection.database.runCommand(command);
    this.id = cursor.id;
    this.batch = cursor[field];
  }
  next() { return this.hasNext() ? this.batch.shift() : null; }
  *[Symbol.iterator]() { while (this.hasNext()) yield this.batch.shift(); }
  forEach(action) { for (const document of this) action(document); }
  map(action) { return this.toArray().map(action); }
  toArray() { return [...this]; }
}

class Collection {
  constructor(database, name) { Object.assign(this, {database, name}); }
  toString() { return `${this.database.name}.${this.name}`; }
  run(verb, rest) {
    const answer = this.database.runCommand({[verb]: this.name, ...rest});
    if (answer.writeErrors) throw new Error(answer.writeErrors[0].errmsg);
    return answer;
  }
  find(filter = {}, projection = {}) { return new Cursor(this, {find: this.name, filter, projection}); }
  findOne(filter = {}, projection = {}) { return this.find(filter, projection).limit(1).next(); }
  aggregate(pipeline = []) { return new Cursor(this, {aggregate: this.name, pipeline, cursor: {}}); }
  countDocuments(query = {}) { return this.run("count", {query}).n; }
  distinct(key, query = {}) { return this.run("distinct", {key, query}).values; }
  insertMany(given) {
    const documents = given.map((document) => ("_id" in document ? document : {_id: new ObjectId(), ...document}));
    this.run("insert", {documents});
    return {acknowledged: true, insertedIds: documents.map((document) => document._id)};
  }
  insertOne(document) { return {acknowledged: true, insertedId: this.insertMany([document]).insertedIds[0]}; }
  update(q, u, multi, {upsert = false} = {}) {
    const {n, nModified, upserted = []} = this.run("update", {updates: [{q, u, multi, upsert}]});
    return {acknowledged: true, matchedCount: n - upserted.length, modifiedCount: nModified, upsertedCount: upserted.length};
  }
  updateOne(filter, change, options) { return this.update(filter, change, false, options); }
  updateMany(filter, change, options) { return this.update(filter, change, true, options); }
  replaceOne(filter, document, options) { return this.update(filter, document, false, options); }
  delete(q, limit) { return {acknowledged: true, deletedCount: this.run("delete", {deletes: [{q, limit}]}).n}; }
  deleteOne(filter) { return this.delete(filter, 1); }
  deleteMany(filter) { return this.delete(filter, 0); }
  createIndex(key, {name = Object.entries(key).flat().join("_"), ...options} = {}) {
    this.run("createIndexes", {indexes: [{key, name, ...options}]});
    return name;
  }
  getIndexes() { return new Cursor(this, {listIndexes: this.name}).toArray(); }
  dropIndex(index) { return this.run("dropIndexes", {index}); }
  drop() { return this.run("drop").ok === 1; }
}

class Database {
  constructor(name) {
    this.name = name;
    return new Proxy(this, {get: (self, key) => (typeof key === "symbol" || key in self ? self[key] : new Collection(self, key))});
  }
  toString() { return this.name; }
  getName() { return this.name; }
  getCollection(name) { return new Collection(this, name); }
  getSiblingDB(name) { return new Database(name); }
  runCommand(command) {
    return fromExtendedJson(host.runCommand(this.name, toExtendedJson(typeof command === "string" ? {[command]: 1} : command)));
  }
  adminCommand(command) { return this.getSiblingDB("admin").runCommand(command); }
  auth(user, password) { host.authenticate(this.name, user, password); return {ok: 1}; }
  hello() { return this.runCommand("hello"); }
  version() { return this.runCommand("buildInfo").version; }
  stats() { return this.runCommand("dbStats"); }
  getCollectionNames() {
    const names = this.runCommand({listCollections: 1, nameOnly: true}).cursor.firstBatch.map((found) => found.name);
    return names.sort();
  }
  createCollection(name, options = {}) { return this.runCommand({create: name, ...options}); }
  dropDatabase() { return this.runCommand("dropDatabase"); }
  getUsers() { return this.runCommand("usersInfo"); }
  createUser({user, ...rest}) { return this.runCommand({createUser: user, ...rest}); }
  updateUser(user, change) { return this.runCommand({updateUser: user, ...change}); }
  dropUser(user) { return this.runCommand({dropUser: user}).ok === 1; }
}

/** The lines of the shell that are not JavaScript. Returns whether this was one. */
function shellCommand(line) {
  const [verb, what] = line.trim().replace(/;$/, "").split(/\s+/);
  if (verb === "exit" || verb === "quit") quit(0);
  else if (verb === "use" && what) globalThis.db = db.getSiblingDB(what);
  else if (verb === "show" && /^(dbs|databases)$/.test(what))
    print(db.adminCommand({listDatabases: 1, nameOnly: true}).databases.map((found) => found.name).join("\n"));
  else if (verb === "show" && /^(collections|tables)$/.test(what)) print(db.getCollectionNames().join("\n"));
  else if (verb === "show" && what === "users") print(db.getUsers().users);
  else if (verb === "help") print("db.COLLECTION.find({...}), insertOne, updateOne, deleteOne, aggregate ...; db.runCommand({...}); show dbs, show collections; use NAME; exit");
  else return false;
  return true;
}

const print = (...values) => host.write(values.map((value) => show(value)).join(" ") + "\n");
const console = {log: print, error: print};
const quit = (code = 0) => host.exit(code);
const exit = quit;
const ISODate = (text) => (text === undefined ? new Date() : new Date(text));
const EJSON = {stringify: toExtendedJson, parse: fromExtendedJson};
globalThis.db = new Database(host.database);
