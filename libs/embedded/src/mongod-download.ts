// A process of its own, so that mongod-binary.ts can end it when it takes too long. Prints the path of a
// mongod in the folder given as argument, after fetching it when it is not there.
import { MongoBinary } from 'mongodb-memory-server-core';

const reachBoundMs = 3_000;

async function main(downloadDir: string): Promise<void> {
  const source = process.env.MONGOMS_DOWNLOAD_MIRROR ?? 'https://fastdl.mongodb.org';
  // The downloader itself waits and retries for minutes where the network swallows packets.
  await fetch(source, { method: 'HEAD', signal: AbortSignal.timeout(reachBoundMs) });
  const path = await MongoBinary.getPath({ downloadDir });
  process.stdout.write(`\nmongod=${path}\n`);
}

await main(process.argv[2] ?? '').catch((error: unknown) => {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}${cause}\n`);
  process.exitCode = 1;
});
