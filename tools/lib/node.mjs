import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';
import { Refusal } from './refusal.mjs';

/** The Node that the product is written for; `node_modules` brings it along on Linux. */
export const wantedMajor = 24;

/** The oldest Node that can install and hand over to the right one. */
export const oldestMajor = 20;

const major = (version) => Number(version.split('.')[0]);

/** @throws {Refusal} when even handing over is not possible with this Node */
export function refuseOldNode() {
  if (major(process.versions.node) >= oldestMajor) return;
  throw new Refusal(
    `Node ${process.versions.node} är för gammalt: installera Node ${wantedMajor} (minst ${oldestMajor}) från https://nodejs.org och försök igen. / ` +
      `Node ${process.versions.node} is too old: install Node ${wantedMajor} (at least ${oldestMajor}).`,
  );
}

/**
 * The Node to run things with: this one when it is new enough, else the one from `node_modules`.
 *
 * @throws {Refusal} when neither is there (another system than Linux, with an older Node)
 */
export function nodePath() {
  if (major(process.versions.node) >= wantedMajor) return process.execPath;
  const bundled = join(root, 'node_modules', '.bin', 'node');
  if (existsSync(bundled)) return bundled;
  throw new Refusal(
    `Node ${wantedMajor} behövs på det här systemet (du har ${process.versions.node}): installera det från https://nodejs.org. / ` +
      `Node ${wantedMajor} is needed on this system (this is ${process.versions.node}): install it from https://nodejs.org.`,
  );
}
