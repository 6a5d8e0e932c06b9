import { uptime } from 'node:process';
import { mongoError } from '../engine/index.ts';
import type { Document } from '../engine/index.ts';
import { maxDocumentBytes, maxMessageBytes } from '../bson-codec.ts';
import { sessionKey, sessionTimeoutMinutes } from '../sessions.ts';
import { requireAdmin } from './catalog.commands.ts';
import type { Command, CommandContext } from './command.ts';

/** The name of the one-member replica set that the server says it is. */
export const replicaSetName = 'dev-mongo';

// The version whose answers we follow. maxWireVersion 25 is MongoDB 8.0.
const version = '8.0.0';

// topologyVersion and compression are left out: drivers then poll with plain hello, uncompressed.
function helloReply({ address, connectionId, now }: CommandContext): Document {
  return {
    helloOk: true,
    setName: replicaSetName,
    setVersion: 1,
    secondary: false,
    hosts: [address],
    primary: address,
    me: address,
    maxBsonObjectSize: maxDocumentBytes,
    maxMessageSizeBytes: maxMessageBytes,
    maxWriteBatchSize: 100_000,
    localTime: now,
    logicalSessionTimeoutMinutes: sessionTimeoutMinutes,
    connectionId,
    minWireVersion: 0,
    maxWireVersion: 25,
    readOnly: false,
  };
}

// hello carries whatever a driver wants to say about itself, so its fields are not checked.
const hello: Command = {
  kind: 'plain',
  fields: '*',
  run: (context) => ({ isWritablePrimary: true, ...helloReply(context) }),
};

const isMaster: Command = {
  kind: 'plain',
  fields: '*',
  run: (context) => ({ ismaster: true, ...helloReply(context) }),
};

const ping: Command = { kind: 'plain', fields: [], run: () => ({}) };

const buildInfo: Command = {
  kind: 'plain',
  fields: [],
  run: () => ({
    version,
    versionArray: [8, 0, 0, 0],
    gitVersion: 'dev-mongo',
    modules: ['dev-mongo'],
    storageEngines: ['dev-mongo'],
    bits: 64,
    debug: false,
    maxBsonObjectSize: maxDocumentBytes,
  }),
};

const serverStatus: Command = {
  kind: 'plain',
  // Sections are switched on and off by their names.
  fields: '*',
  run: ({ address, cursors, now }) => ({
    host: address,
    version,
    process: 'dev-mongo',
    pid: process.pid,
    uptime: uptime(),
    localTime: now,
    storageEngine: { name: 'dev-mongo', persistent: true },
    mem: { bits: 64, resident: Math.round(process.memoryUsage.rss() / 1_048_576) },
    metrics: { cursor: { open: { total: cursors.size } } },
  }),
};

const getParameter: Command = {
  kind: 'plain',
  fields: '*',
  run(context) {
    requireAdmin(context);
    if (context.body.featureCompatibilityVersion) {
      return { featureCompatibilityVersion: { version: '8.0' } };
    }
    throw mongoError(72, 'dev-mongo has only the parameter featureCompatibilityVersion');
  },
};

const connectionStatus: Command = {
  kind: 'plain',
  fields: ['showPrivileges'],
  run: () => ({ authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] } }),
};

// Ending a session frees the reply that is kept for its last write.
const endSessions: Command = {
  kind: 'plain',
  fields: [],
  run({ body, name, retries }) {
    const sessions = body[name];
    if (!Array.isArray(sessions)) throw mongoError(14, `BSON field '${name}' must be an array`);
    for (const session of sessions) retries.forget(sessionKey(session));
    return {};
  },
};

// Nothing runs longer than its own command and a session holds nothing else that could be killed.
const killSessions: Command = { ...endSessions, run: () => ({}) };
const refreshSessions: Command = { ...endSessions, run: () => ({}) };

export const serverCommands: Record<string, Command> = {
  hello,
  isMaster,
  ismaster: isMaster,
  ping,
  buildInfo,
  buildinfo: buildInfo,
  serverStatus,
  getParameter,
  connectionStatus,
  endSessions,
  killSessions,
  refreshSessions,
};
