import { asPlain, isDocument, typeOf } from '../bson-types.ts';
import { mongoError, notSupported } from '../errors.ts';
import { compileMatch } from '../match.ts';
import { integerOf, isNumber, makeInteger } from '../numbers.ts';
import { compileProjectStage } from '../project.ts';
import {
  applyComputed,
  applyExclusion,
  compileComputedFields,
  insertNode,
  makeNested,
} from '../projection-tree.ts';
import { compileSort } from '../sort.ts';
import { show } from '../show.ts';
import type { Document, Value } from '../types.ts';
import { checkFieldPath, makeEnvironment } from './expression.ts';
import { group, sortByCount } from './group.ts';
import { lookup, unionWith } from './lookup.ts';
import type { Stage, StageContext, StageMaker } from './stage-types.ts';
import { unwind } from './unwind.ts';

const match: StageMaker = (argument, context) => {
  if (!isDocument(argument)) throw mongoError(15959, 'the match filter must be an expression in an object');
  const matcher = compileMatch(argument, {
    collation: context.collation,
    variables: context.variables,
    now: context.now,
  });
  return filtering((doc) => matcher.test(doc));
};

function filtering(test: (doc: Document) => boolean): Stage {
  return function* (docs) {
    for (const doc of docs) if (test(doc)) yield doc;
  };
}

function mapping(change: (doc: Document) => Document): Stage {
  return function* (docs) {
    for (const doc of docs) yield change(doc);
  };
}

const project: StageMaker = (argument, context) => {
  const projection = compileProjectStage(argument, context);
  return mapping((doc) => projection(doc));
};

function addFields(name: string): StageMaker {
  return (argument, context) => {
    if (!isDocument(argument))
      throw mongoError(40272, `${name} specification stage must be an object, got ${typeOf(argument)}`);
    const { scope, start } = makeEnvironment(context);
    const tree = compileComputedFields(argument, scope);
    return mapping((doc) => applyComputed(doc, tree, start(doc)));
  };
}

const unset: StageMaker = (argument) => {
  const paths = Array.isArray(argument) ? (argument as Value[]) : [argument];
  if (paths.length === 0)
    throw mongoError(31119, '$unset specification must be a string or an array with at least one field');
  const tree = makeNested();
  for (const path of paths) {
    if (typeof path !== 'string')
      throw mongoError(
        31120,
        '$unset specification must be a string or an array containing only string values',
      );
    checkFieldPath(path);
    insertNode(tree, path, { kind: 'exclude' });
  }
  return mapping((doc) => applyExclusion(doc, tree));
};

function count(name: string, argument: Value, least: number): number {
  const integer = isNumber(argument) ? integerOf(argument) : undefined;
  if (integer === undefined || integer < 0n) {
    throw mongoError(
      name === '$skip' ? 5107200 : 5107201,
      `invalid argument to ${name} stage: Expected a non-negative number in: ${name}: ${show(argument)}`,
    );
  }
  if (integer < BigInt(least)) throw mongoError(15958, 'the limit must be positive');
  return Number(integer);
}

const limit: StageMaker = (argument) => {
  const max = count('$limit', argument, 1);
  return function* (docs) {
    let left = max;
    for (const doc of docs) {
      yield doc;
      left -= 1;
      if (left === 0) return;
    }
  };
};

const skip: StageMaker = (argument) => {
  const leading = count('$skip', argument, 0);
  return function* (docs) {
    let left = leading;
    for (const doc of docs) {
      if (left > 0) left -= 1;
      else yield doc;
    }
  };
};

const sort: StageMaker = (argument, context) => {
  if (!isDocument(argument)) throw mongoError(15973, 'the $sort key specification must be an object');
  if (Object.keys(argument).length === 0)
    throw mongoError(15976, '$sort stage must have at least one sort key');
  const order = compileSort(argument, context.collation);
  return (docs) => [...docs].toSorted(order);
};

const countStage: StageMaker = (argument) => {
  if (typeof argument !== 'string' || argument === '')
    throw mongoError(40156, 'the count field must be a non-empty string');
  if (argument.startsWith('$')) throw mongoError(40158, 'the count field cannot be a $-prefixed path');
  if (argument.includes('.')) throw mongoError(40160, "the count field cannot contain '.'");
  return function* (docs) {
    let total = 0n;
    for (const _ of docs) total += 1n;
    if (total > 0n) yield { [argument]: makeInteger(total, 'int') };
  };
};

const replaceWith: StageMaker = (argument, context) => {
  const { scope, start } = makeEnvironment(context);
  const evaluate = scope.compile(argument);
  return mapping((doc) => {
    const result = evaluate(start(doc));
    if (!isDocument(result)) {
      throw mongoError(
        40228,
        `'newRoot' expression must evaluate to an object, but resulting value was: ${show(result)}. Type of resulting value: '${typeOf(result)}'.`,
      );
    }
    return asPlain(result);
  });
};

const replaceRoot: StageMaker = (argument, context) => {
  if (!isDocument(argument) || Object.keys(argument).some((name) => name !== 'newRoot')) {
    throw mongoError(
      40229,
      'expected an object as specification for $replaceRoot stage with the field newRoot',
    );
  }
  if (!Object.hasOwn(argument, 'newRoot'))
    throw mongoError(40231, 'no newRoot specified for the $replaceRoot stage');
  return replaceWith(argument['newRoot'], context);
};

const facet: StageMaker = (argument, context) => {
  if (!isDocument(argument) || Object.keys(argument).length === 0)
    throw mongoError(40169, 'the $facet specification must be a non-empty object');
  const facets = Object.keys(argument).map((name) => {
    const pipeline = argument[name];
    if (!Array.isArray(pipeline))
      throw mongoError(40170, `arguments to $facet must be arrays, ${name} is type ${typeOf(pipeline)}`);
    if ((pipeline as Value[]).some((stage) => isDocument(stage) && Object.hasOwn(stage, '$facet'))) {
      throw mongoError(40600, '$facet is not allowed to be used within a $facet stage');
    }
    return [name, compilePipeline(pipeline as Document[], context)] as const;
  });
  return (docs) => {
    const all = [...docs];
    return [Object.fromEntries(facets.map(([name, run]) => [name, [...run(all)]]))];
  };
};

const makers: ReadonlyMap<string, StageMaker> = new Map<string, StageMaker>([
  ['$match', match],
  ['$project', project],
  ['$addFields', addFields('$addFields')],
  ['$set', addFields('$set')],
  ['$unset', unset],
  ['$limit', limit],
  ['$skip', skip],
  ['$sort', sort],
  ['$count', countStage],
  ['$group', group],
  ['$sortByCount', sortByCount],
  ['$unwind', unwind],
  ['$replaceRoot', replaceRoot],
  ['$replaceWith', replaceWith],
  ['$facet', facet],
  ['$lookup', (argument, context) => lookup(argument, context, compilePipeline)],
  ['$unionWith', (argument, context) => unionWith(argument, context, compilePipeline)],
]);

const knownButRefused = new Set([
  '$out',
  '$merge',
  '$geoNear',
  '$graphLookup',
  '$sample',
  '$bucket',
  '$bucketAuto',
  '$redact',
  '$collStats',
  '$indexStats',
  '$currentOp',
  '$changeStream',
  '$densify',
  '$fill',
  '$setWindowFields',
  '$search',
  '$documents',
  '$planCacheStats',
  '$listSessions',
]);

/** Compiles the stages in order; the result turns documents into documents, lazily where it can. */
export function compilePipeline(pipeline: Document[], context: StageContext): Stage {
  const stages = pipeline.map((stage) => {
    if (!isDocument(stage)) throw mongoError(14, "Each element of the 'pipeline' array must be an object");
    const names = Object.keys(stage);
    if (names.length !== 1)
      throw mongoError(40323, 'A pipeline stage specification object must contain exactly one field.');
    const name = names[0]!;
    const make = makers.get(name);
    if (!make) {
      if (knownButRefused.has(name)) throw notSupported(`the aggregation stage ${name}`);
      throw mongoError(40324, `Unrecognized pipeline stage name: '${name}'`);
    }
    return make(stage[name], context);
  });
  return (docs) => stages.reduce((current, stage) => stage(current), docs);
}
