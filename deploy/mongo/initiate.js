// Run by mongosh in `docker compose up`, with the first user's password and the services' users from the
// volume that `credentials` writes. Makes the server a replica set of one, which gives it the oplog,
// retryable writes and write concern "majority" that the services count on, and gives each service a user
// who may read and write the service's own database and nothing else. Repeating is harmless.
/* global Mongo, quit, sleep */
const fs = require('fs');

const notYetInitialized = 94;
const userExists = 51003;
const read = (name) => fs.readFileSync(`/run/insats/${name}`, 'utf8').trim();

const password = encodeURIComponent(read('root-password'));
const server = new Mongo(`mongodb://root:${password}@mongo:27017/?directConnection=true&authSource=admin`);
const admin = server.getDB('admin');

function isInitiated() {
  try {
    admin.adminCommand({ replSetGetStatus: 1 });
    return true;
  } catch (error) {
    if (error.code === notYetInitialized) return false;
    throw error;
  }
}

function waitForPrimary() {
  for (let attempt = 0; attempt < 120; attempt += 1) {
    if (admin.hello().isWritablePrimary) return;
    sleep(500);
  }
  print('no primary after a minute');
  quit(1);
}

function setUser({ user, password: pwd, database }) {
  const db = server.getDB(database);
  const settings = { pwd, roles: [{ role: 'readWrite', db: database }] };
  try {
    db.createUser({ user, ...settings });
  } catch (error) {
    if (error.code !== userExists) throw error;
    db.updateUser(user, settings);
  }
}

if (!isInitiated()) {
  admin.adminCommand({ replSetInitiate: { _id: 'insats', members: [{ _id: 0, host: 'mongo:27017' }] } });
}
waitForPrimary();
for (const user of JSON.parse(read('users.json'))) setUser(user);
