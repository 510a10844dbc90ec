// Run by members.sh, connected to mongodb-0 as the action in its environment wants it.
// join: all three are members; mongodb-0 leads whenever it can. gather: mongodb-0 leads, and is the only member: the others'
// copies, which may lie still from now on, elect nobody. spread: waits until all three have the data.
const {ADMIN_PASSWORD, MEMBERS_ACTION} = process.env;
db.auth("root", ADMIN_PASSWORD);

const names = [0, 1, 2].map((i) => `mongodb-${i}.mongodb-headless.data.svc.cluster.local:27017`);
const all = names.map((host, _id) => ({_id, host, priority: _id === 0 ? 2 : 1}));
const present = () => db.getSiblingDB("local").getCollection("system.replset").findOne();

// Makes these the members. With `force` also where no majority can agree: the set of one that the profile dev had.
function become(members, force) {
  const config = present();
  config.version += 1;
  config.members = members;
  const answer = db.runCommand({replSetReconfig: config, force});
  if (!answer.ok) throw new Error("cannot change the members of the set: " + answer.errmsg);
}

function wait(seconds, holds, problem) {
  for (let i = 0; !holds(); i++) {
    if (i === seconds) throw new Error(problem);
    sleep(1000);
  }
}

if (!db.runCommand({buildInfo: 1}).ferretdbVersion) { // FerretDB has no members
  if (MEMBERS_ACTION === "join") {
    const hosts = present().members.map((member) => member.host);
    if (names.some((name) => !hosts.includes(name))) become(all, true);
  } else if (MEMBERS_ACTION === "gather") {
    wait(120, () => db.runCommand({hello: 1}).isWritablePrimary, "cannot gather: mongodb-0 does not become the primary");
    // One voting member at a time, so that each change is agreed on by those who know the one before.
    for (let count = present().members.length - 1; count > 0; count--) become(all.slice(0, count), false);
  } else {
    wait(300, () => {
      const members = db.runCommand({replSetGetStatus: 1}).members;
      return members.length === 3 && members.every((member) => ["PRIMARY", "SECONDARY"].includes(member.stateStr));
    }, "cannot spread: not all members have the data; rs.status() tells how they are");
  }
}
