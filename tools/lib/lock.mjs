import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

// A holder writes its pid just after making the folder; a folder without pid older than this was left
// by a process killed in between.
const ownerlessMs = 5_000;

/**
 * Runs `work` while holding the lock `folder`. Making a folder is atomic on every file system, so two
 * commands started at once in one checkout take turns. A lock whose owner is dead is taken over.
 *
 * @param {string} folder
 * @param {() => Promise<T> | T} work
 * @param {() => void} [onWait] called once when somebody else holds the lock
 * @returns {Promise<T>}
 * @template T
 */
export async function withLock(folder, work, onWait) {
  mkdirSync(dirname(folder), { recursive: true });
  let told = false;
  while (!take(folder)) {
    if (abandoned(folder)) {
      discard(folder);
      continue;
    }
    if (!told) onWait?.();
    told = true;
    await sleep(100);
  }
  const release = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.removeListener('exit', release);
    release();
  }
}

function take(folder) {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  writeFileSync(join(folder, 'pid'), `${process.pid} ${startOf(process.pid)}`);
  return true;
}

/** Two may find the same abandoned lock: moving it aside first lets only one of them take it away. */
function discard(folder) {
  const aside = `${folder}.${process.pid}`;
  try {
    renameSync(folder, aside);
  } catch {
    return;
  }
  if (!abandoned(aside)) {
    try {
      // It was the new owner's lock after all.
      renameSync(aside, folder);
      return;
    } catch {
      // A third has taken it meanwhile; the new owner works on beside it, as it would without any lock.
    }
  }
  rmSync(aside, { recursive: true, force: true });
}

function abandoned(folder) {
  try {
    const [pid, start] = readFileSync(join(folder, 'pid'), 'utf8').split(' ');
    if (Number(pid) > 0) return !alive(Number(pid)) || (start !== undefined && start !== startOf(pid));
    return Date.now() - statSync(folder).mtimeMs > ownerlessMs;
  } catch {
    try {
      return Date.now() - statSync(folder).mtimeMs > ownerlessMs;
    } catch {
      return false;
    }
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * When a process began, in ticks since the machine did: another process that was given the same number
 * (after a restart of the machine, say) does not hold the lock. Empty where there is no /proc.
 */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name, in parentheses, may hold spaces; the start is the 20th field after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return '';
  }
}
