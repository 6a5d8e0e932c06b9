import { type IncomingMessage, type ServerResponse } from 'node:http';
import helmet from 'helmet';

/**
 * Helmet's headers with a policy that lets nothing load: the API serves data, and its few pages bring
 * one style sheet, named by its hash. The values never change, so helmet is asked once.
 */
export function securityHeaders(
  styleHashes: readonly string[],
  formAction: "'none'" | "'self'" = "'none'",
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  const recorder = {
    setHeader: (name: string, value: string) => void (headers[name.toLowerCase()] = value),
    removeHeader: () => undefined,
  };
  const apply = helmet({
    // For browsers that do not know frame-ancestors.
    xFrameOptions: { action: 'deny' },
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: styleHashes.length > 0 ? [...styleHashes] : ["'none'"],
        baseUri: ["'none'"],
        formAction: [formAction],
        frameAncestors: ["'none'"],
      },
    },
  });
  apply({} as IncomingMessage, recorder as unknown as ServerResponse, (error?: unknown) => {
    if (error) throw error as Error;
  });
  return headers;
}
