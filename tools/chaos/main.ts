import { chaos } from './chaos.ts';

/** `npm run chaos [-- OPERATIONS]`: exit code 1 when anything was lost, doubled, missing or broken. */
const operationsWanted = Number(process.argv[2] ?? 2000);
if (!Number.isInteger(operationsWanted) || operationsWanted < 1) {
  process.stderr.write(
    'Antal ansökningar: ett heltal större än noll. / A whole number of operations, at least 1.\n',
  );
  process.exit(2);
}
const result = await chaos({
  operations: operationsWanted,
  clients: 16,
  pause: 1500,
  failPoints:
    'aggregate.after-write=0.0007,relay.before-publish=0.0015,relay.before-removal=0.0015,submission.before-registration=0.0015,mail.before-send=0.001,mail.after-send=0.001',
  log: (line) => process.stderr.write(`${line}\n`),
});
const { operations, kills, lost, doubled, phantom, missing, brokenChains, recoveryP95 } = result;
process.stdout.write(
  `operations ${operations}, kills ${kills}, lost ${lost}, doubled ${doubled}, phantom ${phantom}, events missing ${missing}, chains broken ${brokenChains}, recovery p95 ${recoveryP95.toFixed(1)} s\n`,
);
process.exit(lost + doubled + phantom + missing + brokenChains === 0 ? 0 : 1);
