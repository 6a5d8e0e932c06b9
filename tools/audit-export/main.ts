import { auditExport } from './audit-export.ts';

const { stdout, stderr, env } = process;

process.exitCode = await auditExport(process.argv.slice(2), {
  env,
  // npm runs its scripts in the folder of package.json and tells where the caller stood.
  folder: env['INIT_CWD'] ?? process.cwd(),
  print: (line) => stdout.write(`${line}\n`),
  printError: (line) => stderr.write(`${line}\n`),
});
