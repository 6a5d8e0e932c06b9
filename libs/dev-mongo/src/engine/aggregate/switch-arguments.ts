import { isDocument } from '../bson-types.ts';
import { mongoError } from '../errors.ts';
import type { Value } from '../types.ts';

/** Reads the argument of `$switch`. */
export function checkSwitch(argument: Value): {
  branches: { when: Value; result: Value }[];
  otherwise: Value;
} {
  if (!isDocument(argument)) throw mongoError(40060, '$switch requires an object as an argument');
  for (const name of Object.keys(argument)) {
    if (name !== 'branches' && name !== 'default')
      throw mongoError(40067, `$switch found an unknown argument: ${name}`);
  }
  const list = argument['branches'];
  if (!Array.isArray(list)) throw mongoError(40061, "$switch expected an array for 'branches'");
  if (list.length === 0) throw mongoError(40068, '$switch requires at least one branch.');
  const branches = (list as Value[]).map((branch) => {
    if (!isDocument(branch)) throw mongoError(40062, '$switch expected each branch to be an object');
    for (const name of Object.keys(branch)) {
      if (name !== 'case' && name !== 'then')
        throw mongoError(40063, `$switch found an unknown argument to a branch: ${name}`);
    }
    if (!Object.hasOwn(branch, 'case'))
      throw mongoError(40064, "$switch requires each branch have a 'case' expression");
    if (!Object.hasOwn(branch, 'then'))
      throw mongoError(40065, "$switch requires each branch have a 'then' expression.");
    return { when: branch['case'], result: branch['then'] };
  });
  return { branches, otherwise: argument['default'] };
}
