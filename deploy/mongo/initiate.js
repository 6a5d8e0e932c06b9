// Run once by mongosh in `docker compose up`: makes the server a replica set of one, which gives it the
// oplog, retryable writes and write concern "majority" that the services count on. Repeating is harmless.
/* global db, quit, sleep */
const notYetInitialized = 94;

function isInitiated() {
  try {
    db.adminCommand({ replSetGetStatus: 1 });
    return true;
  } catch (error) {
    if (error.code === notYetInitialized) return false;
    throw error;
  }
}

if (!isInitiated()) {
  db.adminCommand({ replSetInitiate: { _id: 'insats', members: [{ _id: 0, host: 'mongo:27017' }] } });
}
for (let attempt = 0; attempt < 120; attempt += 1) {
  if (db.hello().isWritablePrimary) quit(0);
  sleep(500);
}
print('no primary after a minute');
quit(1);
