import 'reflect-metadata';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** One durable consumer, as `@Consumes` declares it. */
export interface Consumption {
  /** Name on the server: service and purpose. */
  readonly durable: string;
  readonly from: string;
  readonly types: readonly string[];
}

// Where Nest's EventPattern keeps what `@Consumes` gives it.
const extrasKey = 'microservices:pattern_extras';

/** Every consumer of the services, by name. `apps`: the folder of the apps, built or (under jest) in source. */
export async function findConsumers(apps: string): Promise<Consumption[]> {
  const found: Consumption[] = [];
  for (const service of readdirSync(apps).toSorted()) {
    for (const file of handlerFiles(join(apps, service))) {
      const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
      for (const exported of Object.values(module)) found.push(...consumersOf(service, exported));
    }
  }
  return found.toSorted((a, b) => (a.durable < b.durable ? -1 : 1));
}

function handlerFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.handlers\.(js|ts)$/.test(name))
    .toSorted()
    .map((name) => join(folder, name));
}

function consumersOf(service: string, exported: unknown): Consumption[] {
  if (typeof exported !== 'function' || !exported.prototype) return [];
  const prototype = exported.prototype as Record<string, unknown>;
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const method = Object.getOwnPropertyDescriptor(prototype, name)?.value as unknown;
    if (typeof method !== 'function') return [];
    const extras = Reflect.getMetadata(extrasKey, method) as
      { kind?: string; purpose?: string; from?: string; types?: readonly string[] } | undefined;
    if (extras?.kind !== 'consumer' || !extras.purpose || !extras.from) return [];
    return [{ durable: `${service}--${extras.purpose}`, from: extras.from, types: extras.types ?? [] }];
  });
}
