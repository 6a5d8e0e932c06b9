import { callerNames } from '#libs/contracts';
import { longestQuestion, permissionsOf } from './permissions.ts';

/** Who connects to NATS: every process, and an administrator for setting up and looking into it. */
export const userNames = [...callerNames, 'admin'] as const;
export type UserName = (typeof userNames)[number];

/**
 * The part of nats-server's configuration that says who may do what: one account, one nkey user per
 * process. The users' public keys are variables, which {@link natsKeys} defines for an installation.
 */
export function natsPermissions(): string {
  const users = callerNames.map((name) => {
    const { publish, subscribe, answers } = permissionsOf(name);
    const responses = `\n          allow_responses: { max: 1, expires: "${longestQuestion}ms" }`;
    return `      # ${name}
      {
        nkey: $${variableOf(name)}
        permissions {
          publish { allow: ${list(publish)} }
          subscribe { allow: ${list(subscribe)} }${answers ? responses : ''}
        }
      }
`;
  });
  return `# Generated from the contracts by "npm run generate": who may do what on NATS. Do not edit by hand.

accounts {
  insats {
    jetstream: enabled
    users: [
${users.join('')}      # Sets up streams and consumers, and looks into them in tests. No process of the product has its key.
      { nkey: $${variableOf('admin')} }
    ]
  }
  SYS {}
}
system_account: SYS

# Seconds for a process to sign the server's challenge; the default of two is short for a machine that starts everything at once.
authorization { timeout: 10 }
`;
}

/** Definitions of the variables, by the users' public keys. */
export function natsKeys(publicKeys: Readonly<Record<UserName, string>>): string {
  return userNames.map((name) => `${variableOf(name)}: ${publicKeys[name]}\n`).join('');
}

function variableOf(name: UserName): string {
  return `NKEY_${name.toUpperCase().replaceAll('-', '_')}`;
}

function list(subjects: readonly string[]): string {
  return `[\n${subjects.map((subject) => `            ${JSON.stringify(subject)}\n`).join('')}          ]`;
}
