import { renameSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startDevMongo } from './server.ts';

const usage = `usage: dev-mongo --port N --data DIR [--host 127.0.0.1] [--ports-file FILE]
  --port N           port to listen on, 0 for a free one
  --data DIR         folder of the database, made when missing
  --host ADDRESS     127.0.0.1 (default), localhost or ::1; nothing else is allowed
  --ports-file FILE  written once listening: {"pid":…,"port":…,"url":"mongodb://…"}`;

function readArguments() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      data: { type: 'string' },
      host: { type: 'string' },
      'ports-file': { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  const port = Number(values.port);
  if (!values.port || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error('--port must be a number from 0 to 65535');
  }
  if (!values.data) throw new Error('--data must name the folder of the database');
  return { port, dataDir: values.data, host: values.host, portsFile: values['ports-file'] };
}

async function main() {
  const { port, dataDir, host, portsFile } = readArguments();
  const server = await startDevMongo({ port, dataDir, ...(host === undefined ? {} : { host }) });
  if (portsFile) {
    // Renaming is atomic: whoever waits for the file never reads half of it.
    writeFileSync(
      `${portsFile}.tmp`,
      JSON.stringify({ pid: process.pid, port: server.port, url: server.url }),
    );
    renameSync(`${portsFile}.tmp`, portsFile);
  }
  let closing = false;
  const end = () => {
    if (closing) return;
    closing = true;
    void server.close().then(() => process.exit(0));
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  console.log(`dev-mongo (stand-in for development and tests) ready at ${server.url}, data in ${dataDir}`);
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  console.error(message.startsWith('dev-mongo') ? message : `dev-mongo: ${message}`);
  process.exit(1);
});
