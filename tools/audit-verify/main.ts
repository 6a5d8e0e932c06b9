import { auditVerify } from './audit-verify.ts';

const { stdin, stdout, stderr, env } = process;

try {
  process.exitCode = await auditVerify(process.argv.slice(2), {
    stdin,
    // npm runs its scripts in the folder of package.json and tells where the caller stood.
    folder: env['INIT_CWD'] ?? process.cwd(),
    print: (line) => stdout.write(`${line}\n`),
    printError: (line) => stderr.write(`${line}\n`),
  });
} catch (error) {
  // Not 1, which says that the export is broken.
  console.error(error);
  process.exitCode = 2;
}
