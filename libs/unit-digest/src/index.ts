import { createHash } from 'node:crypto';

/** Stands where a digest would, for what concerns a region as a whole: each of its clinics may know of it. */
export const wholeRegion = 'whole-region';

/**
 * Names a clinic of a region where its name must not go: clinics have no codes, only what applicants write, and
 * free text on a stream cannot be erased. Two clinics are the same where the access table says so, letter by
 * letter. No secret: whoever knows the name knows the digest. SHA-256 (FIPS 180-4), base64url.
 */
export function unitDigest(region: string, unit: string): string {
  return createHash('sha256')
    .update(JSON.stringify([region, unit]))
    .digest('base64url');
}
