import { join } from 'node:path';
import { checkout, type Product } from '#libs/embedded';
import { startTestProduct } from '#libs/testing';

const imperfections = join(checkout, 'dist/tools/fuzz/imperfect-installation.js');

/** A product in which every operation can succeed. */
export function startFuzzedProduct(): Promise<Product> {
  return startTestProduct({ nodeArgs: ['--import', imperfections] });
}
