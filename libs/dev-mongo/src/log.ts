/** One line on standard error: what whoever runs the server should see. */
export function logLine(message: string, error?: unknown): void {
  const detail = error instanceof Error ? `: ${error.stack ?? error.message}` : '';
  process.stderr.write(`dev-mongo: ${message}${detail}\n`);
}
